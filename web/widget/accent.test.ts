import { describe, expect, it } from "vitest";
import { accentTokens, contrast } from "./accent.ts";

type Colour = [number, number, number];
const colours = (value: string): Colour[] =>
  [...value.matchAll(/rgb\((\d+) (\d+) (\d+)\)/g)].map((m) => [Number(m[1]), Number(m[2]), Number(m[3])]);

describe("a house's colour", () => {
  const chosen = ["#0a6654", "#f5b301", "#ffffff", "#000000", "#7c3aed", "#808080", "#ff0000", "#00e5ff"];

  it.each(chosen)("can be read, as ground and as ink, in both themes: %s", (hex) => {
    const tokens = accentTokens(hex) ?? {};
    const [brand] = colours(tokens["--brand"] ?? "");
    const [ink] = colours(tokens["--on-brand"] ?? "");
    const [light, dark] = colours(tokens["--accent"] ?? "");
    const [tintLight, tintDark] = colours(tokens["--accent-tint"] ?? "");
    expect(contrast(brand as Colour, ink as Colour)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(light as Colour, [0xf5, 0xf6, 0xf8])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark as Colour, [0x1d, 0x23, 0x2c])).toBeGreaterThanOrEqual(4.5);
    const [strongLight, strongDark] = colours(tokens["--accent-strong"] ?? "");
    expect(contrast(strongLight as Colour, tintLight as Colour)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(strongDark as Colour, tintDark as Colour)).toBeGreaterThanOrEqual(4.5);
  });

  it("that is none changes nothing", () => {
    for (const none of ["", "red", "#12345", "url(x)", "#12345g"]) expect(accentTokens(none)).toBeUndefined();
  });
});
