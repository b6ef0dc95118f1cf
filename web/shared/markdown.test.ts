import { describe, expect, it } from "vitest";
import { parse } from "./markdown.ts";

describe("the markdown subset", () => {
  it("keeps plain text as it is", () => {
    expect(parse("2 * 3 = 6 *", false)).toEqual([
      { kind: "paragraph", lines: [[{ kind: "text", text: "2 * 3 = 6 *" }]] },
    ]);
  });

  it("reads bold, code and links inside a sentence", () => {
    expect(parse("See **this**, `that` and [here](https://a.example/x).", true)).toEqual([
      {
        kind: "paragraph",
        lines: [
          [
            { kind: "text", text: "See " },
            { kind: "bold", text: "this" },
            { kind: "text", text: ", " },
            { kind: "code", text: "that" },
            { kind: "text", text: " and " },
            { kind: "link", text: "here", url: "https://a.example/x" },
            { kind: "text", text: "." },
          ],
        ],
      },
    ]);
  });

  it("never makes a link of what a browser would run", () => {
    expect(parse("[here](javascript:alert(1))", true)[0]).toMatchObject({
      lines: [[{ kind: "text", text: "here" }, { kind: "text" }]],
    });
  });

  it("makes addresses clickable in plain text too, without the full stop", () => {
    expect(parse("Go to https://a.example/x.", false)[0]).toMatchObject({
      lines: [[{}, { kind: "link", url: "https://a.example/x" }, { text: "." }]],
    });
  });

  it("joins lines that are items into one list", () => {
    expect(parse("Choose:\n- red\n- blue\n\n1. first", true).map((b) => b.kind)).toEqual([
      "paragraph",
      "list",
      "list",
    ]);
  });

  it("leaves snake_case_words and lone stars alone", () => {
    expect(parse("order_id_7 and 5 * 4", true)).toEqual([
      { kind: "paragraph", lines: [[{ kind: "text", text: "order_id_7 and 5 * 4" }]] },
    ]);
  });
});
