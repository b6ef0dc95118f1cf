/**
 * What a browser keeps of a chat: the token of its conversation, and what was written and not yet acknowledged.
 * Storage may be forbidden, full or absent: then everything works for as long as the page stands.
 */
import type { Pending } from "../shared/reducer.ts";

export type Kept = {
  conversation?: string;
  token?: string;
  key: string;
  /** Whom the site's token named. */
  sub?: string;
  /** How far this device's clock is behind the hub's, in milliseconds. */
  behind?: number;
};
export type Client = { client: string; next: number };

function storage(kind: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return window[kind];
  } catch {
    return undefined;
  }
}

function read<T>(store: Storage | undefined, key: string): T | undefined {
  try {
    const text = store?.getItem(key);
    return text ? (JSON.parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
}

function write(store: Storage | undefined, key: string, value: unknown): void {
  try {
    if (value === undefined) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the chat goes on, it will only not outlive a reload.
  }
}

export class Memory {
  #prefix: string;
  #lasting = storage("localStorage");
  #tab = storage("sessionStorage");

  constructor(hub: string, inbox: string) {
    this.#prefix = `baton:${hub}:${inbox}`;
  }

  read(): Kept | undefined {
    return read<Kept>(this.#lasting, this.#prefix);
  }

  keep(kept: Kept | undefined): void {
    write(this.#lasting, this.#prefix, kept);
  }

  /**
   * A tab is a client of its own and counts its own texts. The tab's entry is taken out while the page stands, so
   * that a duplicated tab, which copies the storage, does not count with the same client.
   */
  takeClient(): Client | undefined {
    const key = `${this.#prefix}:client`;
    const client = read<Client>(this.#tab, key);
    write(this.#tab, key, undefined);
    return client;
  }

  putClient(client: Client | undefined): void {
    write(this.#tab, `${this.#prefix}:client`, client);
  }

  /** One entry for each client, so that two tabs never overwrite what the other has not sent. */
  keepPending(pending: readonly Pending[], clients: Iterable<string>): void {
    for (const client of clients) {
      const mine = pending.filter((p) => p.client === client && p.state === "sending");
      write(this.#lasting, `${this.#prefix}:out:${client}`, mine.length > 0 ? mine : undefined);
    }
  }

  /** Everything unsent, of this tab and of tabs that are gone. Sending it twice is harmless: the hub counts. */
  pending(): Pending[] {
    const found: Pending[] = [];
    try {
      const store = this.#lasting;
      for (let i = 0; store && i < store.length; i += 1) {
        const key = store.key(i);
        if (key?.startsWith(`${this.#prefix}:out:`)) found.push(...(read<Pending[]>(store, key) ?? []));
      }
    } catch {
      return [];
    }
    return found;
  }
}
