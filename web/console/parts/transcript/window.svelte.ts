/**
 * A window over a long list of entries of unknown height. Only what is in sight and a little around it is in the
 * page; the rest is two empty boxes. Heights are guessed first and measured when an entry is drawn.
 *
 * What one reads stays where it is: the first entry in sight is the anchor, and whatever changes above it, by a
 * measured height or by older entries that came in, is made good before the page is painted. At the end of the list
 * the end is the anchor.
 *
 * The browser's own anchoring does the same only in some browsers, and not at the very top, where pages come in.
 */
import { tick } from "svelte";

export type Windowed = {
  readonly key: string;
  readonly guess: number;
  /** It may come to stand elsewhere when older entries come in, as a day's heading does: no anchor. */
  readonly loose?: boolean;
};

/** How far beyond the edge entries are drawn, in px. */
const AROUND = 400;
/** So near to the end counts as there. */
const NEAR = 48;

export class Windowing<E extends Windowed> {
  /** The entries that are drawn: from, up to but without to. */
  from = $state.raw(0);
  to = $state.raw(0);
  above = $state.raw(0);
  below = $state.raw(0);
  atEnd = $state.raw(true);

  #entries: readonly E[] = [];
  #index = new Map<string, number>();
  #heights = new Map<string, number>();
  #tops = new Float64Array(1);
  #scroller: HTMLElement | undefined;
  #anchor: { key: string; offset: number } | undefined;
  #sizes = new ResizeObserver((seen) => this.#measured(seen));
  #keys = new WeakMap<Element, string>();
  #width = 0;
  #height = 0;
  #lastTop = 0;
  #settling = false;
  onscroll: (() => void) | undefined;

  /** The scroller's own padding and what stands in it above the entries. */
  #head = 0;

  attach(scroller: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#sizes.observe(scroller);
    const scrolled = () => this.#scrolled();
    scroller.addEventListener("scroll", scrolled, { passive: true });
    this.#height = scroller.clientHeight;
    this.#look();
    return () => {
      scroller.removeEventListener("scroll", scrolled);
      this.#sizes.disconnect();
      this.#scroller = undefined;
    };
  }

  /** For each drawn entry, and for what stands above and below them. */
  measure = (key: string) => (node: HTMLElement) => {
    this.#keys.set(node, key);
    this.#sizes.observe(node);
    return () => this.#sizes.unobserve(node);
  };

  /** New entries, older ones above or newer ones below. Call before the page is drawn. */
  set(entries: readonly E[]): void {
    this.#entries = entries;
    this.#index = new Map(entries.map((entry, i) => [entry.key, i]));
    this.#sum();
    this.#look();
    this.#settle();
  }

  get anchor(): { key: string; offset: number } | undefined {
    return this.atEnd ? undefined : this.#anchor;
  }

  toEnd(): void {
    this.atEnd = true;
    this.#look();
    this.#settle();
  }

  /** Puts an entry a little below the upper edge, or where the reader had left it. */
  goTo(key: string, offset = 72): boolean {
    if (!this.#index.has(key)) return false;
    this.atEnd = false;
    this.#anchor = { key, offset };
    this.#look();
    this.#settle();
    return true;
  }

  #heightOf(entry: E): number {
    return this.#heights.get(entry.key) ?? entry.guess;
  }

