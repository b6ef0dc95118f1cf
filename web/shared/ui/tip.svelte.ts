/**
 * One tooltip for the page. `{@attach tip("Reply", "r")}` on anything that can have the focus; the words are also its
 * accessible name or description there, a tooltip alone tells a screen reader nothing.
 */
import type { Attachment } from "svelte/attachments";

export type Tip = { text: string; keys: string | undefined; anchor: HTMLElement };

const WAIT_MS = 350;
/** Moving from one to the next shows the next at once. */
const WARM_MS = 400;

class Tips {
  current = $state.raw<Tip | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gone = 0;

  show(tip: Tip, now: boolean): void {
    clearTimeout(this.#timer);
    const warm = now || performance.now() - this.#gone < WARM_MS;
    this.#timer = setTimeout(() => (this.current = tip), warm ? 0 : WAIT_MS);
  }

  hide(anchor: HTMLElement): void {
    clearTimeout(this.#timer);
    if (this.current?.anchor !== anchor) return;
    this.current = undefined;
    this.#gone = performance.now();
  }
}
export const tips = new Tips();

export function tip(text: string | undefined, keys?: string): Attachment<HTMLElement> {
  return (anchor) => {
    if (!text) return;
    const stop = new AbortController();
    const on = (name: string, run: (event: Event) => void) =>
      anchor.addEventListener(name, run, { signal: stop.signal });
    on("pointerenter", (event) => {
      if ((event as PointerEvent).pointerType !== "touch") tips.show({ text, keys, anchor }, false);
    });
    on("pointerleave", () => tips.hide(anchor));
    on("pointerdown", () => tips.hide(anchor));
    on("focus", () => anchor.matches(":focus-visible") && tips.show({ text, keys, anchor }, true));
    on("blur", () => tips.hide(anchor));
    on("keydown", (event) => (event as KeyboardEvent).key === "Escape" && tips.hide(anchor));
    return () => {
      stop.abort();
      tips.hide(anchor);
    };
  };
}
