import { describe, expect, test } from "vitest";
import type { Board } from "../../shared/api.ts";
import { countOfShow, nameOfShow, parseShow, pathOfShow } from "./show.ts";

const board = {
  since: 1000,
  waiting: { count: 3, longest_since: 5 },
  messages: { count: 2, due_next: null, overdue: 1 },
  with_bot: 7,
  with_people: 4,
  agents: [
    { id: "a1", name: "Ana", available: true, reachable: true, load: 3, capacity: 4, since: null, chats: 2 },
  ],
  handovers: {
    asked: 9,
    open: 1,
    by_trigger: { phrase: 5 },
    by_answer: { queued: 8 },
    by_outcome: { accepted: 6 },
  },
} as unknown as Board;

describe("the lists behind the board's figures", () => {
  const names = [
    "waiting",
    "overdue",
    "agent.a1",
    "handovers",
    "handovers.trigger.phrase",
    "handovers.outcome.open",
  ];

  test.each(names)("%s comes back from the address as it went in", (name) => {
    const show = parseShow(name);
    expect(show && nameOfShow(show)).toBe(name);
  });

  test.each([
    "",
    "nonsense",
    "waiting.more",
    "agent",
    "handovers.mood.good",
    "handovers.trigger",
    "handovers.a.b.c",
  ])("%j is no list", (name) => expect(parseShow(name)).toBeUndefined());

  test("each asks the hub for what its figure counts", () => {
    const path = (name: string) => pathOfShow(parseShow(name)!, board);
    expect(path("waiting")).toBe("conversations?list=waiting&demo=none");
    expect(path("overdue")).toContain("overdue=true");
    expect(path("agent.a1")).toContain("holder_id=a1");
    expect(path("handovers.trigger.phrase")).toBe("handovers?from=1000&trigger=phrase");
  });

  test("each knows its figure", () => {
    const count = (name: string) => countOfShow(parseShow(name)!, board);
    expect(names.map(count)).toEqual([3, 1, 2, 9, 5, 1]);
    expect(count("handovers.outcome.expired")).toBe(0);
  });
});
