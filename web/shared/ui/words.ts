/** The few words that the components say themselves, in the reader's language. */
import { chooseLanguage, translator } from "../i18n.ts";
import { ui } from "../i18n/en.ui.json";

const catalogues = { en: ui };
const language = chooseLanguage(
  navigator.languages,
  Object.keys(catalogues),
  "en",
) as keyof typeof catalogues;
export const w = translator(catalogues[language], language);
