/** How a key combination is shown: "mod+k" as Ctrl K, on a Mac as Cmd K. */
import { w } from "./words.ts";

export const isMac = /mac|iphone|ipad/i.test(navigator.platform);

const NAMES = {
  mod: isMac ? "key_meta" : "key_ctrl",
  ctrl: "key_ctrl",
  alt: "key_alt",
  shift: "key_shift",
  meta: "key_meta",
  escape: "key_escape",
  enter: "key_enter",
  space: "key_space",
  arrowup: "key_up",
  arrowdown: "key_down",
  arrowleft: "key_left",
  arrowright: "key_right",
} as const;

export function keyParts(combo: string): string[] {
  const parts = combo === "+" ? ["+"] : combo.split(/\+(?!$)/);
  return parts.map((part) => {
    const name = NAMES[part.toLowerCase() as keyof typeof NAMES];
    return name ? w(name) : part.length === 1 ? part.toUpperCase() : part;
  });
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(combo: string | undefined): string | undefined {
  return combo?.replace(/\bmod\b/, isMac ? "Meta" : "Control");
}
