/**
 * The end of a chat: first whether the question is answered. Whoever says no is offered a person or a message before
 * anything is rated; then how it went. All of it may be skipped.
 */
import type { Answered, ChatState } from "../../shared/api.ts";
import { cleanName } from "../../shared/safe.ts";
import { cell, freshId, h, when, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { t } from "../texts.ts";
import { field, onSubmit } from "./form.ts";

type Due = NonNullable<ChatState["rating"]>;
type Ways = { skip: () => void; leave: () => void; done: () => void };

const ANSWERS: Answered[] = ["yes", "partly", "no"];
const STARS = [1, 2, 3, 4, 5];

export function ending(session: Session, due: Due, ways: Ways): Child {
  const id = freshId();
  const answered = cell<Answered | null>(null);
  const agent = cell<number | null>(null);
  const bot = cell<number | null>(null);
  const comment = cell("");
  // "No" asks what would help; what it asks may be passed by.
  const passed = cell(false);
  const helps = () => answered.v === "no" && !passed.v;

  const send = async () => {
    await session.rate(answered.v, agent.v, bot.v, comment.v.trim());
    ways.done();
  };
  /** The answer is kept in any case, also for those who go on. */
  const skip = async () => {
    if (answered.v) await session.rate(answered.v, null, null, "");
    ways.skip();
  };
  const person = async () => {
    await session.rate("no", null, null, "");
    await session.person();
    ways.done();
  };
  const message = async () => {
    await session.rate("no", null, null, "");
    ways.leave();
  };

  /** Writing opens the chat again. */
  const write = async () => {
    await session.rate("no", null, null, "");
    ways.done();
  };

  const stars = (label: string, name: string, value: typeof agent): Child =>
    h(
      "fieldset",
      null,
      h("legend", null, label),
      h(
        "div.stars",
        null,
        STARS.map((n) => {
          const on = () => value.v !== null && n <= value.v;
          return h(
            "label",
            { title: t("stars", { n }) },
            h("input", { type: "radio", name, value: String(n), onchange: () => (value.v = n) }),
            h("span", { "aria-hidden": "true", class: () => (on() ? "on" : "") }, () => (on() ? "★" : "☆")),
            h("span.hidden", null, t("stars", { n })),
          );
        }),
      ),
    );
  const button = (words: string, onclick: () => void, kind = ""): Child =>
    h(`button.button${kind}` as "button", { type: "button", disabled: () => session.busy.v, onclick }, words);

  return h(
    "form.card",
    {
      "aria-labelledby": id,
      ...onSubmit(() => void send()),
    },
    h(
      "fieldset",
      null,
      h("legend", { id }, t("rating_title")),
      h(
        "div.options",
        null,
        ANSWERS.map((one) =>
          h(
            "label",
            { class: () => `option${answered.v === one ? " on" : ""}` },
            h("input", {
              type: "radio",
              name: `${id}-answered`,
              value: one,
              onchange: () => (answered.v = one),
            }),
            t(one),
          ),
        ),
      ),
    ),
    when(helps, () => [
      h("p", { role: "status" }, t("end_help")),
      h(
        "div.buttons",
        null,
        (session.state.v?.can.ask_person ?? true) &&
          button(t("talk_to_person"), () => void person(), ".primary"),
        session.state.v?.can.leave_message
          ? button(t("leave_message"), () => void message())
          : button(t("placeholder_closed"), () => void write()),
        button(t("end_no_help"), () => (passed.v = true)),
      ),
    ]),
    when(
      () => answered.v && !helps(),
      () => [
        due.agent_name && stars(t("how_was", { name: cleanName(due.agent_name) }), `${id}-agent`, agent),
        due.bot_name && stars(t("how_was_bot"), `${id}-bot`, bot),
        field(t("comment"), t("rating_skip_hint"), (attributes) =>
          h("textarea", {
            ...attributes,
            rows: "2",
            dir: "auto",
            oninput: (event: Event) => (comment.v = (event.currentTarget as HTMLTextAreaElement).value),
          }),
        ),
      ],
    ),
    h(
      "div.buttons",
      null,
      when(
        () => answered.v && !helps(),
        () =>
          h("button.button.primary", { type: "submit", disabled: () => session.busy.v }, t("send_rating")),
      ),
      when(
        () => !helps(),
        () => button(t("skip"), () => void skip()),
      ),
    ),
  );
}
