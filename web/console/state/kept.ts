/**
 * What this browser keeps for one agent: unsent texts, open chats, how far was read. Under the agent's id, so that
 * two people at one computer never see each other's, and gone at log-out.
 */
const PREFIX = "baton:desk:";

export type Drafts = { reply: string; note: string };

function nameOf(agent: string, what: string): string {
  return `${PREFIX}${agent}:${what}`;
}

export function keep(agent: string, what: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(nameOf(agent, what));
    else localStorage.setItem(nameOf(agent, what), JSON.stringify(value));
  } catch {
    // Without storage, or when it is full, a reload forgets it; nothing else.
  }
}

export function kept<T>(agent: string, what: string): T | undefined {
  try {
    const text = localStorage.getItem(nameOf(agent, what));
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

export function keepDraft(agent: string, conversation: string, drafts: Drafts): void {
  const empty = drafts.reply.trim() === "" && drafts.note.trim() === "";
  keep(agent, `draft:${conversation}`, empty ? undefined : drafts);
}

export function keptDraft(agent: string, conversation: string): Drafts {
  const have = kept<Partial<Drafts>>(agent, `draft:${conversation}`);
  return { reply: String(have?.reply ?? ""), note: String(have?.note ?? "") };
}

export function hasDraft(agent: string, conversation: string): boolean {
  return kept(agent, `draft:${conversation}`) !== undefined;
}

export function forgetAll(agent: string): void {
  try {
    const mine = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${agent}:`));
    for (const name of mine) localStorage.removeItem(name);
    const unsent = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
    for (const name of unsent) sessionStorage.removeItem(name);
  } catch {
    // Nothing was kept, then.
  }
}
