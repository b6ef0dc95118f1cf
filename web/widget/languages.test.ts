/** The twelve catalogues of the widget: complete, right in their plurals, calm. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { translator, type Entry, type Texts } from "../shared/i18n.ts";
import { languageOf } from "./language.ts";

const folder = resolve(import.meta.dirname, "../shared/i18n");
const catalogues = new Map(
  readdirSync(folder).flatMap((name): [string, Texts][] => {
    const language = /^widget\.(\w+)\.json$/.exec(name)?.[1];
    return language ? [[language, JSON.parse(readFileSync(resolve(folder, name), "utf8")) as Texts]] : [];
  }),
);
const languages = [...catalogues.keys()];
const en = catalogues.get("en") as Texts;
/** Their forms are chosen by order. */
const BY_ORDER = ["place"];
const NO_LATIN = ["ar", "ja", "zh"];

const formsOf = (entry: Entry): Record<string, string> => (typeof entry === "string" ? { entry } : entry);
const placesIn = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
const speaking = (language: string) => translator(catalogues.get(language) as Texts, language);

describe("the widget's catalogues", () => {
  it("are the twelve languages of the notices", () => {
    expect(languages.sort()).toEqual(
      ["ar", "de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "tr", "zh"].sort(),
    );
    const notices = readdirSync(resolve(import.meta.dirname, "../../i18n"))
      .map((name) => /^notices\.(\w+)\.json$/.exec(name)?.[1])
      .filter((language) => language !== undefined);
    expect(languages).toEqual(expect.arrayContaining(notices));
  });

  it.each(languages)("has every text of the English one, and no other: %s", (language) => {
    expect(Object.keys(catalogues.get(language) as Texts)).toEqual(Object.keys(en));
  });

  it.each(languages)("has the forms that its grammar asks for: %s", (language) => {
    for (const [key, entry] of Object.entries(catalogues.get(language) as Texts)) {
      expect(typeof entry, key).toBe(typeof en[key]);
      if (typeof entry === "string") continue;
      const type = BY_ORDER.includes(key) ? "ordinal" : "cardinal";
      const wanted = new Intl.PluralRules(language, { type }).resolvedOptions().pluralCategories;
      expect(Object.keys(entry).sort(), key).toEqual([...wanted].sort());
    }
  });

  it.each(languages)("puts the same values into its texts: %s", (language) => {
    for (const [key, entry] of Object.entries(catalogues.get(language) as Texts)) {
      const english = en[key] as Entry;
      const wanted = placesIn(typeof english === "string" ? english : english.other);
      for (const [form, sentence] of Object.entries(formsOf(entry))) {
        // "One star" and "two stars" may be words.
        const inWords = ["zero", "one", "two"].includes(form) && !sentence.includes("{n}");
        expect(placesIn(sentence), `${key}.${form}`).toEqual(
          inWords ? wanted.filter((n) => n !== "n") : wanted,
        );
      }
    }
  });

  it.each(languages)("is calm, complete and clean: %s", (language) => {
    for (const [key, entry] of Object.entries(catalogues.get(language) as Texts)) {
      for (const sentence of Object.values(formsOf(entry))) {
        expect(sentence, key).toBe(sentence.trim());
        expect(sentence, key).not.toMatch(/^$|[!！¡<>]|TODO/);
        if (NO_LATIN.includes(language)) expect(sentence.replace(/\{\w+\}/g, ""), key).not.toMatch(/[a-z]/i);
      }
    }
  });

  it("hold nothing that the widget does not say", () => {
    const source = readdirSync(import.meta.dirname, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".ts") && !name.includes(".test."))
      .map((name) => readFileSync(resolve(import.meta.dirname, name), "utf8"))
      .join("\n");
    for (const key of Object.keys(en)) {
      // "yes", "partly" and "no" are said by the name of the answer.
      if (["yes", "partly", "no"].includes(key)) continue;
      expect(source, key).toContain(`"${key}"`);
    }
  });
});

