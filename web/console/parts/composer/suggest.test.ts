import { describe, expect, it } from "vitest";
import type { SavedReply } from "../../state/wire.ts";
import { agentsFor, askedAt, filled, listed, mentioned, savedFor, wrapped } from "./suggest.ts";

const reply = (shortcut: string, more: Partial<SavedReply> = {}): SavedReply => ({
  id: shortcut,
  version: 1,
  shortcut,
  title: shortcut,
  text: "",
  language: null,
  queue: null,
  personal: false,
  ...more,
});

describe("what is asked for at the caret", () => {
  it("is a word that begins with a slash at the beginning of a word", () => {
    expect(askedAt("/hel", 4, "/")).toEqual({ sign: "/", from: 0, to: 4, word: "hel" });
    expect(askedAt("Hello /re", 9, "/")).toEqual({ sign: "/", from: 6, to: 9, word: "re" });
    expect(askedAt("Hello /re", 8, "/")?.word).toBe("r");
  });

  it("is nothing inside a word, an address or a fraction", () => {
    for (const text of ["and/or", "https://example", "7/8", "a /b c"])
      expect(askedAt(text, text.length, "/"), text).toBeUndefined();
  });

  it("is a colleague in a note and no mail address", () => {
    expect(askedAt("@be", 3, "@")?.word).toBe("be");
    expect(askedAt("ben@example", 11, "@")).toBeUndefined();
    expect(askedAt("/be", 3, "@")).toBeUndefined();
  });
});

describe("saved replies", () => {
  const chat = { language: "de", queue: "service" };
  it("come by shortcut, then title, then text, those of the chat's language first", () => {
    const all = [
      reply("x", { text: "about a return" }),
      reply("y", { title: "How to return" }),
      reply("return"),
      reply("returns", { language: "de" }),
      reply("returned"),
    ];
    expect(savedFor(all, "return", chat).map((one) => one.id)).toEqual([
      "return",
      "returns",
      "returned",
      "y",
      "x",
    ]);
  });

  it("are found without accents and in any case", () => {
    expect(savedFor([reply("Rückgabe")], "ruck", chat)).toHaveLength(1);
  });

  it("of another queue do not come", () => {
    expect(
      savedFor([reply("a", { queue: "other" }), reply("b", { queue: "service" })], "", chat),
    ).toHaveLength(1);
  });

  it("name the customer and the agent, and nobody where no name is known", () => {
    const text = "Hello {customer}, I am {agent}. Your {order} is here.";
    expect(filled(text, { customer: "Kim", agent: "Ana" })).toBe(
      "Hello Kim, I am Ana. Your {order} is here.",
    );
    expect(filled(text, { customer: "", agent: "Ana" })).toBe("Hello, I am Ana. Your {order} is here.");
  });
});

describe("mentions", () => {
  const agents = [
    { id: "1", name: "Ana" },
    { id: "2", name: "Anastasia" },
    { id: "3", name: "Ben Young" },
  ];
  it("find a colleague by any part of the name", () => {
    expect(agentsFor(agents, "you").map((one) => one.id)).toEqual(["3"]);
  });
  it("do not take one name for the beginning of another", () => {
    expect(mentioned("@Anastasia please", agents)).toEqual(["2"]);
    expect(mentioned("@Ana and @Ben Young", agents).sort()).toEqual(["1", "3"]);
  });
});

describe("marks around words", () => {
  it("are put there and taken away again, with the same words chosen", () => {
    const bold = wrapped("a word here", 2, 6, "**");
    expect(bold).toEqual({ text: "a **word** here", start: 4, end: 8 });
    expect(wrapped(bold.text, bold.start, bold.end, "**")).toEqual({ text: "a word here", start: 2, end: 6 });
  });
  it("make items of whole lines", () => {
    expect(listed("one\ntwo\nthree", 1, 6).text).toBe("- one\n- two\nthree");
    expect(listed("- one\n- two", 0, 11).text).toBe("one\ntwo");
  });
});
