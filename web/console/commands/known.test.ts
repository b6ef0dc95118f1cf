import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { KNOWN } from "./known.ts";

it("the list of keys names the inbox's actions as the inbox registers them", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../pages/DeskPage.svelte"), "utf8");
  const registered = [
    ...page.matchAll(
      /\{\s*id: "([\w-]+)",\s*title: "(\w+)",\s*(?:key: "([^"]+)",\s*)?group: "(\w+)",\s*(hidden: true)?/g,
    ),
  ]
    .filter((match) => !match[5])
    .map(([, id, title, key, group]) => ({ id, title, ...(key ? { key } : {}), group }));
  expect(registered.length).toBeGreaterThan(20);
  const sorted = (list: readonly { id?: string }[]) =>
    [...list].sort((a, b) => (a.id ?? "").localeCompare(b.id ?? ""));
  expect(sorted(KNOWN)).toEqual(sorted(registered));
});
