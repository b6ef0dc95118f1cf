/**
 * From the log as people may read it to what the desk shows: stretches (spans with one holder), each with its items.
 * Pure, so that it can be tested without a page. What a reader needs not see is left out here and nowhere else.
 */
import type { DeskEvent, HolderKind, Rating } from "./api.ts";

export type Item =
  | { kind: "message"; event: DeskEvent; goesOn: boolean; edited?: boolean }
  | { kind: "told"; event: DeskEvent; words: string }
  | { kind: "line"; event: DeskEvent; line: Line }
  | { kind: "rated"; event: DeskEvent; rating: Rating };

/** A line's words are in the catalogue; here stand its name and the raw values, ids among them. */
export type Line = { name: string; values: Record<string, string> };

export type Stretch = {
  key: number;
  holder: { kind: HolderKind | "unknown"; id: string | null; name: string | null };
  at: number;
  items: Item[];
};

const SAID = new Set(["said", "noted", "whispered"]);

export function stretches(events: readonly DeskEvent[]): Stretch[] {
  const out: Stretch[] = [];
  let current: Stretch | undefined;
  const { gone, now, edited } = afterwards(events);
  for (const written of events) {
    if (gone.has(written.seq)) continue;
    const event = now.get(written.seq) ?? written;
    if (event.kind === "holder-set") {
      const holder = holderOf(event);
      // The same party again (a new deadline, a new baton number) is no new stretch.
      if (!current || current.holder.kind !== holder.kind || current.holder.id !== holder.id) {
        current = { key: event.seq, holder, at: event.at, items: [] };
        out.push(current);
      }
      const passed = passing(event);
      if (passed) current.items.push(passed);
      continue;
    }
    const item = itemOf(event, current?.items[current.items.length - 1]);
    if (!item) continue;
    if (item.kind === "message" && edited.has(event.seq)) item.edited = true;
    if (!current) {
      current = { key: event.seq, holder: guess(event), at: event.at, items: [] };
      out.push(current);
    }
    current.items.push(item);
  }
  // A holder who neither spoke nor saw anything happen passed through: only the last one matters then.
  return out.filter((s, i) => s.items.length > 0 || i === out.length - 1);
}

/** What later events made of earlier ones: no longer to be seen, or to be seen otherwise. */
type Afterwards = { gone: Set<number>; now: Map<number, DeskEvent>; edited: Set<number> };

function afterwards(events: readonly DeskEvent[]): Afterwards {
  const out: Afterwards = { gone: new Set(), now: new Map(), edited: new Set() };
  const said = new Map<string, number>();
  for (const event of events) {
    if (SAID.has(event.kind)) {
      out.now.set(event.seq, event);
      if (event.message) said.set(event.message, event.seq);
      // A held reply that went out stands in the log twice; a reader needs it once.
      const of = event.fate === "released" && releasedFrom(event);
      if (typeof of === "number") out.gone.add(of);
    } else if (event.kind === "undone") {
      const of = Number(event.facts.of);
      const held = out.now.get(of);
      // What its agent took back is gone; what the house held back is kept from the customer alone.
      if (takenBack(event)) out.gone.add(of);
      else if (held) out.now.set(of, { ...held, fate: "withheld" });
    } else if (event.kind === "edited") {
      const seq = said.get(text(event.facts.old) ?? "");
      const old = seq === undefined ? undefined : out.now.get(seq);
      if (seq === undefined || !old) continue;
      const { message, parts, plain } = event;
      out.now.set(seq, { ...old, message, parts, plain });
      out.edited.add(seq);
      if (message) said.set(message, seq);
    }
  }
  return out;
}

function takenBack(event: DeskEvent): boolean {
  return event.actor.kind === "agent" || event.actor.kind === "integration";
}

function releasedFrom(event: DeskEvent): unknown {
  const fate = event.facts.fate as { of?: unknown; released?: { of?: unknown } } | undefined;
  return fate?.of ?? fate?.released?.of;
}

function holderOf(event: DeskEvent): Stretch["holder"] {
  const given = (event.facts.holder ?? {}) as Record<string, unknown>;
  const kind = text(given.kind) ?? "unknown";
  return {
    // A line of promises is a queue to the log and something else to a reader.
    kind: (kind === "queue" && given.line === "later" ? "later" : kind) as HolderKind,
    id: text(given.id ?? given.connection ?? given.queue ?? given.agent) ?? null,
    name: text(given.name) ?? null,
  };
}

/** What went along when the baton passed: a note to the next one, how a closed chat was filed. */
function passing(event: DeskEvent): Item | undefined {
  const { note, disposition, wrap_up } = (event.body ?? {}) as Record<string, unknown>;
  const values = {
    note: text(note) ?? "",
    disposition: text(disposition) ?? "",
    wrap_up: text(wrap_up) ?? "",
  };
  if (values.disposition || values.wrap_up)
    return { kind: "line", event, line: { name: "closed", values: { ...values, by: event.actor.id ?? "" } } };
  return values.note ? { kind: "line", event, line: { name: "passed", values } } : undefined;
}

/** The page starts in the middle of a stretch: who speaks tells whose it is. */
function guess(event: DeskEvent): Stretch["holder"] {
  const { kind, id, name } = event.actor;
  if (event.fate === "shown" && (kind === "bot" || kind === "agent" || kind === "target"))
    return { kind, id, name };
  return { kind: "unknown", id: null, name: null };
}

