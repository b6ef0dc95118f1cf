/** What can be done about an answer of the assistant: say that it was wrong, and what it should have been. */
import { cell, h, swap, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { t } from "../texts.ts";
import { card, field } from "./form.ts";

export function report(session: Session, position: number, done: () => void): Child {
  const asked = cell(false);
  const form = () => {
    let better = "";
    const send = async () => {
      if (await session.report(position, better.trim(), "")) done();
    };
    const made = card(
      t("report"),
      () => void send(),
      field(t("report_better"), t("report_hint"), (attributes) =>
        h("textarea", {
          ...attributes,
          rows: "3",
          maxlength: "4000",
          dir: "auto",
          oninput: (event: Event) => (better = (event.currentTarget as HTMLTextAreaElement).value),
        }),
      ),
      h(
        "div.buttons",
        null,
        h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("report_send")),
        h("button.button", { type: "button", onclick: done }, t("left_cancel")),
      ),
    );
    queueMicrotask(() => made.querySelector("textarea")?.focus());
    return made;
  };
  const choice = () =>
    h("button.button", { type: "button", autofocus: true, onclick: () => (asked.v = true) }, t("report"));
  return h(
    "div.report",
    {
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        done();
      },
    },
    swap(
      () => asked.v,
      (yes) => (yes ? form() : choice()),
    ),
  );
}
