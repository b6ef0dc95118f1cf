/** The widget's words. Only this part of the catalogue is in its script. */
import { chooseLanguage, translator } from "../shared/i18n.ts";
import { widget } from "../shared/i18n/en.json";

export const catalogues = { en: widget };
export const language = chooseLanguage(
  [document.documentElement.lang, ...navigator.languages].filter(Boolean),
  Object.keys(catalogues),
  "en",
) as keyof typeof catalogues;
export const t = translator(catalogues[language], language);
