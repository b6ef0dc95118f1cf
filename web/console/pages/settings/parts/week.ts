/** A week of open hours as the editor works on it. */
import type { Hours } from "../../../../shared/api.ts";

export type Span = Hours["week"][number];
export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const DAY_MIN = 1440;

/** "09:00:00" as it is kept, "09:00" as a field shows it. */
export const shown = (time: string) => time.slice(0, 5);

export function minutes(time: string): number {
  const [h = 0, m = 0] = time.split(":").map(Number);
  return h * 60 + m;
}

/** Where a span ends; midnight is the end of the day. */
export const end = (span: Span) => minutes(span.to) || DAY_MIN;

export function ofDay(week: readonly Span[], day: number): Span[] {
  return week.filter((span) => span.day === day).sort((a, b) => minutes(a.from) - minutes(b.from));
}

/** Shares of a day for a bar, in percent. */
export function bars(week: readonly Span[], day: number): { start: number; length: number }[] {
  return ofDay(week, day).map((span) => ({
    start: (minutes(span.from) / DAY_MIN) * 100,
    length: (Math.max(0, end(span) - minutes(span.from)) / DAY_MIN) * 100,
  }));
}

/** The first span of each day that cannot be: it ends before it begins, or runs into the next. */
export function wrong(week: readonly Span[], day: number): "backwards" | "overlap" | undefined {
  const spans = ofDay(week, day);
  if (spans.some((span) => end(span) <= minutes(span.from))) return "backwards";
  if (spans.some((span, i) => i > 0 && minutes(span.from) < end(spans[i - 1] ?? span))) return "overlap";
  return undefined;
}

/** A further span after the last one, two hours later where there is room. */
export function further(week: readonly Span[], day: number): Span {
  const last = ofDay(week, day).at(-1);
  if (!last) return { day, from: "09:00", to: "17:00" };
  const from = Math.min(end(last) + 60, 23 * 60);
  const to = Math.min(from + 120, DAY_MIN);
  const time = (m: number) =>
    `${String(Math.floor(m / 60) % 24).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
  return { day, from: time(from), to: time(to) };
}

export function copyDay(week: readonly Span[], from: number, to: readonly number[]): Span[] {
  const spans = ofDay(week, from);
  return [
    ...week.filter((span) => !to.includes(span.day) || span.day === from),
    ...to.filter((day) => day !== from).flatMap((day) => spans.map((span) => ({ ...span, day }))),
  ];
}
