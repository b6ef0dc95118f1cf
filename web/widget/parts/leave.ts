/** A message for later. */
import { h, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { t } from "../texts.ts";
import { card, field } from "./form.ts";

export function leaveMessage(session: Session, contact: boolean, done: (left: boolean) => void): Child {
  const text = h("textarea", { dir: "auto", rows: "3", autofocus: true });
  const address = h("input", { dir: "auto", autocomplete: "email", required: contact });
  const dress = (element: HTMLElement) => (attributes: object) => {
    for (const [name, value] of Object.entries(attributes))
      if (value) element.setAttribute(name, String(value));
    return element;
  };
  const save = async () => {
    if (await session.leaveMessage(text.value.trim(), address.value.trim())) done(true);
  };
  return card(
    t("left_title"),
    () => void save(),
    field(t("left_text"), t("left_hint"), dress(text)),
    contact && field(t("left_contact"), t("left_contact_hint"), dress(address)),
    h(
      "div.buttons",
      null,
      h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("left_send")),
      h("button.button", { type: "button", onclick: () => done(false) }, t("left_cancel")),
    ),
  );
}
