import { describe, expect, it } from "vitest";
import { parse } from "./markdown.ts";
import { cleanName, cleanText, onlyEmoji } from "./safe.ts";

describe("names", () => {
  it("lose what turns a line around or cannot be seen", () => {
    expect(cleanName("\u202egro.live\u202c")).toBe("gro.live");
    expect(cleanName("A\u200bn\u2060a\ufeff")).toBe("Ana");
    expect(cleanName("An\u200da")).toBe("Ana");
    expect(cleanName("Kim\u0000\u0007\nadmin")).toBe("Kim admin");
    expect(cleanName("  Ana \t  B ")).toBe("Ana B");
  });

  it("keep the joiners that a script or an emoji needs", () => {
    expect(cleanName("می\u200cخواهم")).toBe("می\u200cخواهم");
    expect(cleanName("👩\u200d💻")).toBe("👩\u200d💻");
    expect(cleanName("क्\u200dष")).toBe("क्\u200dष");
  });

  it("stack no more marks than a language does, and end", () => {
    expect(cleanName(`Z${"\u0351".repeat(60)}o`)).toBe(`Z${"\u0351".repeat(3)}o`);
    expect([...cleanName("x".repeat(500))].length).toBeLessThan(60);
  });
});

describe("texts", () => {
  it("keep their lines and lose orders to turn the direction", () => {
    expect(cleanText("a\n\tb \u202egnp.exe\u202c")).toBe("a\n\tb gnp.exe");
  });
});

describe("a text of emoji only", () => {
  it.each(["🎉", "👍🏽", "👩‍👩‍👧 ❤️", "🇩🇪"])("is one: %s", (text) => {
    expect(onlyEmoji(text)).toBe(true);
  });
  it.each(["12", "#", "ok 👍", "", "🎉".repeat(7), "*"])("is none: %s", (text) => {
    expect(onlyEmoji(text)).toBe(false);
  });
});

describe("hostile texts", () => {
  it.each([
    ["brackets", "[".repeat(20_000)],
    ["stars", "*a".repeat(10_000)],
    ["ticks", "`".repeat(20_000)],
    ["links without an end", "[a](".repeat(5_000)],
    ["underscores", "_".repeat(20_000)],
    ["one address", `https://${"a".repeat(19_990)}`],
    ["addresses", "https://a.b ".repeat(1_600)],
    ["lists", "- a\n".repeat(5_000)],
  ])("of 20,000 characters are read in a moment: %s", (_name, text) => {
    const start = performance.now();
    parse(cleanText(text), true);
    expect(performance.now() - start).toBeLessThan(250);
  });

  it("become no address that a browser runs", () => {
    for (const url of [
      "javascript:alert(1)",
      "JAVASCRIPT:x",
      "data:text/html,x",
      "vbscript:x",
      " javascript:x",
    ])
      for (const block of parse(`[here](${url})`, true))
        for (const line of block.kind === "list" ? block.items : block.lines)
          expect(line.some((one) => one.kind === "link")).toBe(false);
  });
});
