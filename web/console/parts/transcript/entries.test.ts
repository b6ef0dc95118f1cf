import { describe, expect, it } from "vitest";
import type { DeskEvent } from "../../../shared/api.ts";
import { stretches } from "../../../shared/desklog.ts";
import { entriesOf } from "./entries.ts";

const DAY = 86_400_000;
const NOON = new Date(2026, 10, 20, 12).getTime();
const said = (
  seq: number,
  at: number,
  plain = "word",
  kind: "customer" | "agent" = "customer",
): DeskEvent => ({
  seq,
  position: seq,
  at,
  kind: "said",
  actor: { kind, id: kind === "agent" ? "a" : null, name: null },
  baton: 1,
  fate: "shown",
  message: null,
  parts: null,
  plain,
  facts: {},
  body: null,
});
const kinds = (events: DeskEvent[], newAfter = Infinity) =>
  entriesOf(stretches(events), 80, newAfter).entries.map((one) => one.kind);

describe("the entries of a log", () => {
  it("begin each day with its name", () => {
    expect(kinds([said(1, NOON), said(2, NOON + DAY)])).toEqual(["day", "stretch", "item", "day", "item"]);
  });

  it("say once where the customer's new words begin", () => {
    const log = [said(1, NOON), said(2, NOON + 1), said(3, NOON + 2, "mine", "agent"), said(4, NOON + 3)];
    expect(kinds(log, NOON)).toEqual(["day", "stretch", "item", "new", "item", "item", "item"]);
  });

  it("stay the same objects when older ones come in above, so that nothing is drawn anew", () => {
    const [a, b, c] = [said(1, NOON), said(2, NOON), said(3, NOON)];
    const before = entriesOf(stretches([b, c]), 80, Infinity);
    const after = entriesOf(stretches([a, b, c]), 80, Infinity);
    const item = (list: typeof before, seq: number) => list.entries[list.at.get(seq) ?? -1];
    expect(item(after, 3)).toBe(item(before, 3));
  });

  it("guess a height that grows with the text, up to the fold", () => {
    const guess = (plain: string) =>
      entriesOf(stretches([said(1, NOON, plain)]), 80, Infinity).entries[2]?.guess ?? 0;
    expect(guess("x".repeat(400))).toBeGreaterThan(guess("x"));
    expect(guess("x".repeat(20_000))).toBe(guess("x".repeat(10_000)));
  });
});
