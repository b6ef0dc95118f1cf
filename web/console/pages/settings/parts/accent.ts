/** What the widget will make of a colour; the same reckoning that it does itself. */
import { accentTokens, contrast } from "../../../../widget/accent.ts";

export { accentTokens };

export function contrastOf(hex: string): { ratio: number; ink: "white" | "black" } {
  const brand = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
  const white = contrast(brand, [255, 255, 255]);
  return white >= 4.5
    ? { ratio: white, ink: "white" }
    : { ratio: contrast(brand, [0x10, 0x14, 0x1a]), ink: "black" };
}
