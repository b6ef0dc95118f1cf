import { describe, expect, it } from "vitest";
import { composing, strokeOf, taken, typesText, type Stroke } from "./match.ts";

function stroke(key: string, more: Partial<Stroke> & { altGraph?: boolean } = {}): Stroke {
  return {
    key,
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    isComposing: false,
    keyCode: 0,
    getModifierState: (name) => name === "AltGraph" && (more.altGraph ?? false),
    ...more,
  };
}

describe("a key", () => {
  it("is the letter that is printed on it, on a German keyboard too", () => {
    expect(strokeOf(stroke("z", { code: "KeyY" }))).toBe("z");
    expect(strokeOf(stroke("y", { code: "KeyZ" }))).toBe("y");
  });

  it("is a sign however it is typed", () => {
    expect(strokeOf(stroke("?", { code: "Minus", shiftKey: true }))).toBe("?");
    expect(strokeOf(stroke("/", { code: "Digit7", shiftKey: true }))).toBe("/");
    expect(strokeOf(stroke("1", { code: "Digit1", shiftKey: true }))).toBe("1");
  });

  it("typed with AltGr is no Ctrl and Alt", () => {
    const at = stroke("@", { code: "KeyQ", ctrlKey: true, altKey: true, altGraph: true });
    expect(strokeOf(at)).toBe("@");
    expect(strokeOf(stroke("AltGraph", { ctrlKey: true, altKey: true }))).toBeUndefined();
  });

  it("with shift is another than without, with caps lock it is not", () => {
    expect(strokeOf(stroke("R", { shiftKey: true }))).toBe("shift+r");
    expect(strokeOf(stroke("R"))).toBe("r");
  });

  it("means nothing while an input method composes", () => {
    expect(strokeOf(stroke("a", { isComposing: true }))).toBeUndefined();
    expect(strokeOf(stroke("a", { keyCode: 229 }))).toBeUndefined();
    expect(strokeOf(stroke("Process"))).toBeUndefined();
    expect(strokeOf(stroke("Dead"))).toBeUndefined();
    expect(composing({ isComposing: false, keyCode: 229 })).toBe(true);
  });

  it("is found by its place where the layout has no Latin letters", () => {
    expect(strokeOf(stroke("к", { code: "KeyR" }))).toBe("r");
    expect(strokeOf(stroke("ا", { code: "KeyH" }))).toBe("h");
    expect(strokeOf(stroke("ö", { code: "Semicolon" }))).toBe("ö");
  });

  it("goes with Ctrl, on a Mac with Cmd", () => {
    expect(strokeOf(stroke("k", { ctrlKey: true }))).toBe("mod+k");
    expect(strokeOf(stroke("k", { metaKey: true }), true)).toBe("mod+k");
    expect(strokeOf(stroke("k", { ctrlKey: true }), true)).toBe("ctrl+k");
    expect(strokeOf(stroke("®", { altKey: true, code: "KeyR" }), true)).toBe("alt+r");
  });

  it("has a name where it types nothing", () => {
    expect(strokeOf(stroke("ArrowDown"))).toBe("arrowdown");
    expect(strokeOf(stroke("Enter", { ctrlKey: true }))).toBe("mod+enter");
    expect(strokeOf(stroke(" "))).toBe("space");
    expect(strokeOf(stroke("Shift", { shiftKey: true }))).toBeUndefined();
  });

  it("types text unless it goes with Ctrl, Alt or Cmd", () => {
    expect(["r", "?", "shift+j", "arrowdown"].map(typesText)).toEqual([true, true, true, true]);
    expect(["mod+k", "alt+1", "f2"].map(typesText)).toEqual([false, false, false]);
  });

  it("of the browser's cannot be given away", () => {
    expect(["mod+w", "tab", "escape"].map(taken)).toEqual([true, true, true]);
    expect(["w", "mod+k"].map(taken)).toEqual([false, false]);
  });
});
