/**
 * A house's colour, made readable: as a ground it gets the ink that can be read on it, as ink it is moved towards
 * black or white until it can be read on ours. 4.5:1 in both themes, whatever was chosen.
 */
type Colour = [number, number, number];

/** Text stands at worst on these: the tinted grounds of light and dark. */
const LIGHT: Colour = [0xe4, 0xf0, 0xee];
const DARK: Colour = [0x2a, 0x33, 0x3d];
const ENOUGH = 4.5;

export function accentTokens(hex: string): Record<string, string> | undefined {
  const digits = /^#?([0-9a-f]{6})$/i.exec(hex.trim())?.[1];
  if (!digits) return undefined;
  const brand = [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16)) as Colour;
  const ink: Colour = contrast(brand, [255, 255, 255]) >= ENOUGH ? [255, 255, 255] : [0x10, 0x14, 0x1a];
  const both = (light: Colour, dark: Colour) => `light-dark(${css(light)}, ${css(dark)})`;
  const [light, dark] = [readable(brand, [0, 0, 0], LIGHT), readable(brand, [255, 255, 255], DARK)];
  return {
    "--brand": css(brand),
    "--on-brand": css(contrast(brand, ink) >= ENOUGH ? ink : [0, 0, 0]),
    "--brand-strong": css(mixed(brand, ink[0] > 99 ? [0, 0, 0] : [255, 255, 255], 0.14)),
    "--accent": both(light, dark),
    "--accent-strong": both(mixed(light, [0, 0, 0], 0.25), mixed(dark, [255, 255, 255], 0.35)),
    "--on-accent": both([255, 255, 255], [0, 0, 0]),
    "--accent-tint": both(mixed(brand, [255, 255, 255], 0.9), mixed(brand, [0x16, 0x1b, 0x22], 0.82)),
    "--accent-line": both(mixed(brand, [255, 255, 255], 0.6), mixed(brand, [0x16, 0x1b, 0x22], 0.55)),
  };
}

function readable(colour: Colour, towards: Colour, on: Colour): Colour {
  for (let share = 0; share < 1; share += 0.04) {
    const tried = mixed(colour, towards, share);
    if (contrast(tried, on) >= ENOUGH) return tried;
  }
  return towards;
}

function mixed(a: Colour, b: Colour, share: number): Colour {
  return a.map((n, i) => Math.round(n + ((b[i] ?? 0) - n) * share)) as Colour;
}

export function contrast(a: Colour, b: Colour): number {
  const [x, y] = [light(a), light(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Relative luminance as WCAG 2 computes it. */
function light(colour: Colour): number {
  const [r, g, b] = colour.map((n) => (n <= 10 ? n / 3294 : ((n / 255 + 0.055) / 1.055) ** 2.4)) as Colour;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function css([r, g, b]: Colour): string {
  return `rgb(${r} ${g} ${b})`;
}
