/**
 * The one event reducer of desk and widget: a timeline of what the hub has told us, in its order, and of what we
 * have said and the hub has not yet confirmed. Pure: no clock, no network, no storage, no framework.
 *
 * Two audiences number the same log differently: customers by `position`, people by `seq`. Both orders are dense,
 * so a hole can be seen, and a repeat can be recognised without comparing contents.
 */
import type { ChatEvent, Choice, DeskEvent, HubFile, Problem } from "./api.ts";

export type LogEvent = ChatEvent | DeskEvent;

/** Something we said. It keeps its (client, counter) until the event that bears the same pair arrives. */
export type Pending = {
  /** Stays the same when a refused text is tried again under a new counter, so that lists can key on it. */
  key: string;
  client: string;
  counter: number;
  at: number;
  text: string;
  choice?: Choice;
  /** Uploaded before; the text stands beside it. */
  file?: HubFile;
  as_of?: number;
  state: "sending" | "sent" | "failed";
  /** Once acknowledged: the number under which its event will come. */
  number?: number;
  problem?: Problem;
};

export type Timeline<E extends LogEvent> = {
  readonly events: readonly E[];
  /** Number of the first and the last event that we hold; 0 and 0 while empty. */
  readonly first: number;
  readonly last: number;
  /** True when the start of the log is known to be here. */
  readonly whole: boolean;
  /** An event came that does not follow the last one: ask for everything after `last`. */
  readonly gap: boolean;
  readonly pending: readonly Pending[];
};

export type Action<E extends LogEvent> =
  | { kind: "load"; events: readonly E[]; whole: boolean }
  | { kind: "earlier"; events: readonly E[]; whole: boolean }
  | { kind: "event"; event: E }
  | { kind: "events"; events: readonly E[] }
  | { kind: "send"; pending: Pending }
  | { kind: "ack"; client: string; counter: number; number: number }
  | { kind: "refused"; client: string; counter: number; problem: Problem }
  | { kind: "renumber"; client: string; from: number; expected: number }
  | { kind: "drop"; key: string }
  | { kind: "clear" };

export const emptyTimeline: Timeline<never> = {
  events: [],
  first: 0,
  last: 0,
  whole: false,
  gap: false,
  pending: [],
};

export function numberOf(event: LogEvent): number {
  return "seq" in event ? event.seq : event.position;
}

export function reduce<E extends LogEvent>(line: Timeline<E>, action: Action<E>): Timeline<E> {
  switch (action.kind) {
    case "load":
      return confirm(
        {
          ...line,
          events: action.events,
          first: action.events[0] ? numberOf(action.events[0]) : 0,
          last: lastNumber(action.events),
          whole: action.whole,
          gap: false,
        },
        action.events,
      );
    case "earlier":
      return earlier(line, action.events, action.whole);
    case "event":
      return append(line, action.event);
    case "events":
      return action.events.reduce<Timeline<E>>(append, { ...line, gap: false });
    case "send":
      return { ...line, pending: [...line.pending, action.pending] };
    case "ack":
      // The event is what will be shown; the acknowledgement lets the next text go and keeps this one until then.
      return confirm(
        {
          ...line,
          pending: line.pending.map((p) =>
            p.client === action.client && p.counter === action.counter && p.state === "sending"
              ? { ...p, state: "sent", number: action.number }
              : p,
          ),
        },
        [],
      );
    case "refused":
      return refused(line, action.client, action.counter, action.problem);
    case "renumber":
      return renumber(line, action.client, action.from, action.expected);
    case "drop":
      return { ...line, pending: line.pending.filter((p) => p.key !== action.key) };
    case "clear":
      return { ...emptyTimeline, pending: line.pending };
  }
}

function lastNumber(events: readonly LogEvent[]): number {
  const last = events[events.length - 1];
  return last ? numberOf(last) : 0;
}

function append<E extends LogEvent>(line: Timeline<E>, event: E): Timeline<E> {
  const n = numberOf(event);
  if (line.events.length > 0) {
    if (n <= line.last) return line;
    if (n > line.last + 1) return { ...line, gap: true };
  }
  return confirm(
    {
      ...line,
      events: [...erased(line.events, event), event],
      first: line.events.length > 0 ? line.first : n,
      last: n,
      whole: line.whole || n === 1,
    },
    [event],
  );
}

/** Words that were erased leave the page as they left the hub. */
function erased<E extends LogEvent>(events: readonly E[], by: E): readonly E[] {
  if (!("kind" in by)) return events;
  if (by.kind === "erased") {
    const upto = Number(by.facts.upto);
    return events.map((e) => (numberOf(e) <= upto ? { ...e, parts: null, plain: null, body: null } : e));
  }
  if (by.kind !== "redacted") return events;
  const of = by.facts.of;
  return events.map((e) => (numberOf(e) === of ? { ...e, parts: null, plain: null, body: null } : e));
}

function earlier<E extends LogEvent>(line: Timeline<E>, events: readonly E[], whole: boolean): Timeline<E> {
  if (line.events.length === 0) return reduce(line, { kind: "load", events, whole });
  const older = events.filter((e) => numberOf(e) < line.first);
  if (older.length > 0 && lastNumber(older) !== line.first - 1) return line;
  const first = older[0];
  return { ...line, events: [...older, ...line.events], first: first ? numberOf(first) : line.first, whole };
}

/** Takes away what has become an event: by the (client, counter) that it bears, or by its acknowledged number. */
function confirm<E extends LogEvent>(line: Timeline<E>, events: readonly E[]): Timeline<E> {
  if (line.pending.length === 0) return line;
  const seen = new Set<string>();
  for (const event of events) {
    if ("client" in event && event.client && event.counter) seen.add(`${event.client}/${event.counter}`);
  }
  const pending = line.pending.filter(
    (p) => !seen.has(`${p.client}/${p.counter}`) && !(p.state === "sent" && (p.number ?? 0) <= line.last),
  );
  return pending.length === line.pending.length ? line : { ...line, pending };
}

/**
 * A refused text took no counter: those behind it move up by one. Only one is ever on its way, so none of them
 * has been seen by the hub under its old number.
 */
function refused<E extends LogEvent>(
  line: Timeline<E>,
  client: string,
  counter: number,
  problem: Problem,
): Timeline<E> {
  if (!line.pending.some((p) => p.client === client && p.counter === counter && p.state === "sending"))
    return line;
  return {
    ...line,
    pending: line.pending.map((p) => {
      if (p.client !== client || p.state !== "sending") return p;
      if (p.counter === counter) return { ...p, counter: 0, state: "failed", problem };
      return p.counter > counter ? { ...p, counter: p.counter - 1 } : p;
    }),
  };
}

function renumber<E extends LogEvent>(
  line: Timeline<E>,
  client: string,
  from: number,
  expected: number,
): Timeline<E> {
  return {
    ...line,
    pending: line.pending.map((p) =>
      p.client === client && p.state === "sending" && p.counter >= from
        ? { ...p, counter: p.counter - from + expected }
        : p,
    ),
  };
}

/** The counter for the next text of this client: above what the hub has taken and above what is on its way. */
export function nextCounter(line: Timeline<LogEvent>, client: string, known: number): number {
  return line.pending.reduce((n, p) => (p.client === client && p.counter >= n ? p.counter + 1 : n), known);
}

/** The one text that may go out now. The hub takes only highest + 1, so a second one must wait for the first. */
export function headOf(line: Timeline<LogEvent>): Pending | undefined {
  return line.pending.find((p) => p.state === "sending");
}