describe("the emoji", () => {
  const named = JSON.parse(readFileSync(resolve(folder, "emoji.json"), "utf8")) as Record<string, string> & {
    emoji: string[];
  };
  it.each(languages)("have a name of their own each, to be searched by: %s", (language) => {
    const names = String(named[language]).split(/[,،、，]/);
    expect(names).toHaveLength(named.emoji.length);
    expect(new Set(names.map((name) => name.trim())).size).toBe(names.length);
    for (const name of names) expect(name).not.toBe("");
  });
});

describe("numbers", () => {
  it("are right in Polish", () => {
    const t = speaking("pl");
    expect([1, 2, 5, 21, 22, 112].map((n) => t("open_chat_unread", { n }))).toEqual([
      "Otwórz czat, 1 nowa wiadomość",
      "Otwórz czat, 2 nowe wiadomości",
      "Otwórz czat, 5 nowych wiadomości",
      "Otwórz czat, 21 nowych wiadomości",
      "Otwórz czat, 22 nowe wiadomości",
      "Otwórz czat, 112 nowych wiadomości",
    ]);
    expect([1, 2, 5, 21].map((n) => t("new_below", { n }))).toEqual([
      "1 nowa wiadomość",
      "2 nowe wiadomości",
      "5 nowych wiadomości",
      "21 nowych wiadomości",
    ]);
    expect([1, 2, 5, 21].map((n) => t("too_long", { n }))).toEqual([
      "1 znak za dużo",
      "2 znaki za dużo",
      "5 znaków za dużo",
      "21 znaków za dużo",
    ]);
    expect([1, 2, 5, 21].map((n) => t.nth("place", { n }))).toEqual(
      [1, 2, 5, 21].map((n) => `Zajmują Państwo ${n}. miejsce w kolejce`),
    );
  });

  it("are right in Arabic", () => {
    const t = speaking("ar");
    expect([0, 1, 2, 3, 11, 100].map((n) => t("stars", { n }))).toEqual([
      "بلا نجوم",
      "نجمة واحدة",
      "نجمتان",
      "3 نجوم",
      "11 نجمة",
      "100 نجمة",
    ]);
    expect([0, 1, 2, 3, 11, 100].map((n) => t("new_below", { n }))).toEqual([
      "لا رسائل جديدة",
      "رسالة جديدة واحدة",
      "رسالتان جديدتان",
      "3 رسائل جديدة",
      "11 رسالة جديدة",
      "100 رسالة جديدة",
    ]);
    expect([0, 1, 2, 3, 11, 100].map((n) => t("too_long", { n }))).toEqual([
      "لا أحرف زائدة عن الحد",
      "حرف واحد زائد عن الحد",
      "حرفان زائدان عن الحد",
      "3 أحرف زائدة عن الحد",
      "11 حرفًا زائدًا عن الحد",
      "100 حرف زائد عن الحد",
    ]);
    expect([1, 2, 3, 11, 100].map((n) => t.nth("place", { n }))).toEqual(
      [1, 2, 3, 11, 100].map((n) => `ترتيبكم في قائمة الانتظار: ${n}`),
    );
  });

  it("are right where the order changes the word", () => {
    const places = (language: string, ns: number[]) =>
      ns.map((n) => speaking(language).nth("place", { n }).match(/\d\S*/)?.[0]);
    expect(places("en", [1, 2, 3, 4, 11, 21, 112])).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "21st",
      "112th",
    ]);
    expect(places("fr", [1, 2, 21])).toEqual(["1er", "2e", "21e"]);
    expect(places("de", [1, 21])).toEqual(["1.", "21."]);
  });
});

describe("the language of a chat", () => {
  const have = ["en", "de", "ar", "pt"];

  it("is what the snippet says, else the page's, else the reader's", () => {
    expect(languageOf("ar", "de", ["en"], have).speaks).toBe("ar");
    expect(languageOf(undefined, "de-AT", ["en"], have).speaks).toBe("de");
    expect(languageOf("", "", ["pt-BR", "en"], have).speaks).toBe("pt");
  });

  it("is passed over where there is no catalogue for it", () => {
    expect(languageOf("xx", "sv", ["fi", "de"], have)).toMatchObject({ speaks: "de", known: true });
  });

  it("is English, and left to the inbox, where nothing wanted is there", () => {
    expect(languageOf(undefined, "sv", ["fi"], have)).toMatchObject({ speaks: "en", known: false });
  });
});
