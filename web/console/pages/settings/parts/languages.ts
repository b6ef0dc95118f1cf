/** Languages and time zones to choose from, in the reader's words. */
import { language } from "../../../texts.ts";

const CODES = ["ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "tr", "uk", "zh"];
const names = new Intl.DisplayNames(language, { type: "language" });

export function languageChoices(also?: string): { value: string; label: string }[] {
  return [...new Set([...CODES, ...(also ? [also] : [])])]
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, language));
}

export function zoneChoices(also?: string): { value: string; label: string }[] {
  const known = Intl.supportedValuesOf("timeZone");
  return [...new Set([...(also ? [also] : []), "UTC", ...known])].map((value) => ({
    value,
    label: value.replaceAll("_", " "),
  }));
}
