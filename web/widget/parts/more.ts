/** Behind the chat's ⋯: a copy of it, and whether it may be heard. */
import { cell, h, type Child } from "../dom.ts";
import type { Session } from "../session.ts";
import { style } from "../sheets.ts";
import { t } from "../texts.ts";
import { muted, setMuted } from "./attention.ts";
import { download } from "./download.ts";
import css from "../styles/more.css?inline";

style(css);

export function more(session: Session, close: () => void): Child {
  const quiet = cell(muted());
  const { can, reference } = session.state.v ?? {};
  const menu = h(
    "div.menu",
    {
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      },
    },
    can?.transcript &&
      h(
        "button.item",
        {
          type: "button",
          onclick: () => {
            close();
            void download(session, "conversation/transcript?format=html", `chat-${reference ?? "copy"}.html`);
          },
        },
        t("download"),
      ),
    session.widget.v.sound &&
      h(
        "button.item",
        {
          type: "button",
          "aria-pressed": () => String(!quiet.v),
          onclick: () => {
            quiet.v = !quiet.v;
            setMuted(quiet.v);
          },
        },
        () => t(quiet.v ? "sound_on" : "sound_off"),
      ),
  );
  menu.querySelector("button")?.setAttribute("autofocus", "");
  return menu;
}
