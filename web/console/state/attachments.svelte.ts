/** Files on their way into a reply: sent up first, named by the message afterwards. */
import type { Problem } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { asProblem } from "../../shared/problem.ts";
import { hub } from "./hub.svelte.ts";

export type Stored = { blob: string; name: string; media_type: string; size: number };

export class Attachment {
  readonly key = newId();
  readonly name: string;
  readonly size: number;
  progress = $state.raw(0);
  stored = $state.raw<Stored | undefined>();
  problem = $state.raw<Problem | undefined>();
  #file: File;
  #path: string;
  #abort: (() => void) | undefined;

  constructor(conversation: string, file: File) {
    this.#file = file;
    // A pasted picture has no name of its own.
    this.name = file.name || "file";
    this.size = file.size;
    this.#path = `conversations/${conversation}/files?name=${encodeURIComponent(this.name)}`;
  }

  async send(): Promise<void> {
    this.problem = undefined;
    this.progress = 0;
    const { done, abort } = hub.upload<Stored>(this.#path, this.#file, (share) => (this.progress = share));
    this.#abort = abort;
    try {
      this.stored = await done;
      this.progress = 1;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code !== "aborted") this.problem = problem;
    }
  }

  stop(): void {
    this.#abort?.();
  }
}
