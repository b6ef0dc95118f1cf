/** What `/` and `@` in a text ask for, and what comes into their place. Pure. */
import type { Named } from "../../../shared/api.ts";
import type { SavedReply } from "../../state/wire.ts";

export type Asked = { sign: "/" | "@"; from: number; to: number; word: string };
export type Suggestion = { id: string; title: string; detail: string; text: string };

const SHOWN = 8;

/** The word at the caret, if it begins with one of the signs and the sign begins a word. */
export function askedAt(text: string, caret: number, signs: string): Asked | undefined {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const found = /(?:^|[\s([{"'„“])([/@])([^\s/@]*)$/u.exec(before);
  const sign = found?.[1];
  if (!found || !sign || !signs.includes(sign)) return undefined;
  const word = found[2] ?? "";
  return { sign: sign as Asked["sign"], from: caret - word.length - 1, to: caret, word };
}

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Shortcut first, then title, then words of the text; in the chat's language before others. */
export function savedFor(
  replies: readonly SavedReply[],
  word: string,
  chat: { language: string; queue: string | null },
): SavedReply[] {
  const wanted = plain(word);
  const scored = replies
    .filter((reply) => !reply.queue || reply.queue === chat.queue)
    .map((reply) => ({ reply, score: score(reply, wanted, chat.language) }))
    .filter((one) => one.score > 0);
  scored.sort((a, b) => b.score - a.score || a.reply.title.localeCompare(b.reply.title));
  return scored.slice(0, SHOWN).map((one) => one.reply);
}

function score(reply: SavedReply, wanted: string, language: string): number {
  const shortcut = plain(reply.shortcut);
  let points = 0;
  if (wanted === "") points = 1;
  else if (shortcut === wanted) points = 8;
  else if (shortcut.startsWith(wanted)) points = 6;
  else if (plain(reply.title).includes(wanted)) points = 4;
  else if (plain(reply.text).includes(wanted)) points = 2;
  return points > 0 && reply.language === language ? points + 0.5 : points;
}

/** {customer} and {agent} become their names; another word in braces stays for the agent to see. */
export function filled(text: string, values: { customer: string; agent: string }): string {
  // "Hello {customer}," to somebody without a name is "Hello,".
  return text.replace(/( ?)\{(customer|agent)\}/g, (_, space: string, name: "customer" | "agent") =>
    values[name] ? space + values[name] : "",
  );
}

export function agentsFor(agents: readonly Named[], word: string): Named[] {
  const wanted = plain(word);
  return agents
    .filter(
      (agent) =>
        plain(agent.name)
          .split(/\s+/)
          .some((part) => part.startsWith(wanted)) || plain(agent.name).startsWith(wanted),
    )
    .slice(0, SHOWN);
}

/** The ids of those whose name stands after an @ in the text: longest names first, so that Ana is not Anastasia. */
export function mentioned(text: string, agents: readonly Named[]): string[] {
  let rest = text;
  const out: string[] = [];
  for (const agent of [...agents].sort((a, b) => b.name.length - a.name.length)) {
    if (!rest.includes(`@${agent.name}`)) continue;
    out.push(agent.id);
    rest = rest.replaceAll(`@${agent.name}`, " ");
  }
  return out;
}

/** Puts marks around what is chosen, or takes them away again. */
export function wrapped(
  text: string,
  start: number,
  end: number,
  mark: string,
): { text: string; start: number; end: number } {
  const chosen = text.slice(start, end);
  const n = mark.length;
  if (text.slice(start - n, start) === mark && text.slice(end, end + n) === mark)
    return { text: text.slice(0, start - n) + chosen + text.slice(end + n), start: start - n, end: end - n };
  return {
    text: text.slice(0, start) + mark + chosen + mark + text.slice(end),
    start: start + n,
    end: end + n,
  };
}

/** Makes items of the lines that are chosen. */
export function listed(
  text: string,
  start: number,
  end: number,
): { text: string; start: number; end: number } {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const until = text.indexOf("\n", end);
  const to = until < 0 ? text.length : until;
  const lines = text.slice(from, to).split("\n");
  const all = lines.every((line) => line.startsWith("- "));
  const body = lines.map((line) => (all ? line.slice(2) : `- ${line}`)).join("\n");
  return {
    text: text.slice(0, from) + body + text.slice(to),
    start: from + body.length,
    end: from + body.length,
  };
}
