/**
 * Which keys were meant. Combinations are written as "r", "?", "shift+j", "mod+k" ("mod" is Ctrl, on a Mac Cmd),
 * "arrowdown", or two strokes one after the other: "g b".
 *
 * What is printed on the reader's own keyboard counts (`key`, not `code`): a German "z" is where an English "y" is.
 * Only where a layout has no Latin letters the place of the key decides.
 */
export type Stroke = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode"
> & { getModifierState?: (name: string) => boolean };

const SILENT = new Set([
  "Shift",
  "Control",
  "Alt",
  "AltGraph",
  "Meta",
  "CapsLock",
  "NumLock",
  "Dead",
  "Process",
  "Unidentified",
  "Compose",
]);

/** While an input method composes, keys belong to it; browsers tell by either of two signs. */
export function composing(event: Pick<Stroke, "isComposing" | "keyCode">): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** The stroke as a combination, or nothing for one that means nothing by itself. */
export function strokeOf(event: Stroke, mac = false): string | undefined {
  if (composing(event) || SILENT.has(event.key)) return undefined;
  // AltGr is a way to a third sign on a key ("@" on a German Q); Windows reports it as Ctrl and Alt.
  const third = event.getModifierState?.("AltGraph") ?? false;
  const ctrl = event.ctrlKey && !third;
  const alt = event.altKey && !third;
  const key = nameOf(event, mac && alt);
  if (!key) return undefined;
  // For a sign the shift key is how it is typed ("?" is Shift and ß in German, "/" is Shift and 7), no part of it.
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  const parts = [
    (mac ? event.metaKey : ctrl) && "mod",
    mac && ctrl && "ctrl",
    !mac && event.metaKey && "meta",
    alt && "alt",
    event.shiftKey && !sign && "shift",
    key === " " ? "space" : key,
  ];
  return parts.filter(Boolean).join("+");
}

function nameOf(event: Stroke, byPlace: boolean): string {
  const { key, code } = event;
  const placed = /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? /^Digit(\d)$/.exec(code)?.[1];
  if (key.length > 1) return key.toLowerCase();
  // Option and a letter types another sign on a Mac.
  if (byPlace && placed) return placed;
  if (/\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key) && placed) return placed;
  return key.toLowerCase();
}

/** Types something in a text box, so it must not do anything there. */
export function typesText(stroke: string): boolean {
  return !/^(mod|ctrl|alt|meta)\+/.test(stroke) && !/^(shift\+)?f\d+$/.test(stroke);
}

export function isTextBox(node: EventTarget | null | undefined): boolean {
  if (typeof HTMLElement === "undefined" || !(node instanceof HTMLElement)) return false;
  if (node.isContentEditable) return true;
  if (node instanceof HTMLInputElement)
    return !["button", "checkbox", "radio", "range", "color", "submit", "reset", "file"].includes(node.type);
  return ["TEXTAREA", "SELECT"].includes(node.tagName);
}

/** What a browser or a screen does with it already; it cannot be given away. */
export function taken(combo: string): boolean {
  return /^(tab|shift\+tab|escape|enter|space|mod\+[twnqrlfp]|f5|f11|f12)$/.test(combo);
}
