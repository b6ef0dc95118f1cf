import { describe, expect, it } from "vitest";
import type { DeskEvent } from "../../shared/api.ts";
import { story } from "./story.ts";

let seq = 0;
function event(kind: string, actor: string, more: Partial<DeskEvent> = {}): DeskEvent {
  seq += 1;
  return {
    seq,
    position: null,
    at: seq * 1000,
    kind,
    actor: { kind: actor, id: null, name: null },
    baton: 1,
    fate: null,
    message: null,
    parts: null,
    plain: null,
    facts: {},
    body: null,
    ...more,
  } as DeskEvent;
}
const holder = (kind: string) => event("holder-set", "system", { facts: { holder: { kind } } });

describe("a newcomer's story", () => {
  it("has no step done before anything happened", () => {
    expect(story([]).steps.map((one) => one.seq)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("goes on by what the log says, and ends with its figures", () => {
    seq = 0;
    const events = [
      holder("bot"),
      event("said", "customer", { position: 1 }),
      event("said", "bot", { position: 2 }),
      event("said", "customer", { position: 3 }),
      event("handover-asked", "customer", { facts: { trigger: "phrase" } }),
      event("told", "system", { position: 4, plain: "You asked for a person." }),
      holder("agent"),
      event("said", "agent", { position: 5 }),
      holder("bot"),
      event("brief-acknowledged", "bot"),
    ];
    const now = story(events);
    expect(now.steps.map((one) => one.seq)).toEqual([3, 5, 8, 10, undefined]);
    expect(now.steps[1]?.values).toEqual({ trigger: "phrase", told: "You asked for a person." });
    expect([now.untilPersonMs, now.messages, now.lost]).toEqual([2000, 4, 0]);

    const end = story([...events, holder("nobody"), event("rated", "customer", { position: 6 })]);
    expect(end.steps[4]?.seq).toBe(12);
  });

  it("is not answered by a note, and says what is missing", () => {
    seq = 0;
    const now = story([
      event("said", "customer", { position: 1 }),
      event("handover-asked", "customer", {}),
      holder("agent"),
      event("said", "agent", { fate: "note" }),
      event("told", "system", { position: 3 }),
    ]);
    expect(now.steps[2]?.seq).toBeUndefined();
    expect(now.lost).toBe(1);
  });
});
