/** The desk's words and its language. */
import { chooseLanguage, direction, formatTag, translator } from "../shared/i18n.ts";
import { desk } from "../shared/i18n/en.json";
import { desk as inbox } from "../shared/i18n/en.desk.json";
import { settings } from "../shared/i18n/en.settings.json";
import { shell } from "../shared/i18n/en.shell.json";

/** One file for each area of the desk. A key stands in one of them only. */
const en = { ...desk, ...inbox, ...shell, ...settings };
export const catalogues = { en };
export const language = chooseLanguage(
  navigator.languages,
  Object.keys(catalogues),
  "en",
) as keyof typeof catalogues;
/** How times and numbers are written: by the reader's region where it is known. */
export const locale = formatTag(navigator.languages, language);
export const t = translator(catalogues[language], language);
export type Key = keyof typeof en;

/** A text chosen by what the hub sent: the sentence for it, or the plain word where the catalogue has none. */
export function named(prefix: string, word: string): string {
  const key = `${prefix}_${word}`;
  return key in catalogues[language] ? t(key as Key) : word.replaceAll("_", " ");
}

document.documentElement.lang = language;
document.documentElement.dir = direction(language);
