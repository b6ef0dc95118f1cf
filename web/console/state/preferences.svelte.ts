/**
 * What this agent likes: keys, sounds, how dense. Kept by the hub for each agent; this browser keeps a copy, so that
 * the first key press after a reload is right already.
 */
import type { Preferences } from "../../shared/api.ts";
import { hub } from "./hub.svelte.ts";

const SAVE_MS = 500;
const copyOf = (agent: string) => `baton:preferences:${agent}`;

class Own {
  value = $state.raw<Preferences>({});
  /** The hub has said what it keeps. */
  loaded = $state.raw(false);
  #agent = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(agent: string): Promise<void> {
    if (this.#agent === agent) return;
    this.#agent = agent;
    this.value = read(agent);
    try {
      const kept = await hub.get<Preferences>("me/preferences");
      if (this.#agent === agent && this.#timer === undefined) this.value = { ...kept };
      this.loaded = true;
    } catch {
      // The copy serves until the next log-in.
    }
  }

  forget(): void {
    this.#agent = "";
    this.value = {};
    this.loaded = false;
  }

  set(change: Partial<Preferences>): void {
    this.value = { ...this.value, ...change };
    try {
      localStorage.setItem(copyOf(this.#agent), JSON.stringify(this.value));
    } catch {
      // Without storage the hub alone keeps it.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#agent) void hub.try(() => hub.put("me/preferences", this.value));
    }, SAVE_MS);
  }
}

function read(agent: string): Preferences {
  try {
    return JSON.parse(localStorage.getItem(copyOf(agent)) ?? "{}") as Preferences;
  } catch {
    return {};
  }
}

export const preferences = new Own();
