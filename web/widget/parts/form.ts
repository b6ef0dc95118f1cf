/** What the forms that come on demand have in common. */
import type { FormField } from "../../shared/api.ts";
import { cell, freshId, h, type Attributes, type Child } from "../dom.ts";
import { style } from "../sheets.ts";
import { t } from "../texts.ts";
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

export type Box = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const KINDS = { text: "text", mail: "email", phone: "tel" } as const;
const COMPLETES: Record<string, string> = { name: "name", mail: "email", phone: "tel" };

/** One question with its box, which `boxes` then knows by the question's key. */
export function question(one: FormField, boxes: Map<string, Box>, more: Attributes): HTMLElement {
  const label = one.required ? one.label : t("optional", { label: one.label });
  const made = <T extends Box>(element: T): T => {
    boxes.set(one.key, element);
    return element;
  };
  return field(label, one.kind === "secret" ? t("secret_hint") : undefined, (own) => {
    const attributes: Attributes = {
      ...own,
      name: one.key,
      required: one.required ?? false,
      dir: "auto",
      ...more,
    };
    if (one.kind === "secret") return secret(made, one, attributes);
    Object.assign(attributes, { autocomplete: COMPLETES[one.key] ?? null, maxlength: "1000" });
    if (one.kind === "area") return made(h("textarea", { ...attributes, rows: "3" }));
    if (one.kind !== "select") return made(h("input", { ...attributes, type: KINDS[one.kind] }));
    return made(
      h(
        "select",
        attributes,
        h("option", { value: "" }, t("choose")),
        (one.options ?? []).map((option) => h("option", { value: option }, option)),
      ),
    );
  });
}

/** A secret is typed unseen. No limit of characters: a password that is cut in silence is a wrong one. */
function secret(made: (box: HTMLInputElement) => HTMLElement, one: FormField, own: Attributes): HTMLElement {
  const seen = cell(false);
  const box = made(
    h("input", {
      ...own,
      type: () => (seen.v ? "text" : "password"),
      autocomplete: one.one_time ? "one-time-code" : "off",
      // Shown, it is text like any other to helpers that send what is typed to somebody.
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: "false",
    }),
  );
  return h(
    "div.secret",
    null,
    box,
    h(
      "button.button",
      { type: "button", onclick: () => (seen.v = !seen.v) },
      () => t(seen.v ? "secret_hide" : "secret_show"),
      h("span.hidden", null, " ", one.label),
    ),
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