  #sum(): void {
    const tops = new Float64Array(this.#entries.length + 1);
    let top = 0;
    this.#entries.forEach((entry, i) => {
      tops[i] = top;
      top += this.#heightOf(entry);
    });
    tops[this.#entries.length] = top;
    this.#tops = tops;
  }

  #topOf(index: number): number {
    return this.#tops[Math.max(0, Math.min(index, this.#entries.length))] ?? 0;
  }

  /** The last entry that begins at or above this line. */
  #at(line: number): number {
    let [low, high] = [0, this.#entries.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#topOf(middle) <= line) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** Where the reader stands in the list, by the anchor and not by the bar, which may be about to be corrected. */
  #line(): number {
    const total = this.#topOf(this.#entries.length);
    if (this.atEnd) return Math.max(0, total - this.#height);
    const at = this.#anchor && this.#index.get(this.#anchor.key);
    if (at !== undefined && this.#anchor) return this.#topOf(at) - this.#anchor.offset;
    return (this.#scroller?.scrollTop ?? 0) - this.#head;
  }

  #look(): void {
    const count = this.#entries.length;
    const line = this.#line();
    const from = this.#at(line - AROUND);
    const to = Math.min(count, this.#at(line + this.#height + AROUND) + 1);
    // Drawn again only when what is drawn no longer reaches far enough: each time costs.
    const enough =
      this.from <= this.#at(line - AROUND / 3) &&
      this.to >= Math.min(count, this.#at(line + this.#height + AROUND / 3) + 1) &&
      this.to <= count &&
      this.to - this.from < (to - from) * 2 + 10;
    if (!enough) [this.from, this.to] = [from, to];
    this.#spaces();
  }

  #spaces(): void {
    this.above = this.#topOf(this.from);
    this.below = this.#topOf(this.#entries.length) - this.#topOf(this.to);
  }

  #scrolled(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const top = scroller.scrollTop;
    const moved = top - this.#lastTop;
    if (Math.abs(moved) < 1) {
      // Our own correction: nobody went anywhere.
      this.onscroll?.();
      return;
    }
    const left = scroller.scrollHeight - top - scroller.clientHeight;
    if (left < 2 || (moved > 0 && left < NEAR)) this.atEnd = true;
    else if (moved < 0) this.atEnd = false;
    this.#lastTop = top;
    if (!this.atEnd) this.#takeAnchor(top);
    this.#look();
    this.onscroll?.();
  }

  #takeAnchor(top: number): void {
    const line = top - this.#head;
    const at = this.#at(line);
    // One that begins in sight, so that its own growing does not move what is read.
    let first = at + (this.#topOf(at) < line ? 1 : 0);
    while (this.#entries[first]?.loose && first < this.#entries.length - 1) first += 1;
    const entry = this.#entries[Math.min(first, this.#entries.length - 1)];
    if (!entry) return;
    this.#anchor = { key: entry.key, offset: this.#topOf(this.#index.get(entry.key) ?? 0) - line };
  }

  #measured(seen: readonly ResizeObserverEntry[]): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    let changed = false;
    for (const one of seen) {
      if (one.target === scroller) {
        const { clientWidth, clientHeight } = scroller;
        // Another width breaks all lines anew: nothing measured holds any more.
        if (this.#width && clientWidth !== this.#width) this.#heights.clear();
        [this.#width, this.#height] = [clientWidth, clientHeight];
        changed = true;
        continue;
      }
      const key = this.#keys.get(one.target);
      const height = one.borderBoxSize[0]?.blockSize ?? 0;
      if (!key || height === 0) continue;
      if (key === "head") {
        changed ||= this.#head !== height;
        this.#head = height;
      } else if (key === "foot") changed = true;
      else if (this.#heights.get(key) !== height) {
        this.#heights.set(key, height);
        changed = true;
      }
    }
    if (!changed) return;
    this.#sum();
    this.#look();
    this.#settle();
  }

  /** Once more after the page has been changed: the boxes' new sizes are in the layout only then. */
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    void tick().then(() => {
      this.#settling = false;
      this.#hold();
    });
  }

  #hold(again = true): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const last = scroller.scrollHeight - scroller.clientHeight;
    const wanted = this.atEnd ? last : this.#line() + this.#head;
    if (wanted > last + 1 && again) {
      // The boxes are not yet as large as they will be: going there now would end at the end.
      requestAnimationFrame(() => this.#hold(false));
      return;
    }
    if (Math.abs(wanted - scroller.scrollTop) >= 1) scroller.scrollTop = wanted;
    this.#lastTop = scroller.scrollTop;
  }
}
