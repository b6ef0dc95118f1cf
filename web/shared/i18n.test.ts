import { describe, expect, it } from "vitest";
import { chooseLanguage, direction, translator } from "./i18n.ts";
import * as en from "./i18n/en.json";

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

  it("has no empty sentence and no sentence that shouts", () => {
    for (const [area, entries] of Object.entries({
      launcher: en.launcher,
      widget: en.widget,
      desk: en.desk,
    })) {
      for (const [key, entry] of Object.entries(entries)) {
        for (const sentence of typeof entry === "string" ? [entry] : Object.values(entry as object)) {
          expect(`${area}.${key}: ${sentence}`).not.toMatch(/: $|!/);
        }
      }
    }
  });
});
