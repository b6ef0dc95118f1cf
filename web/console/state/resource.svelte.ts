/** Something that is read from the hub: not yet here, here, or failed with a reason. What was here stays on failure. */
import type { Problem } from "../../shared/api.ts";
import { assembled } from "../../shared/client.ts";
import { asProblem, HubError } from "../../shared/problem.ts";
import { hub } from "./hub.svelte.ts";

export class Resource<T> {
  value = $state.raw<T | undefined>();
  problem = $state.raw<Problem | undefined>();
  busy = $state.raw(false);
  #read: () => Promise<T>;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get phase(): "loading" | "ready" | "failed" {
    return this.problem ? "failed" : this.value === undefined ? "loading" : "ready";
  }

  load = async (): Promise<void> => {
    this.busy = true;
    try {
      this.value = await this.#read();
      this.problem = undefined;
    } catch (error) {
      if (error instanceof HubError && error.problem.status === 401) hub.report(error);
      this.problem = asProblem(error);
    }
    this.busy = false;
  };
}

/**
 * Configured objects of one sort, one of them in hand: a draft that is saved as a whole. The hub answers with what it
 * kept, and that becomes the draft.
 */
export class Editor<T extends { id?: string }> {
  list: Resource<T[]>;
  draft = $state<T | undefined>();
  busy = $state.raw(false);
  problem = $state.raw<Problem | undefined>();
  #path: string;
  #body: (draft: T) => unknown;
  #saved = $state.raw("");

  constructor(path: string, body: (draft: T) => unknown) {
    this.#path = path;
    this.#body = body;
    this.list = new Resource(async () => (await hub.get<{ items: T[] }>(assembled(path))).items);
  }

  async load(wanted?: string | null): Promise<void> {
    await this.list.load();
    const items = this.list.value ?? [];
    this.#take(items.find((one) => one.id === wanted) ?? items[0]);
  }

  get dirty(): boolean {
    return this.draft !== undefined && JSON.stringify(this.#body(this.draft)) !== this.#saved;
  }
  /** A draft that the hub does not have yet. */
  get fresh(): boolean {
    return this.draft !== undefined && !this.draft.id;
  }

  choose(id: string): void {
    this.#take(this.list.value?.find((one) => one.id === id));
  }

  begin(draft: T): void {
    this.#take(draft);
    this.#saved = "";
  }

  discard(): void {
    const id = this.draft?.id;
    this.#take(this.list.value?.find((one) => one.id === id) ?? this.list.value?.[0]);
  }

  #take(one: T | undefined): void {
    this.problem = undefined;
    this.draft = one ? (structuredClone($state.snapshot(one)) as T) : undefined;
    this.#saved = this.draft ? JSON.stringify(this.#body(this.draft)) : "";
  }

  async save(): Promise<T | undefined> {
    const draft = this.draft;
    if (!draft || this.busy) return undefined;
    this.busy = true;
    this.problem = undefined;
    try {
      const body = this.#body($state.snapshot(draft) as T);
      const kept = draft.id
        ? await hub.put<T>(assembled(`${this.#path}/${draft.id}`), body)
        : await hub.post<T>(assembled(this.#path), body);
      const others = (this.list.value ?? []).filter((one) => one.id !== kept.id);
      this.list.value = [...others, kept];
      this.#take(kept);
      return kept;
    } catch (error) {
      this.problem = asProblem(error);
      if (this.problem.status === 401) hub.report(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  async remove(): Promise<boolean> {
    const id = this.draft?.id;
    if (!id || this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await hub.delete(assembled(`${this.#path}/${id}`));
      this.list.value = (this.list.value ?? []).filter((one) => one.id !== id);
      this.#take(this.list.value[0]);
      return true;
    } catch (error) {
      this.problem = asProblem(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
