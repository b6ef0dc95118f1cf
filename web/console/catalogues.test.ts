import { expect, it } from "vitest";
import { desk } from "../shared/i18n/en.json";
import { desk as inbox } from "../shared/i18n/en.desk.json";
import { settings } from "../shared/i18n/en.settings.json";
import { shell } from "../shared/i18n/en.shell.json";

it("a text stands in one of the desk's catalogues only", () => {
  const keys = [desk, inbox, settings, shell].flatMap((texts) => Object.keys(texts));
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

it("no text is loud or asks to hold", () => {
  const all = JSON.stringify([desk, inbox, settings, shell]);
  expect(all).not.toMatch(/!(?!\[)|please hold|shortly/i);
});
