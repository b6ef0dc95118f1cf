/**
 * Whatever strangers and networks send: nothing throws, nothing takes long, nothing dangerous comes out. The inputs come
 * from a seed and from a corpus of awkward ones, which the hub's own tests use, too.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import type { ChatEvent, DeskEvent } from "./api.ts";
import { chatLines } from "./chatlog.ts";
import { chooseLanguage, direction, formatTag } from "./i18n.ts";
import { parse, safeUrl, type Block, type Inline } from "./markdown.ts";
import { problemOf } from "./problem.ts";
import { emptyTimeline, headOf, nextCounter, reduce, type Action, type Timeline } from "./reducer.ts";
import { cleanName, cleanText, onlyEmoji } from "./safe.ts";

const AWKWARD = JSON.parse(
  readFileSync(new URL("../../crates/core/tests/corpus/awkward.json", import.meta.url), "utf8"),
) as string[];
const SEED = Number(process.env.BATON_FUZZ_SEED ?? 1);
const ROUNDS = Number(process.env.BATON_FUZZ_ROUNDS ?? 3000);
vi.setConfig({ testTimeout: 60_000 });
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Numbers from a seed, so that a failure can be looked at again (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A text of awkward pieces and of any UTF-16 units, lone surrogates among them. */
function textOf(roll: (below: number) => number): string {
  let out = "";
  for (let pieces = roll(12); pieces >= 0; pieces--) {
    const kind = roll(4);
    if (kind === 0) out += String.fromCharCode(roll(0x10000));
    else if (kind === 1) out += String.fromCharCode(0x20 + roll(0x60)).repeat(1 + roll(4));
    else out += AWKWARD[roll(AWKWARD.length)] ?? "";
  }
  return out;
}

function valueOf(roll: (below: number) => number, depth = 0): unknown {
  const kind = roll(depth > 3 ? 6 : 8);
  if (kind === 0) return null;
  if (kind === 1) return roll(2) === 0;
  if (kind === 2) return roll(2_000) - 1_000;
  if (kind === 3) return [Number.NaN, Infinity, 2 ** 60, -0.5][roll(4)];
  if (kind < 6) return textOf(roll);
  if (kind === 6) return Array.from({ length: roll(4) }, () => valueOf(roll, depth + 1));
  return Object.fromEntries(
    ["type", "status", "code", "detail", "title", "errors", "refusal", textOf(roll)]
      .slice(roll(8))
      .map((key) => [key, valueOf(roll, depth + 1)]),
  );
}

function each(check: (text: string) => void, rounds = ROUNDS): void {
  const roll = dice(SEED);
  for (const text of AWKWARD) check(text);
  for (let round = 0; round < rounds; round++) {
    const text = textOf(roll);
    try {
      check(text);
    } catch (error) {
      throw new Error(`round ${round}, ${JSON.stringify(text)}: ${String(error)}`);
    }
  }
}

function inlines(blocks: Block[]): Inline[] {
  return blocks.flatMap((block) => (block.kind === "list" ? block.items : block.lines)).flat();
}

