/**
 * A form in the chat, and what was filled in. A secret stands in its box until it is sent and nowhere else: what is said
 * of it afterwards is that it is hidden.
 */
import type { ChatMessage, Form, FormField, Part } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { cleanName, cleanText } from "../../shared/safe.ts";
import { computed, h, swap, type Child } from "../dom.ts";
import type { Shown } from "../message.ts";
import { rich } from "../rich.ts";
import type { Session } from "../session.ts";
import { style } from "../sheets.ts";
import { t } from "../texts.ts";
import css from "../styles/ask.css?inline";
import { onSubmit, question, type Box } from "./form.ts";

style(css);

const KINDS = ["text", "mail", "phone", "select", "area", "secret"];

export function ask(part: Extract<Part, { type: "form" }>, plain: string, shown: Shown): Child {
  const form = formOf(part.json);
  const { session, event } = shown;
  if (!form || !event) return rich(plain, false);
  const open = computed(() => isOpen(session, event));
  return h(
    "div.ask",
    null,
    form.title && h("strong", { dir: "auto" }, cleanName(form.title)),
    form.text && rich(form.text, false),
    swap(
      () => open.v,
      (open) =>
        open
          ? filling(form, event, shown)
          : h(
              "ul",
              null,
              form.fields.map(({ label }) => h("li", { dir: "auto" }, cleanName(label))),
            ),
    ),
  );
}

function filling(form: Form, event: ChatMessage, shown: Shown): Child {
  const { session } = shown;
  const boxes = new Map<string, Box>();
  // One try of a client of its own: a repeat after a lost answer is known, and nothing of it waits in this browser's storage.
  const client = newId();
  const send = async () => {
    const values = [...boxes].map(([key, { value }]) => [key, value] as const).filter(([, value]) => value);
    if (!(await session.fill(client, event.position, Object.fromEntries(values)))) return;
    for (const box of boxes.values()) box.value = "";
    shown.onfilled?.();
  };
  return h(
    "form",
    {
      "aria-label": cleanName(form.title || form.fields.map(({ label }) => label).join(", ")),
      autocomplete: "off",
      ...onSubmit(() => void send()),
    },
    form.fields.map((one) => question({ ...one, label: cleanName(one.label) }, boxes, {})),
    h(
      "div.buttons",
      null,
      h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("form_send")),
    ),
  );
}

export function answered(part: Extract<Part, { type: "form_answer" }>, plain: string, shown: Shown): Child {
  const { session, event } = shown;
  if (typeof part.json !== "object" || part.json === null) return rich(plain, false);
  const asked = messages(session).find(({ position }) => position === event?.reply_to);
  const fields = asked?.parts.flatMap((one) => (one.type === "form" ? (formOf(one.json)?.fields ?? []) : []));
  return h(
    "dl.answered",
    null,
    Object.entries(part.json).map(([key, value]) =>
      h(
        "div",
        null,
        h("dt", { dir: "auto" }, cleanName(fields?.find((one) => one.key === key)?.label ?? key)),
        h(
          "dd",
          { dir: "auto" },
          part.secret?.includes(key)
            ? [
                h("span", { "aria-hidden": "true" }, "\u2022\u2022\u2022\u2022"),
                h("span.hidden", null, t("hidden")),
              ]
            : cleanText(String(value)),
        ),
      ),
    ),
  );
}

const messages = (session: Session): ChatMessage[] =>
  session.timeline.v.events.filter((one): one is ChatMessage => one.type === "message");

/** Until it is answered, and as long as the stretch of the chat lasts in which it was asked. */
function isOpen(session: Session, { position }: ChatMessage): boolean {
  const now = session.state.v;
  if (!now?.can.write || now.holder.kind === "nobody") return false;
  const answers = (one: ChatMessage) =>
    one.reply_to === position && one.parts.some((part) => part.type === "form_answer");
  return (
    !messages(session).some(answers) &&
    !session.timeline.v.events.some((one) => one.type === "opened" && one.position > position)
  );
}

/** A form that this page can show; what is none is shown by the readable text that the hub made of it. */
function formOf(json: unknown): Form | undefined {
  const form = (json ?? {}) as Partial<Form>;
  const known = ({ key, label, kind }: Partial<FormField>) =>
    typeof key === "string" && typeof label === "string" && KINDS.includes(kind ?? "");
  const whole =
    Array.isArray(form.fields) && form.fields.length > 0 && form.fields.every((one) => known(one ?? {}));
  const words = [form.title, form.text].every(
    (one) => one === undefined || one === null || typeof one === "string",
  );
  return whole && words ? (form as Form) : undefined;
}
