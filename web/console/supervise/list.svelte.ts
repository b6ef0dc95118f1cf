/** A list that is read page by page, with its four states; a newer question makes an older answer void. */
import type { Problem } from "../../shared/api.ts";
import { asProblem } from "../../shared/problem.ts";

export type Page<T> = { items: readonly T[]; cursor: string | null; total?: number | undefined };

export class PagedList<T> {
  rows = $state.raw<readonly T[]>([]);
  state = $state.raw<"loading" | "ready" | "failed">("loading");
  problem = $state.raw<Problem | undefined>();
  total = $state.raw<number | undefined>();
  more = $state.raw(false);
  #read: (cursor: string | null) => Promise<Page<T>>;
  #cursor: string | null = null;
  #asked = 0;
  #busy = false;

  constructor(read: (cursor: string | null) => Promise<Page<T>>) {
    this.#read = read;
  }

  /** From the start. `quietly`: the old rows stay until the new ones are there. */
  async load(quietly = false): Promise<void> {
    const asked = ++this.#asked;
    if (!quietly || this.state === "failed") {
      this.state = "loading";
      this.rows = [];
    }
    try {
      const page = await this.#read(null);
      if (asked !== this.#asked) return;
      this.#take(page, []);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = asProblem(error);
      this.state = "failed";
    }
  }

  async loadMore(): Promise<void> {
    if (!this.#cursor || this.#busy) return;
    this.#busy = true;
    const asked = this.#asked;
    try {
      const page = await this.#read(this.#cursor);
      if (asked === this.#asked) this.#take(page, this.rows);
    } catch (error) {
      if (asked === this.#asked) {
        this.problem = asProblem(error);
        this.state = "failed";
      }
    } finally {
      this.#busy = false;
    }
  }

  #take(page: Page<T>, before: readonly T[]): void {
    this.rows = [...before, ...page.items];
    this.#cursor = page.cursor;
    this.more = page.cursor !== null;
    this.total = page.total ?? (page.cursor === null ? this.rows.length : undefined);
    this.problem = undefined;
    this.state = "ready";
  }
}
