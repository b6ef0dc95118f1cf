import { describe, expect, it } from "vitest";
import type { DeskEvent } from "./api.ts";
import { stretches, turnOf } from "./desklog.ts";

let seq = 0;
function event(kind: string, extra: Partial<DeskEvent> = {}): DeskEvent {
  seq += 1;
  return {
    seq,
    position: seq,
    at: seq * 1000,
    kind,
    actor: { kind: "system", id: null, name: null },
    baton: 1,
    fate: null,
    message: null,
    parts: null,
    plain: null,
    facts: {},
    body: null,
    ...extra,
  };
}
const customer = (plain: string) =>
  event("said", { plain, fate: "shown", actor: { kind: "customer", id: null, name: "Kim" } });
const bot = (plain: string) =>
  event("said", { plain, fate: "shown", actor: { kind: "bot", id: "b", name: "Bo" } });
const ana = (plain: string, fate: DeskEvent["fate"] = "shown") =>
  event("said", { plain, fate, actor: { kind: "agent", id: "a", name: "Ana" } });
const holder = (kind: string, id: string) =>
  event("holder-set", {
    facts: { holder: { kind, [{ bot: "connection", queue: "queue", agent: "agent" }[kind] ?? "id"]: id } },
  });

describe("the log as the desk shows it", () => {
  it("is cut where the holder changes", () => {
    const cut = stretches([
      holder("bot", "b"),
      customer("hello"),
      bot("hi"),
      holder("queue", "q"),
      event("told", { body: { words: "We're looking for a person." } }),
      holder("agent", "a"),
      ana("I am here"),
    ]);
    expect(cut.map((s) => [s.holder.kind, s.items.length])).toEqual([
      ["bot", 2],
      ["queue", 1],
      ["agent", 1],
    ]);
  });

  it("does not begin a new stretch when the same party holds on", () => {
    expect(stretches([holder("bot", "b"), bot("one"), holder("bot", "b"), bot("two")])).toHaveLength(1);
  });

  it("tells a line of promises from a line of waiting customers", () => {
    const later = event("holder-set", { facts: { holder: { kind: "queue", queue: "q", line: "later" } } });
    expect(stretches([holder("queue", "q"), customer("hello"), later]).map((s) => s.holder.kind)).toEqual([
      "queue",
      "later",
    ]);
  });

  it("says how a closed chat was filed", () => {
    const closed = event("holder-set", {
      facts: { holder: { kind: "nobody", closed: 1 }, why: "closed" },
      body: { disposition: "solved", wrap_up: "sent a label" },
    });
    expect(stretches([closed])[0]?.items[0]).toMatchObject({
      line: { name: "closed", values: { disposition: "solved", wrap_up: "sent a label" } },
    });
  });

  it("shows what the customer was told, word for word", () => {
    const [only] = stretches([event("told", { body: { words: "Nobody is here right now." } })]);
    expect(only?.items[0]).toMatchObject({ kind: "told", words: "Nobody is here right now." });
  });

  it("says nothing about an answer that needs no telling, and tells a refusal", () => {
    const lines = stretches([
      event("handover-asked", { facts: { trigger: "phrase" } }),
      event("handover-answered", { facts: { answer: { kind: "queued", place: 1 } } }),
      event("handover-answered", { facts: { answer: { kind: "refused", reason: "closed_hours" } } }),
      event("handover-ended", { facts: { outcome: "accepted" } }),
    ]).flatMap((s) => s.items.map((i) => (i.kind === "line" ? i.line : i.kind)));
    expect(lines).toEqual([
      { name: "handover", values: { trigger: "phrase" } },
      { name: "refused", values: { reason: "closed_hours" } },
    ]);
  });

  it("joins what one speaker says in a row, but not a note to a reply", () => {
    const [only] = stretches([ana("one"), ana("two"), ana("a note", "note")]);
    expect(only?.items.map((i) => i.kind === "message" && i.goesOn)).toEqual([false, true, false]);
  });

  it("takes the speaker as holder when it starts in the middle", () => {
    expect(stretches([bot("in the middle")])[0]?.holder).toMatchObject({ kind: "bot", id: "b" });
  });
});

describe("where a settled fact comes from", () => {
  it("is the customer's message that shares most of its words", () => {
    const log = [
      customer("my order is 7731"),
      bot("thank you"),
      customer("new street: Elm Lane 4"),
      customer("ok"),
    ];
    expect(turnOf("order 7731", log)).toBe(log[0]?.position);
    expect(turnOf("moves to Elm Lane", log)).toBe(log[2]?.position);
  });

  it("is the newest message when nothing matches, and nothing when there is none", () => {
    const log = [customer("one"), customer("two")];
    expect(turnOf("zzz", log)).toBe(log[1]?.position);
    expect(turnOf("zzz", [])).toBe(0);
  });
});
