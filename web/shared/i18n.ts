/**
 * Texts of the pages come from a catalogue, never from code. A catalogue is one JSON file per language; an entry is
 * a sentence with {values}, or the forms of a sentence that depends on a number `n` (plural or ordinal).
 */
export type Forms = { zero?: string; one?: string; two?: string; few?: string; many?: string; other: string };
export type Entry = string | Forms;
export type Texts = Record<string, Entry>;
export type Values = Record<string, string | number>;

export type Translate<K extends string> = {
  (key: K, values?: Values): string;
  /** "1st", "2nd": the forms are chosen by order, not by amount. */
  nth(key: K, values: Values & { n: number }): string;
  language: string;
};

export function translator<T extends Texts>(texts: T, language: string): Translate<keyof T & string> {
  const amounts = rules(language, "cardinal");
  const orders = rules(language, "ordinal");
  const numbers = new Intl.NumberFormat(formatTag([], amounts.resolvedOptions().locale));
  const from = direction(language);
  const say = (key: keyof T & string, values: Values, by: Intl.PluralRules): string => {
    const entry: Entry = texts[key] ?? key;
    const n = Number(values.n ?? 0);
    const sentence = typeof entry === "string" ? entry : (entry[by.select(n)] ?? entry.other);
    return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? numbers.format(value) : isolated(value, from);
    });
  };
  const translate = (key: keyof T & string, values: Values = {}) => say(key, values, amounts);
  return Object.assign(translate, {
    nth: (key: keyof T & string, values: Values & { n: number }) => say(key, values, orders),
    language,
  });
}

function rules(language: string, type: "cardinal" | "ordinal"): Intl.PluralRules {
  try {
    return new Intl.PluralRules(language, { type });
  } catch {
    return new Intl.PluralRules("en", { type });
  }
}

/** The first language of the list that a catalogue exists for; "de-AT" is served by "de". */
export function chooseLanguage(
  wanted: readonly string[],
  have: readonly string[],
  otherwise: string,
): string {
  for (const tag of wanted) {
    const exact = have.find((h) => h.toLowerCase() === tag.toLowerCase());
    if (exact) return exact;
    const base = have.find((h) => h.toLowerCase() === tag.toLowerCase().split("-")[0]);
    if (base) return base;
  }
  return otherwise;
}

/**
 * How numbers and times are written: by the reader's region where it is known ("en-GB" for "en"). Arabic with the
 * digits of the hub's notices, so that one chat does not show two kinds.
 */
export function formatTag(wanted: readonly string[], language: string): string {
  const regional = wanted.find((tag) => tag.toLowerCase().startsWith(`${language.toLowerCase()}-`));
  const tag = regional && valid(regional) ? regional : language;
  return direction(tag) === "rtl" && !tag.includes("-u-") ? `${tag}-u-nu-latn` : tag;
}

function valid(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

const CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RUNS_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/**
 * A name of the other direction must not turn the sentence around it: it is set apart by invisible marks. Marks of
 * its own are taken out, or a name could end ours. Where nothing can turn, nothing is added.
 */
function isolated(value: string, from: "ltr" | "rtl"): string {
  const plain = value.replace(CONTROLS, "");
  return from === "rtl" || RUNS_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv"]);
export function direction(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language.toLowerCase().split("-")[0] ?? "") ? "rtl" : "ltr";
}
