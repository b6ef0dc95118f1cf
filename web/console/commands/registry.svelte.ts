/**
 * Everything that can be done, in one place: the palette lists it, the keys run it, the dialog of keys changes them.
 * A part of the page registers its actions while it is there; of two under one key the later one goes first, unless
 * its `when` says no.
 */
import { isMac } from "../../shared/ui/keys.ts";
import { preferences } from "../state/preferences.svelte.ts";
import type { Key } from "../texts.ts";
import { KNOWN } from "./known.ts";
import { isTextBox, strokeOf, typesText } from "./match.ts";

export type Group = "chat" | "composer" | "list" | "go" | "app";
export const GROUPS: readonly Group[] = ["chat", "composer", "list", "go", "app"];

export type Command = {
  id: string;
  title: Key;
  /** The key it has until the reader gives it another. */
  key?: string;
  group: Group;
  when?: () => boolean;
  /** Also while one writes, or while a dialog is open. Keys with Ctrl, Alt or Cmd act in text boxes in any case. */
  inText?: boolean;
  inDialog?: boolean;
  /** Not offered in the palette: it makes sense by its key only. */
  hidden?: boolean;
  run: () => void;
};

/** How long the second stroke of two may take. */
const SECOND_MS = 1200;

class Registry {
  #all = $state.raw<readonly Command[]>([]);
  #first: { stroke: string; at: number } | undefined;

  register(commands: readonly Command[] | Command): () => void {
    const mine = Array.isArray(commands) ? (commands as readonly Command[]) : [commands as Command];
    this.#all = [...this.#all, ...mine];
    return () => (this.#all = this.#all.filter((one) => !mine.includes(one)));
  }

  /** Each action once, the one that would run. */
  get commands(): readonly Command[] {
    const byId = new Map<string, Command>();
    for (const one of this.#all) {
      const have = byId.get(one.id);
      if (!have || can(one) || !can(have)) byId.set(one.id, one);
    }
    return [...byId.values()];
  }

  /** Also those that another page runs: what a key means everywhere. */
  get everywhere(): readonly Omit<Command, "run">[] {
    const here = this.commands;
    return [...KNOWN.filter((one) => !here.some((other) => other.id === one.id)), ...here];
  }

  keyOf(id: string): string | undefined {
    const given = preferences.value.keys?.[id];
    return given === undefined ? this.#ownKey(id) : given || undefined;
  }
  #ownKey(id: string): string | undefined {
    return (this.#all.find((one) => one.id === id) ?? KNOWN.find((one) => one.id === id))?.key;
  }

  /** Gives an action another key; none gives it back its own. An action that had that key loses it. */
  bind(id: string, combo: string | undefined): void {
    const keys = { ...preferences.value.keys };
    const own = this.#ownKey(id);
    for (const other of this.everywhere)
      if (combo && other.id !== id && this.keyOf(other.id) === combo) keys[other.id] = "";
    if (combo === undefined || combo === own) delete keys[id];
    else keys[id] = combo;
    preferences.set({ keys });
  }

  resetAll(): void {
    preferences.set({ keys: {} });
  }

  run(id: string): boolean {
    const found = this.#all.findLast((one) => one.id === id && can(one));
    found?.run();
    return found !== undefined;
  }

  /** From the window: runs what the key means here. */
  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const stroke = strokeOf(event, isMac);
    if (!stroke) return;
    // The true origin: a text box inside a shadow root looks like its host from here.
    const origin = event.composedPath()[0];
    const writing = isTextBox(origin);
    if (stroke === "escape" && writing && !document.querySelector("dialog[open], [popover]:popover-open")) {
      (origin as HTMLElement).blur();
      return;
    }
    const dialog = document.querySelector("dialog[open]") !== null;
    const first = this.#first;
    this.#first = undefined;
    const two = first && event.timeStamp - first.at < SECOND_MS ? `${first.stroke} ${stroke}` : undefined;
    const fits = (one: Command, combo: string) =>
      this.keyOf(one.id) === combo &&
      (!writing || one.inText === true || !typesText(combo)) &&
      (!dialog || one.inDialog === true) &&
      can(one);
    const found =
      (two && this.#all.findLast((one) => fits(one, two))) || this.#all.findLast((one) => fits(one, stroke));
    if (found) {
      event.preventDefault();
      if (!event.repeat || found.group === "list") found.run();
      return;
    }
    // A beginning of two strokes is kept only where nothing else is meant by it.
    if (!writing && !dialog && this.#all.some((one) => this.keyOf(one.id)?.startsWith(`${stroke} `)))
      this.#first = { stroke, at: event.timeStamp };
  }
}

const can = (one: Command) => one.when?.() ?? true;

export const registry = new Registry();
export const keysOf = (id: string) => registry.keyOf(id);
