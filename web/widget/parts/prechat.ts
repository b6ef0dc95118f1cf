/** What the inbox asks before a chat begins. */
import type { PreChatField } from "../../shared/api.ts";
import { h, type Attributes, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { t } from "../texts.ts";
import { card, field } from "./form.ts";

const KINDS = { text: "text", mail: "email", phone: "tel" } as const;
const COMPLETES: Record<string, string> = { name: "name", mail: "email", phone: "tel" };

export function preChat(session: Session, done: () => void): Child {
  const boxes = new Map<string, HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>();
  const box = (one: PreChatField, index: number) => (own: Attributes) => {
    const attributes: Attributes = {
      ...own,
      name: one.key,
      required: one.required,
      dir: "auto",
      autocomplete: COMPLETES[one.key] ?? null,
      maxlength: "1000",
      autofocus: index === 0,
    };
    const element =
      one.kind === "area"
        ? h("textarea", { ...attributes, rows: "3" })
        : one.kind === "select"
          ? h(
              "select",
              attributes,
              h("option", { value: "" }, t("choose")),
              (one.options ?? []).map((option) => h("option", { value: option }, option)),
            )
          : h("input", { ...attributes, type: KINDS[one.kind] });
    boxes.set(one.key, element);
    return element;
  };
  const start = async () => {
    const answers = [...boxes].map(([key, { value }]) => [key, value.trim()] as const);
    if (await session.answer(Object.fromEntries(answers.filter(([, value]) => value)))) done();
  };
  return card(
    t("before_title"),
    () => void start(),
    session.asks.v.map((one, i) =>
      field(one.required ? one.label : t("optional", { label: one.label }), undefined, box(one, i)),
    ),
    h(
      "div.buttons",
      null,
      h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("before_send")),
    ),
  );
}
