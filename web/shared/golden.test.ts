/**
 * The hub's own tests write golden/*.json: logs of whole conversations as both audiences are sent them, and what core
 * says is seen of them. However the events arrive, the pages' reducers must see the same.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ChatEvent, DeskEvent } from "./api.ts";
import { type ChatLine, chatLines } from "./chatlog.ts";
import { stretches } from "./desklog.ts";
import { emptyTimeline, type LogEvent, reduce, type Timeline } from "./reducer.ts";

type Story = {
  name: string;
  chat: ChatEvent[];
  desk: DeskEvent[];
  desk_before_erasing: DeskEvent[];
  customer_sees: Record<string, unknown>[];
  desk_sees: Record<string, unknown>[];
};
const read = (name: string): Story[] =>
  JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), "utf8"));
const all = [...read("stories"), ...read("walks")];

type Arrival = <E extends LogEvent>(events: readonly E[]) => Timeline<E>;
const begin = <E extends LogEvent>(): Timeline<E> => emptyTimeline as unknown as Timeline<E>;

const arrivals: Record<string, Arrival> = {
  "all at once": (events) => reduce(begin(), { kind: "load", events, whole: true }),
  "one by one, each twice": (events) =>
    events.reduce(
      (line, event) => reduce(reduce(line, { kind: "event", event }), { kind: "event", event }),
      begin<(typeof events)[number]>(),
    ),
  "the end first, then upwards in pages": (events) => {
    const pages = [];
    for (let end = events.length; end > 0; end -= 7) pages.push(events.slice(Math.max(0, end - 7), end));
    return pages.reduce(
      (line, page, n) => reduce(line, { kind: "earlier", events: page, whole: n === pages.length - 1 }),
      begin<(typeof events)[number]>(),
    );
  },
  "with holes that are filled": (events) => {
    let line = begin<(typeof events)[number]>();
    for (let at = 0; at < events.length; at += 1) {
      const ahead = events[at + 2];
      if (at > 0 && ahead) {
        line = reduce(line, { kind: "event", event: ahead });
        expect(line.gap).toBe(true);
      }
      line = reduce(line, { kind: "events", events: events.slice(at, at + 1) });
    }
    return line;
  },
};

function seenByCustomer(line: ChatLine): Record<string, unknown> {
  const { position } = line.event;
  switch (line.kind) {
    case "message": {
      const { by, plain, interrupted, erased } = line.event;
      return {
        position,
        kind: "message",
        by: by.kind,
        text: plain,
        interrupted: interrupted ?? false,
        edited: line.edited,
        erased: erased ?? false,
      };
    }
    case "notice":
      return { position, kind: "notice", code: line.event.code, text: line.event.words };
    case "rated": {
      const { answered, agent, bot } = line.event;
      return { position, kind: "rated", answered, agent, bot };
    }
    case "opened":
      return { position, kind: "opened", episode: line.event.episode };
  }
}

function seenAtDesk(events: readonly DeskEvent[]): Record<string, unknown>[] {
  return stretches(events).flatMap(({ holder: { kind, id }, items }) =>
    items.flatMap((item): Record<string, unknown>[] => {
      const { seq, actor, fate, plain } = item.event;
      const seen = { seq, holder: { kind, id }, by: actor.kind };
      if (item.kind === "message")
        return [
          {
            ...seen,
            kind: "message",
            fate,
            text: plain ?? "",
            edited: item.edited ?? false,
            erased: plain === null,
          },
        ];
      if (item.kind === "told")
        return [{ ...seen, kind: "told", code: item.event.facts.code, text: item.words }];
      if (item.kind === "rated") return [{ ...seen, kind: "rated", ...item.rating }];
      return [];
    }),
  );
}

describe.each(all)("$name", (story) => {
  it.each(Object.keys(arrivals))("is to the customer what core says, arriving %s", (how) => {
    const line = arrivals[how]!(story.chat);
    expect(line.gap).toBe(false);
    expect(line.whole).toBe(true);
    expect(chatLines(line.events).map(seenByCustomer)).toEqual(story.customer_sees);
  });

  it.each(Object.keys(arrivals))("is at the desk what core says, arriving %s", (how) => {
    const line = arrivals[how]!(story.desk);
    expect(line.gap).toBe(false);
    expect(seenAtDesk(line.events)).toEqual(story.desk_sees);
  });

  it("is at the desk what core says to a screen that saw the words before they were erased", () => {
    const live = story.desk.map(
      (event) => story.desk_before_erasing.find((e) => e.seq === event.seq) ?? event,
    );
    const line = arrivals["one by one, each twice"]!(live);
    expect(seenAtDesk(line.events)).toEqual(story.desk_sees);
    for (const { plain } of story.desk_before_erasing) expect(JSON.stringify(line)).not.toContain(plain);
  });
});