describe("whatever is written", () => {
  it("becomes blocks whose links open nothing but pages, mail and telephone", () => {
    each((text) => {
      for (const markdown of [true, false]) {
        for (const piece of inlines(parse(text, markdown))) {
          if (piece.kind === "link") expect(safeUrl(piece.url)).toBe(piece.url);
        }
      }
    });
  });

  it("loses no character as plain text but empty lines", () => {
    each((text) => {
      const shown = parse(text, false)
        .flatMap((block) => (block.kind === "list" ? block.items : block.lines))
        .map((line) => line.map((piece) => piece.text).join(""));
      expect(shown).toEqual(text.split("\n").filter((line) => line.trim() !== ""));
    });
  });

  it("has nothing unseen left in it, and cleaning it again changes nothing", () => {
    each((text) => {
      const name = cleanName(text);
      expect([...name].length).toBeLessThanOrEqual(49);
      expect(UNSEEN.test(name) || /[\n\t]/.test(name)).toBe(false);
      const clean = cleanText(text);
      expect(UNSEEN.test(clean)).toBe(false);
      expect(cleanText(clean)).toBe(clean);
      onlyEmoji(text);
    });
  });

  it("takes no longer the more awkward it is", () => {
    const pieces = [
      "*",
      "_",
      "**a",
      "[",
      "[a](",
      "`",
      "http://",
      "https://a.",
      "- ",
      "1. ",
      "\u0301",
      "\u200d",
      "(",
      "](",
    ];
    const begun = performance.now();
    for (const piece of pieces) {
      const text = piece.repeat(Math.ceil(20_000 / piece.length));
      parse(text, true);
      parse(`${text}\n${text}`, false);
      cleanName(text);
      cleanText(text);
      onlyEmoji(text);
    }
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  it("chooses some language whatever a browser says of itself", () => {
    each((text) => {
      expect(["en", "de"]).toContain(chooseLanguage([text, `${text}-x`], ["en", "de"], "en"));
      expect(() => new Intl.DateTimeFormat(formatTag([text, "en"], "en"))).not.toThrow();
      expect(["ltr", "rtl"]).toContain(direction(text));
    }, ROUNDS / 10);
  });
});

describe("whatever a hub answers", () => {
  it("is a problem with a code and words", () => {
    const roll = dice(SEED + 1);
    for (let round = 0; round < ROUNDS; round++) {
      const problem = problemOf(roll(700), valueOf(roll), roll(2) ? textOf(roll) : null);
      expect([typeof problem.code, typeof problem.title]).toEqual(["string", "string"]);
      expect(problem.retry_after === undefined || Number.isFinite(problem.retry_after)).toBe(true);
      expect(["string", "undefined"]).toContain(typeof problem.detail);
    }
  });

  it("leaves a timeline in order, each event once, however they arrive", () => {
    const roll = dice(SEED + 2);
    for (let round = 0; round < ROUNDS / 10; round++) {
      let line: Timeline<ChatEvent> = emptyTimeline;
      for (let step = 0; step < 60; step++) {
        line = reduce(line, chatAction(roll));
        const positions = line.events.map((event) => event.position);
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
        headOf(line);
        nextCounter(line, "me", roll(9));
        chatLines(line.events);
      }
    }
  });

  it("leaves a desk's timeline in order, too", () => {
    const roll = dice(SEED + 3);
    for (let round = 0; round < ROUNDS / 10; round++) {
      let line: Timeline<DeskEvent> = emptyTimeline;
      for (let step = 0; step < 60; step++) {
        line = reduce(line, { kind: "event", event: deskEvent(roll) });
        const seqs = line.events.map((event) => event.seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      }
    }
  });
});

function chatEvent(roll: (below: number) => number): ChatEvent {
  const position = 1 + roll(20);
  return {
    type: "message",
    position,
    at: position * 1000,
    message: `m${position}`,
    by: { kind: "customer", name: textOf(roll), human: true },
    parts: [{ type: "text", text: textOf(roll), markdown: roll(2) === 0, language: null }],
    plain: textOf(roll),
  };
}

function chatAction(roll: (below: number) => number): Action<ChatEvent> {
  if (roll(4) > 0) return { kind: "event", event: chatEvent(roll) };
  const counter = roll(6);
  return {
    kind: "send",
    pending: { key: `me-${counter}`, client: "me", counter, at: 0, text: textOf(roll), state: "sending" },
  } satisfies Action<ChatEvent>;
}

function deskEvent(roll: (below: number) => number): DeskEvent {
  const seq = 1 + roll(20);
  return {
    seq,
    position: roll(2) ? seq : null,
    at: seq * 1000,
    kind: ["said", "told", "holder-set", textOf(roll)][roll(4)],
    actor: { kind: "agent", id: "a", name: textOf(roll) },
    baton: roll(4),
    fate: "shown",
    message: `m${seq}`,
    parts: null,
    plain: textOf(roll),
    facts: {},
    body: null,
  } as DeskEvent;
}
