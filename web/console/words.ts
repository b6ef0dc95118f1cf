/** How rows, holders and events are put into words on the desk. */
import type { Actor, Row } from "../shared/api.ts";
import type { Line, Stretch } from "../shared/desklog.ts";
import { cleanName, cleanText } from "../shared/safe.ts";
import { clock, moment, relative, span } from "../shared/time.ts";
import type { Desk } from "./state/desk.svelte.ts";
import { hub } from "./state/hub.svelte.ts";
import { catalogues, language, locale, named, t, type Key } from "./texts.ts";

/** A name is what somebody typed: what cannot be seen in it is no name. */
export function customerName(
  row: { customer: { name: string | null }; reference: string | null } | undefined,
): string {
  const name = row?.customer.name ? cleanName(row.customer.name) : "";
  if (name) return name;
  return row?.reference ? t("visitor_ref", { reference: row.reference }) : t("visitor");
}

/** What rows and details have in common. */
export type Whereabouts = Omit<Row, "reason" | "tags" | "blocked" | "customer">;

/** Where the chat is, in a few words. */
export function whereabouts(row: Omit<Row, "reason" | "tags" | "blocked">, now: number): string {
  const { holder } = row;
  if (row.state === "closed" || holder.kind === "nobody") return t("row_closed");
  if (row.snoozed_until) return t("row_snoozed", { time: moment(row.snoozed_until, now, locale) });
  if (row.later) {
    const time = moment(row.later.due, now, locale);
    return row.later.due < now ? t("row_overdue", { time }) : t("row_due", { time });
  }
  switch (holder.kind) {
    case "queue":
      return t("row_queue", { name: row.queue?.name ?? holder.name ?? "" });
    case "agent":
      return holder.id === hub.me?.agent ? t("row_with_you") : t("row_with", { name: holder.name ?? "" });
    case "target":
      return t("row_target", { name: holder.name ?? "" });
    default:
      return holder.name ? t("row_bot", { name: holder.name }) : t("row_bot_unnamed");
  }
}

/** What wants attention in this row, if anything does. */
export function urgency(
  row: Omit<Row, "reason" | "tags" | "blocked">,
  now: number,
): { text: string; overdue: boolean } | undefined {
  if (row.state === "closed") return undefined;
  if (row.holder.kind === "queue" && row.waiting_since !== null) {
    const place = row.place ? ` · ${t.nth("row_place", { n: row.place })}` : "";
    const waited = now - row.waiting_since;
    return { text: t("row_waiting", { time: span(waited) }) + place, overdue: waited > 300_000 };
  }
  if (row.holder.kind === "agent" && row.unanswered_since !== null) {
    const waited = now - row.unanswered_since;
    return { text: t("row_unanswered", { time: span(waited) }), overdue: waited > 300_000 };
  }
  return undefined;
}

export function stretchTitle(stretch: Stretch, desk: Desk): string {
  const { kind, id } = stretch.holder;
  const name = stretch.holder.name ?? desk.nameOf(id);
  switch (kind) {
    case "bot":
      return name ? t("stretch_bot_named", { name }) : t("stretch_bot");
    case "queue":
      return name ? t("stretch_queue_named", { name }) : t("stretch_queue");
    case "later":
      return t("stretch_later");
    case "agent":
      if (id && id === hub.me?.agent) return t("stretch_agent_you");
      return name ? t("stretch_agent", { name }) : t("stretch_people");
    case "target":
      return t("stretch_target", { name: name ?? "" });
    case "nobody":
      return t("stretch_nobody");
    default:
      return t("stretch_before");
  }
}

export function actorName(actor: Actor, customer: string, desk: Desk): string {
  if (actor.kind === "customer") return (actor.name && cleanName(actor.name)) || customer;
  if (actor.kind === "agent" && actor.id === hub.me?.agent) return t("you");
  return actor.name ?? desk.nameOf(actor.id) ?? t(`by_${actor.kind}` as Key);
}

export function lineWords(line: Line, desk: Desk): string {
  const v = line.values;
  const key = `line_${line.name}`;
  if (!(key in catalogues[language])) return t("line_other", { kind: line.name.replaceAll("_", " ") });
  const names = (v.tags ?? "").split(" ").filter(Boolean);
  return t(key as Key, {
    name: desk.nameOf(v.to ?? null) ?? t("by_agent"),
    giver: desk.nameOf(v.giver ?? null) ?? t("by_agent"),
    by: v.by === hub.me?.agent ? t("you") : (desk.nameOf(v.by ?? null) ?? t("by_system")),
    trigger: named("trigger", v.trigger ?? ""),
    reason: v.reason ? named("reason", v.reason) : t("no_reason"),
    outcome: named("outcome", v.outcome ?? ""),
    note: cleanText(v.note ?? ""),
    result: v.disposition ? named("disposition", v.disposition) : t("disposition_none"),
    wrap_up: cleanText(v.wrap_up ?? ""),
    what: (v.what ?? "").replaceAll("_", " "),
    tags: names.map((id) => desk.nameOf(id) ?? t("tag_gone")).join(", "),
    days: v.days ?? "",
    time: v.until ? moment(Number(v.until), Date.now(), locale) : "",
    should: cleanText(v.should ?? "") || t("nothing_said"),
  });
}

/** "3 min. ago" within the hour, then the time of day; the day stands above. */
export function ago(at: number, now: number): string {
  const since = now - at;
  if (since < 45_000) return t("just_now");
  return since < 3_600_000 ? relative(at, now, locale) : clock(at, locale);
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
export function bytes(n: number): string {
  const step = Math.min(SIZES.length - 1, Math.floor(Math.log10(Math.max(1, n)) / 3));
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: SIZES[step] ?? "byte",
    unitDisplay: "short",
    maximumFractionDigits: step > 1 ? 1 : 0,
  }).format(n / 1000 ** step);
}
