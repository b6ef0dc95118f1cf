/** What this agent searched for lately, in this browser alone: words of customers have no business on the hub's disk. */
const MOST = 8;
const keyOf = (agent: string) => `baton.searched.${agent}`;

export function recentSearches(agent: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(agent)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function remember(agent: string, words: string): string[] {
  const next = [words, ...recentSearches(agent).filter((one) => one !== words)].slice(0, MOST);
  write(agent, next);
  return next;
}

export function forget(agent: string): void {
  write(agent, []);
}

function write(agent: string, words: readonly string[]): void {
  try {
    localStorage.setItem(keyOf(agent), JSON.stringify(words));
  } catch {
    // Without storage there is nothing to remember.
  }
}
