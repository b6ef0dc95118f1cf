/** Times as people read them. The exact time always stands in a title beside the short one. */

/** A formatter costs a hundred times what formatting does, and a page shows hundreds of times. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatted(at: number, language: string, options: Intl.DateTimeFormatOptions): string {
  const key = language + JSON.stringify(options);
  let format = formatters.get(key);
  if (!format) formatters.set(key, (format = new Intl.DateTimeFormat(regional(language), options)));
  return format.format(at);
}

/** The reader's own form of the language: who reads English in Britain writes 13:40, not 1:40 PM. */
function regional(language: string): string {
  const wanted = globalThis.navigator?.languages ?? [];
  return wanted.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
}

export function clock(at: number, language: string): string {
  return formatted(at, language, { hour: "2-digit", minute: "2-digit" });
}

export function exact(at: number, language: string): string {
  return formatted(at, language, { dateStyle: "full", timeStyle: "medium" });
}

export function day(at: number, language: string): string {
  return formatted(at, language, { weekday: "long", day: "numeric", month: "long" });
}

/** "Wed 12:00" within a week, else "3 Dec, 12:00". */
export function moment(at: number, now: number, language: string): string {
  const near = Math.abs(at - now) < 6 * 86_400_000;
  const same = new Date(at).toDateString() === new Date(now).toDateString();
  return formatted(at, language, {
    ...(same ? {} : near ? { weekday: "short" } : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
  });
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

/** "2 min. ago", "in 5 sec." */
export function relative(at: number, now: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const away = at - now;
  const [unit, size] = STEPS.find(([, ms]) => Math.abs(away) >= ms) ?? ["second", 1000];
  return format.format(Math.trunc(away / size), unit);
}

/** "0:42", "12:07", "1:02:33": how long something has lasted or will last. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "12 s", "3 min": how long something took, in the one unit that says it. */
export function spoken(ms: number, language: string): string {
  const [unit, size] = STEPS.find(([, step]) => ms >= step) ?? (["second", 1000] as const);
  return new Intl.NumberFormat(regional(language), { style: "unit", unit, unitDisplay: "short" }).format(
    Math.round(ms / size),
  );
}
