/** What the inbox asks before a chat begins. */
import { h, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { t } from "../texts.ts";
import { card, question, type Box } from "./form.ts";

export function preChat(session: Session, done: () => void): Child {
  const boxes = new Map<string, Box>();
  const start = async () => {
    const answers = [...boxes].map(([key, { value }]) => [key, value.trim()] as const);
    if (await session.answer(Object.fromEntries(answers.filter(([, value]) => value)))) done();
  };
  return card(
    t("before_title"),
    () => void start(),
    session.asks.v.map((one, i) => question(one, boxes, { autofocus: i === 0 })),
    h(
      "div.buttons",
      null,
      h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("before_send")),
    ),
  );
}
