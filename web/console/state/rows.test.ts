import { describe, expect, it } from "vitest";
import { inList } from "./rows.ts";
import type { ChatRow } from "./wire.ts";

let n = 0;
const row = (more: Partial<ChatRow>): ChatRow =>
  ({
    id: String(++n),
    state: "open",
    lists: ["mine", "all"],
    inbox: { id: "i", name: "I" },
    queue: null,
    tags: [],
    priority: 0,
    opened_at: n,
    since: n,
    waiting_since: null,
    unanswered_since: null,
    snoozed_until: null,
    offer: null,
    later: null,
    last: { at: n, by: "customer", text: "" },
    ...more,
  }) as ChatRow;
const ids = (rows: ChatRow[]) => rows.map((one) => one.id);

describe("the rows of a list", () => {
  it("begin, among one's own, with the customer who waits longest for a word", () => {
    const [a, b, c, d] = [
      row({ unanswered_since: 30 }),
      row({}),
      row({ unanswered_since: 20 }),
      row({ last: { at: 999, by: "agent", text: "" } }),
    ];
    expect(ids(inList([a, b, c, d], "mine"))).toEqual(ids([c, a, d, b]));
  });

  it("follow priority and then the wait, in line", () => {
    const lists = ["waiting" as const];
    const [a, b, c] = [
      row({ lists, waiting_since: 10 }),
      row({ lists, waiting_since: 5 }),
      row({ lists, waiting_since: 50, priority: 2 }),
    ];
    expect(ids(inList([a, b, c], "waiting"))).toEqual(ids([c, b, a]));
  });

  it("are those that the filter lets through", () => {
    const [a, b] = [row({ tags: ["vip"] }), row({})];
    expect(ids(inList([a, b], "mine", { inbox: "", queue: "", tag: "vip" }))).toEqual([a.id]);
    expect(inList([a, b], "mine", { inbox: "other", queue: "", tag: "" })).toEqual([]);
  });

  it("that are put away come in the order in which they come back, and closed ones not at all", () => {
    const [a, b, c] = [
      row({ snoozed_until: 90 }),
      row({ snoozed_until: 40 }),
      row({ snoozed_until: 10, state: "closed" }),
    ];
    expect(ids(inList([a, b, c], "snoozed"))).toEqual(ids([b, a]));
    expect(ids(inList([a, b, c], "closed"))).toEqual([c.id]);
  });
});
