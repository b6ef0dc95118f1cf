/** The words of board, reports and search: fetched with these pages, not with the desk. */
import { chooseLanguage, translator } from "../../shared/i18n.ts";
import { supervise } from "../../shared/i18n/en.supervise.json";

const catalogues = { en: supervise };
export const language = chooseLanguage(
  navigator.languages,
  Object.keys(catalogues),
  "en",
) as keyof typeof catalogues;
export const t = translator(catalogues[language], language);
export type Key = keyof typeof supervise;

/** A text chosen by what the hub sent: the words for it, or the plain word where the catalogue has none. */
export function named(prefix: string, word: string): string {
  const key = `${prefix}_${word}`;
  return key in catalogues[language] ? t(key as Key) : word.replaceAll("_", " ");
}
