/**
 * The log as a flat list of entries, each with a key that stays its own and a height to begin with: what a window
 * over a long list needs. Pure.
 */
import type { DeskEvent } from "../../../shared/api.ts";
import type { Item, Stretch } from "../../../shared/desklog.ts";

export type Ground = Stretch["holder"]["kind"];
export type Entry = { key: string; ground: Ground; guess: number; loose?: boolean } & (
  | { kind: "day"; at: number }
  | { kind: "new" }
  | { kind: "stretch"; stretch: Stretch }
  | { kind: "item"; item: Item; seq: number }
);

/** Folded below this; a wall of text is opened by whoever wants to read it. */
export const FOLD_CHARS = 1_500;
export const FOLD_LINES = 24;

const LINE = 21;
const HEAD = 24;
const BOX = 22;

/**
 * An entry that has not changed stays the same object: what is drawn of it need not be looked at again when a page of
 * older ones comes in above.
 */
type ItemEntry = Extract<Entry, { kind: "item" }>;
const known = new WeakMap<DeskEvent, ItemEntry>();

function entryOf(item: Item, ground: Ground, charsPerLine: number): ItemEntry {
  const { event } = item;
  const have = known.get(event);
  const same =
    have &&
    have.ground === ground &&
    (item.kind !== "message" || (have.item.kind === "message" && have.item.goesOn === item.goesOn));
  if (same) return have;
  const entry: ItemEntry = {
    kind: "item",
    key: `e${event.seq}`,
    ground,
    item,
    seq: event.seq,
    guess: guessOf(item, charsPerLine),
  };
  known.set(event, entry);
  return entry;
}

export function entriesOf(
  spans: readonly Stretch[],
  charsPerLine: number,
  newAfter: number,
): { entries: Entry[]; at: Map<number, number> } {
  const entries: Entry[] = [];
  const at = new Map<number, number>();
  let lastDay = "";
  let marked = !Number.isFinite(newAfter);
  for (const stretch of spans) {
    const ground = stretch.holder.kind;
    const first = stretch.items[0]?.event.at ?? stretch.at;
    const day = dayOf(Math.min(stretch.at, first));
    if (day !== lastDay) {
      entries.push({ kind: "day", key: `d${day}`, ground, at: stretch.at, guess: 44, loose: true });
      lastDay = day;
    }
    entries.push({ kind: "stretch", key: `h${stretch.key}`, ground, stretch, guess: 40, loose: true });
    for (const item of stretch.items) {
      const { event } = item;
      const itemDay = dayOf(event.at);
      if (itemDay !== lastDay) {
        entries.push({ kind: "day", key: `d${itemDay}`, ground, at: event.at, guess: 44, loose: true });
        lastDay = itemDay;
      }
      if (!marked && event.at > newAfter && event.kind === "said" && event.actor.kind === "customer") {
        entries.push({ kind: "new", key: "new", ground, guess: 32, loose: true });
        marked = true;
      }
      at.set(event.seq, entries.length);
      entries.push(entryOf(item, ground, charsPerLine));
    }
  }
  return { entries, at };
}

/** By the reader's own calendar. Asked for each event, most of which are of the day of the one before. */
let dayFrom = 0;
let dayTo = 0;
let dayName = "";
function dayOf(at: number): string {
  if (at >= dayFrom && at < dayTo) return dayName;
  const date = new Date(at);
  dayName = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
  dayFrom = date.setHours(0, 0, 0, 0);
  dayTo = date.setDate(date.getDate() + 1);
  return dayName;
}

function guessOf(item: Item, charsPerLine: number): number {
  if (item.kind !== "message") return item.kind === "told" ? 52 : 30;
  const text = item.event.plain ?? "";
  const shown = text.length > FOLD_CHARS ? text.slice(0, FOLD_CHARS) : text;
  let lines = 0;
  for (const line of shown.split("\n", FOLD_LINES))
    lines += Math.max(1, Math.ceil(line.length / charsPerLine));
  return (item.goesOn ? 4 : HEAD + 8) + BOX + lines * LINE + (filesOf(item.event) ? 60 : 0);
}

export function filesOf(event: DeskEvent): number {
  return event.parts?.filter((part) => part.type === "file").length ?? 0;
}
