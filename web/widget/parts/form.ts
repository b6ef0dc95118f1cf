/** What the forms that come on demand have in common. */
import { style } from "../sheets.ts";
import { freshId, h, type Attributes, type Child } from "../dom.ts";
import css from "../styles/form.css?inline";

style(css);

/** A labelled box; the hint stands below it and is read with it. */
export function field(
  label: string,
  hint: string | undefined,
  make: (attributes: Attributes) => HTMLElement,
): HTMLElement {
  const id = freshId();
  return h(
    "div.field",
    null,
    h("label", { for: id }, label),
    make({ id, class: "input", "aria-describedby": hint ? `${id}-hint` : null }),
    hint && h("span.hint", { id: `${id}-hint` }, hint),
  );
}

/**
 * What a form does. A frame without `allow-forms` submits none, so the button is listened to; the Enter key presses it.
 */
export function onSubmit(run: () => void): Attributes {
  return {
    onclick: (event: Event) => {
      const button = (event.target as Element).closest("[type=submit]");
      if (!button) return;
      event.preventDefault();
      if ((event.currentTarget as HTMLFormElement).reportValidity()) run();
    },
  };
}

/** A card with a title. */
export function card(title: string, run: () => void, ...children: Child[]): HTMLFormElement {
  const id = freshId();
  return h("form.card", { "aria-labelledby": id, ...onSubmit(run) }, h("h2", { id }, title), children);
}
