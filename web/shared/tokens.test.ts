import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map((m) => [
    m[1] ?? "",
    { light: m[2] ?? "", dark: m[3] ?? "" },
  ]),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = parseInt(hex.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const grounds = ["ground", "surface", "raised", "sunken"];
const voices = ["bot", "person", "house", "note", "danger", "warn", "ok", "accent"];
const words: [string, string][] = [
  ...["text", "text-soft"].flatMap((word) =>
    [...grounds, ...voices.map((v) => `${v}-tint`), ...(word === "text" ? ["hit-mark"] : [])].map(
      (ground) => [word, ground] as [string, string],
    ),
  ),
  ...voices.flatMap((v) =>
    [`${v}-tint`, "surface", "ground", "sunken"].map((g) => [v, g] as [string, string]),
  ),
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["on-danger", "danger-solid"],
];

describe.each(["light", "dark"] as const)("in the %s theme", (theme) => {
  const colour = (name: string) => pairs.get(name)?.[theme] ?? expect.fail(`no token ${name}`);

  it.each(words)("%s can be read on %s", (word, ground) => {
    expect(contrast(colour(word), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["ground", "surface", "raised"])("the line of a control can be seen on %s", (ground) => {
    expect(contrast(colour("line-strong"), colour(ground))).toBeGreaterThanOrEqual(3);
  });
});