function itemOf(event: DeskEvent, before: Item | undefined): Item | undefined {
  if (SAID.has(event.kind)) return { kind: "message", event, goesOn: goesOn(before, event) };
  if (event.kind === "told") {
    const words = text(event.body?.words) ?? event.plain;
    return words ? { kind: "told", event, words } : undefined;
  }
  if (event.kind === "rated") {
    const { answered, agent, bot } = event.facts as Partial<Rating>;
    return {
      kind: "rated",
      event,
      rating: { answered: answered ?? null, agent: agent ?? null, bot: bot ?? null },
    };
  }
  const line = lineOf(event);
  return line && { kind: "line", event, line };
}

function goesOn(before: Item | undefined, event: DeskEvent): boolean {
  if (before?.kind !== "message") return false;
  const last = before.event;
  return (
    last.actor.kind === event.actor.kind &&
    last.actor.id === event.actor.id &&
    last.fate === event.fate &&
    event.at - last.at < 300_000
  );
}

function lineOf(event: DeskEvent): Line | undefined {
  const facts = event.facts;
  switch (event.kind) {
    case "handover-asked":
      return { name: "handover", values: { trigger: text(facts.trigger) ?? "" } };
    case "handover-answered": {
      const answer = facts.answer as { kind?: string; reason?: string } | string | undefined;
      const kind = typeof answer === "string" ? answer : answer?.kind;
      if (kind !== "refused") return undefined;
      const reason = (typeof answer === "object" ? answer.reason : undefined) ?? text(facts.reason);
      return { name: "refused", values: { reason: reason ?? "" } };
    }
    case "handover-ended": {
      const outcome =
        text(facts.outcome) ?? text((facts.outcome as { kind?: unknown } | undefined)?.kind) ?? "";
      return outcome === "accepted" || outcome === "refused"
        ? undefined
        : { name: "ended", values: { outcome } };
    }
    case "offered": {
      const to = idOf(facts.to);
      const giver = idOf(facts.giver);
      const note = text(event.body?.text) ?? text(event.body?.note) ?? "";
      if (!giver) return { name: "offered", values: { to } };
      return { name: note ? "asked_note" : "asked", values: { to, giver, note } };
    }
    case "offer-ended": {
      const how = text(facts.how) ?? "";
      return how === "accepted"
        ? undefined
        : { name: how, values: { to: idOf(facts.to) || (event.actor.id ?? "") } };
    }
    case "ask-ended": {
      const how = text(facts.how) ?? "";
      return how === "failed" ? { name: "bot_failed", values: {} } : undefined;
    }
    case "brief-acknowledged":
      return { name: "brief", values: {} };
    case "failed":
      return { name: "failed", values: { what: text(facts.what) ?? "" } };
    case "opened":
      return Number(facts.episode ?? 1) > 1 ? { name: "opened", values: {} } : undefined;
    case "voices-set":
      return { name: "joined", values: {} };
    case "undone":
      if (!takenBack(event)) return undefined;
      return { name: "undone", values: { by: event.actor.id ?? "" } };
    case "edited":
    case "redacted":
      return { name: event.kind, values: { by: event.actor.id ?? "" } };
    case "tagged":
      return tagged(event);
    case "customer-set":
      return { name: "customer_set", values: { by: event.actor.id ?? "" } };
    case "identified":
      return { name: "identified", values: {} };
    case "blocked":
      return {
        name: facts.on === false ? "unblocked" : "blocked",
        values: { by: event.actor.id ?? "", reason: text(event.body?.text) ?? "" },
      };
    case "erased": {
      const by = facts.by as { kind?: string; days?: number } | undefined;
      const on = { until: String(event.at) };
      return by?.kind === "rule"
        ? { name: "erased_rule", values: { ...on, days: String(by.days ?? "") } }
        : { name: "erased_customer", values: on };
    }
    case "reported":
      return { name: "reported", values: { should: text(event.body?.should_have_said) ?? "" } };
    case "report-judged":
      return { name: facts.accepted === true ? "report_accepted" : "report_rejected", values: {} };
    case "paused":
      return paused(event);
    default:
      return undefined;
  }
}

function tagged(event: DeskEvent): Line | undefined {
  const ids = (value: unknown) => (Array.isArray(value) ? value.filter((id) => typeof id === "string") : []);
  const [add, remove] = [ids(event.facts.add), ids(event.facts.remove)];
  if (add.length === 0 && remove.length === 0) return undefined;
  return {
    name: add.length > 0 ? "tagged" : "untagged",
    values: { by: event.actor.id ?? "", tags: (add.length > 0 ? add : remove).join(" ") },
  };
}

function paused(event: DeskEvent): Line | undefined {
  const { until, pause } = event.facts;
  if (pause === "snoozed" && typeof until === "number")
    return { name: "snoozed", values: { by: event.actor.id ?? "", until: String(until) } };
  return pause === "none" ? { name: "woken", values: {} } : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function idOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) return text((value as { id?: unknown }).id) ?? "";
  return "";
}

/**
 * Which of the customer's messages a settled fact comes from: the newest that shares most of its words. The agent
 * need not look it up; the bot gets a place in the log to read on from.
 */
export function turnOf(fact: string, events: readonly DeskEvent[]): number {
  const wanted = wordsOf(fact);
  let best: { score: number; position: number } | undefined;
  for (const event of events) {
    if (event.kind !== "said" || event.actor.kind !== "customer" || event.position === null) continue;
    const have = wordsOf(event.plain ?? "");
    const score = [...wanted].filter((w) => have.has(w)).length;
    if (!best || score >= best.score) best = { score, position: event.position };
  }
  return best?.position ?? 0;
}

function wordsOf(sentence: string): Set<string> {
  return new Set(sentence.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
}
