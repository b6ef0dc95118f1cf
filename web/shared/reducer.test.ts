import { describe, expect, it } from "vitest";
import type { ChatEvent, DeskEvent } from "./api.ts";
import {
  emptyTimeline,
  headOf,
  nextCounter,
  reduce,
  type Action,
  type LogEvent,
  type Pending,
  type Timeline,
} from "./reducer.ts";

const said = (position: number, extra: Partial<Extract<ChatEvent, { type: "message" }>> = {}): ChatEvent => ({
  type: "message",
  position,
  at: position * 1000,
  message: `m${position}`,
  by: { kind: "customer", name: "Kim", human: true },
  parts: [{ type: "text", text: `text ${position}`, markdown: false, language: null }],
  plain: `text ${position}`,
  ...extra,
});

const desk = (seq: number, extra: Partial<DeskEvent> = {}): DeskEvent => ({
  seq,
  position: seq,
  at: seq * 1000,
  kind: "said",
  actor: { kind: "agent", id: "a", name: "Ana" },
  baton: 1,
  fate: "shown",
  message: `m${seq}`,
  parts: null,
  plain: `text ${seq}`,
  facts: {},
  body: null,
  ...extra,
});

const waiting = (counter: number, client = "me"): Pending => ({
  key: `${client}-${counter}`,
  client,
  counter,
  at: 0,
  text: `text ${counter}`,
  state: "sending",
});

function run<E extends LogEvent>(...actions: Action<E>[]): Timeline<E> {
  return actions.reduce<Timeline<E>>(reduce, emptyTimeline);
}

describe("the timeline", () => {
  it("keeps events in their order", () => {
    const line = run<ChatEvent>({ kind: "event", event: said(1) }, { kind: "event", event: said(2) });
    expect(line.events.map((e) => e.position)).toEqual([1, 2]);
    expect(line).toMatchObject({ first: 1, last: 2, whole: true, gap: false });
  });

  it("ignores a repeat, whatever it says", () => {
    const line = run<ChatEvent>(
      { kind: "event", event: said(1) },
      { kind: "event", event: said(2) },
      { kind: "event", event: said(2, { plain: "another" }) },
      { kind: "event", event: said(1) },
    );
    expect(line.events.map((e) => (e.type === "message" ? e.plain : ""))).toEqual(["text 1", "text 2"]);
  });

  it("asks for a reload when an event is missing and takes nothing beyond the hole", () => {
    const line = run<ChatEvent>({ kind: "event", event: said(1) }, { kind: "event", event: said(3) });
    expect(line.gap).toBe(true);
    expect(line.last).toBe(1);
    const healed = reduce(line, { kind: "events", events: [said(2), said(3)] });
    expect(healed).toMatchObject({ gap: false, last: 3 });
  });

  it("numbers a desk's log by seq", () => {
    const line = run<DeskEvent>(
      { kind: "load", events: [desk(41), desk(42, { position: null })], whole: false },
      { kind: "event", event: desk(43, { position: 42 }) },
      { kind: "event", event: desk(43, { position: 42 }) },
    );
    expect(line.events.map((e) => e.seq)).toEqual([41, 42, 43]);
  });

  it("puts an earlier page before what is here, without doubles", () => {
    const line = run<DeskEvent>(
      { kind: "load", events: [desk(5), desk(6)], whole: false },
      { kind: "earlier", events: [desk(3), desk(4), desk(5)], whole: false },
      { kind: "earlier", events: [desk(1), desk(2)], whole: true },
    );
    expect(line.events.map((e) => e.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(line).toMatchObject({ first: 1, last: 6, whole: true });
  });

  it("refuses an earlier page that does not join on", () => {
    const line = run<DeskEvent>(
      { kind: "load", events: [desk(9)], whole: false },
      { kind: "earlier", events: [desk(3)], whole: false },
    );
    expect(line.events.map((e) => e.seq)).toEqual([9]);
  });
});

describe("what was said and not yet confirmed", () => {
  it("gives way to the event that bears its client and counter", () => {
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(1) },
      { kind: "send", pending: waiting(2) },
      { kind: "event", event: said(1, { client: "me", counter: 1 }) },
    );
    expect(line.pending.map((p) => p.counter)).toEqual([2]);
    expect(line.events).toHaveLength(1);
  });

  it("lets the next one go once acknowledged and stays until its event is here", () => {
    const acked = run<ChatEvent>(
      { kind: "send", pending: waiting(1) },
      { kind: "send", pending: waiting(2) },
      { kind: "ack", client: "me", counter: 1, number: 1 },
    );
    expect(acked.pending.map((p) => p.state)).toEqual(["sent", "sending"]);
    expect(headOf(acked)?.counter).toBe(2);
    expect(reduce(acked, { kind: "event", event: said(1) }).pending.map((p) => p.counter)).toEqual([2]);
  });

  it("is gone when its acknowledgement comes after its event", () => {
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(1) },
      { kind: "event", event: said(1) },
      { kind: "ack", client: "me", counter: 1, number: 1 },
    );
    expect(line.pending).toEqual([]);
  });

  it("does not take another client's event for its own", () => {
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(1) },
      { kind: "event", event: said(1, { client: "other", counter: 1 }) },
    );
    expect(line.pending).toHaveLength(1);
  });

  it("is confirmed by a reload as well as by a live event", () => {
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(1) },
      { kind: "load", events: [said(1, { client: "me", counter: 1 })], whole: true },
    );
    expect(line.pending).toEqual([]);
  });

  it("keeps a refused text to try again and moves up those behind it", () => {
    const problem = { code: "text_too_long", title: "Too long" };
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(4) },
      { kind: "send", pending: waiting(5) },
      { kind: "refused", client: "me", counter: 4, problem },
    );
    expect(line.pending.map((p) => [p.state, p.counter])).toEqual([
      ["failed", 0],
      ["sending", 4],
    ]);
    expect(headOf(line)?.key).toBe("me-5");
    expect(nextCounter(line, "me", 4)).toBe(5);
  });

  it("ignores a refusal that came twice", () => {
    const problem = { code: "text_too_long", title: "Too long" };
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(4) },
      { kind: "send", pending: waiting(5) },
      { kind: "send", pending: waiting(6) },
      { kind: "refused", client: "me", counter: 4, problem },
      { kind: "event", event: said(1, { client: "me", counter: 4 }) },
      { kind: "refused", client: "me", counter: 4, problem },
    );
    expect(line.pending.map((p) => [p.state, p.counter])).toEqual([
      ["failed", 0],
      ["sending", 5],
    ]);
  });

  it("takes the counter that the hub expects after a gap", () => {
    const line = run<ChatEvent>(
      { kind: "send", pending: waiting(7) },
      { kind: "send", pending: waiting(8) },
      { kind: "renumber", client: "me", from: 7, expected: 3 },
    );
    expect(line.pending.map((p) => p.counter)).toEqual([3, 4]);
  });

  it("survives a restart of the log", () => {
    const line = run<ChatEvent>(
      { kind: "event", event: said(1) },
      { kind: "send", pending: waiting(1) },
      { kind: "clear" },
    );
    expect(line.events).toEqual([]);
    expect(line.pending).toHaveLength(1);
  });
});
