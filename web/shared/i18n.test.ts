import { describe, expect, it } from "vitest";
import { chooseLanguage, direction, formatTag, translator } from "./i18n.ts";
import en from "./i18n/en.json";
import { clock } from "./time.ts";

const texts = {
  hello: "Hello {name}",
  waiting: { one: "{n} person waits", other: "{n} people wait" },
  place: { one: "{n}st", two: "{n}nd", few: "{n}rd", other: "{n}th" },
};

describe("the catalogue", () => {
  it("puts values into their places and leaves an unknown one standing", () => {
    const t = translator(texts, "en");
    expect(t("hello", { name: "Kim" })).toBe("Hello Kim");
    expect(t("hello")).toBe("Hello {name}");
  });

  it("chooses forms by amount and by order", () => {
    const t = translator(texts, "en");
    expect([1, 2, 0].map((n) => t("waiting", { n }))).toEqual([
      "1 person waits",
      "2 people wait",
      "0 people wait",
    ]);
    expect([1, 2, 3, 4, 11, 22].map((n) => t.nth("place", { n }))).toEqual([
      "1st",
      "2nd",
      "3rd",
      "4th",
      "11th",
      "22nd",
    ]);
  });

  it("works with a language tag that no browser knows", () => {
    expect(translator(texts, "not a tag")("waiting", { n: 1 })).toBe("1 person waits");
  });

  it("serves a regional language by its base and falls back", () => {
    expect(chooseLanguage(["de-AT", "en"], ["en", "de"], "en")).toBe("de");
    expect(chooseLanguage(["xx"], ["en", "de"], "en")).toBe("en");
  });

  it("knows which languages run from right to left", () => {
    expect(direction("ar-EG")).toBe("rtl");
    expect(direction("en")).toBe("ltr");
  });

  it("sets a name of the other direction apart, and never lets it end that", () => {
    expect(translator(texts, "en")("hello", { name: "ليلى" })).toBe("Hello \u2068ليلى\u2069");
    expect(translator(texts, "ar")("hello", { name: "Kim" })).toBe("Hello \u2068Kim\u2069");
    expect(translator(texts, "en")("hello", { name: "\u202egro.live\u2069" })).toBe("Hello gro.live");
  });

  it("writes numbers and times as the reader's region does, and Arabic with the digits of the notices", () => {
    expect(formatTag(["en", "en-GB", "de-AT"], "en")).toBe("en-GB");
    expect(formatTag(["de"], "de")).toBe("de");
    expect(formatTag(["de-!"], "de")).toBe("de");
    expect(clock(Date.UTC(2026, 0, 5, 12), formatTag(["en-GB"], "en"))).toMatch(/^\d\d:\d\d$/);
    expect(clock(Date.UTC(2026, 0, 5, 12), formatTag(["ar-EG"], "ar"))).toMatch(/^\d\d:\d\d/);
    expect(translator(texts, "ar")("waiting", { n: 1234 })).toBe("1,234 people wait");
  });

  it("has no empty sentence and no sentence that shouts", () => {
    for (const [key, entry] of Object.entries(en.desk)) {
      for (const sentence of typeof entry === "string" ? [entry] : Object.values(entry as object)) {
        expect(`${key}: ${sentence}`).not.toMatch(/: $|!/);
      }
    }
  });
});
