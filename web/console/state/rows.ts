/** Which rows a list shows, and in the order in which they want attention. Pure. */
import type { ChatRow, ListName } from "./wire.ts";

export type Narrow = { inbox: string; queue: string; tag: string };

export function inList(rows: Iterable<ChatRow>, list: ListName, narrow?: Narrow): ChatRow[] {
  const out: ChatRow[] = [];
  for (const row of rows) if (belongs(row, list) && (!narrow || passes(row, narrow))) out.push(row);
  const lastAt = (row: ChatRow) => row.last?.at ?? row.opened_at;
  switch (list) {
    case "offered":
      return out.sort((a, b) => (a.offer?.due ?? 0) - (b.offer?.due ?? 0));
    case "waiting":
      return out.sort(
        (a, b) => b.priority - a.priority || (a.waiting_since ?? a.since) - (b.waiting_since ?? b.since),
      );
    case "messages":
      return out.sort((a, b) => (a.later?.due ?? Infinity) - (b.later?.due ?? Infinity));
    case "mine":
      return out.sort((a, b) => wanted(a) - wanted(b) || lastAt(b) - lastAt(a));
    case "snoozed":
      return out.sort((a, b) => (a.snoozed_until ?? 0) - (b.snoozed_until ?? 0));
    default:
      return out.sort((a, b) => lastAt(b) - lastAt(a));
  }
}

/** Infinity minus Infinity is no number: who waits for nothing gets the last moment there is. */
function wanted(row: ChatRow): number {
  return row.unanswered_since ?? Number.MAX_SAFE_INTEGER;
}

function belongs(row: ChatRow, list: ListName): boolean {
  if (list === "snoozed") return Boolean(row.snoozed_until) && row.state === "open";
  if (list === "closed") return row.state === "closed";
  if (list === "mentions") return false;
  return row.lists.includes(list);
}

function passes(row: ChatRow, narrow: Narrow): boolean {
  return (
    (!narrow.inbox || row.inbox.id === narrow.inbox) &&
    (!narrow.queue || row.queue?.id === narrow.queue) &&
    (!narrow.tag || (row.tags ?? []).includes(narrow.tag))
  );
}

export function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name);
}
