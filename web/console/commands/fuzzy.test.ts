import { expect, it } from "vitest";
import { fuzzy } from "./fuzzy.ts";

const best = (query: string, texts: string[]) =>
  texts
    .map((text) => ({ text, found: fuzzy(query, text) }))
    .filter((one) => one.found)
    .sort((a, b) => (b.found?.score ?? 0) - (a.found?.score ?? 0))
    .map((one) => one.text);

it("finds the beginning of a word before its middle", () => {
  expect(best("re", ["Transfer to a colleague", "More", "Reply"])[0]).toBe("Reply");
});
it("finds several words in any order, and first letters", () => {
  expect(best("back hand", ["Hand back", "Back"])).toEqual(["Hand back"]);
  expect(best("hb", ["Hand back", "Help"])).toEqual(["Hand back"]);
});
it("finds names without their accents", () => {
  expect(best("lukasz", ["Łukasz Żak", "Zoë"])).toEqual([]);
  expect(best("zoe", ["Łukasz Żak", "Zoë"])).toEqual(["Zoë"]);
});
it("finds nothing by strewn letters", () => {
  expect(fuzzy("xq", "Hand back")).toBeUndefined();
  expect(fuzzy("aoe", "Transfer to a colleague")).toBeUndefined();
});
it("marks what was found", () => {
  expect(fuzzy("back", "Hand back")?.marks).toEqual([5, 6, 7, 8]);
});
