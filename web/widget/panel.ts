/** Launcher and panel, or the chat alone inside an element of the page. */
import { cell, computed, effect, h, icon, settle, swap, when, type Child } from "./dom.ts";
import { conversation, inbound } from "./conversation.ts";
import { DOTS, DOWN, LAUNCHER_ICON } from "./icons.ts";
import { mark, part } from "./message.ts";
import { cleanName } from "../shared/safe.ts";
import type { Session } from "./session.ts";
import { t } from "./texts.ts";

const PHONE = "(max-width: 520px)";

export type Panel = { nodes: HTMLElement[]; open(): void; close(): void };

export function panel(session: Session, inline: boolean): Panel {
  const open = cell(inline);
  const readTo = cell(0);
  const menu = cell(false);
  const name = () => session.widget.v.title ?? session.inbox.v?.name;
  const title = () => {
    const known = name();
    return known ? t("chat_with", { name: known }) : t("chat");
  };
  const chat = conversation(session, () => open.v);

  // ------------------------------------------------------------------------------------------ what is new

  const unread = computed(() =>
    session.settled.v
      ? session.timeline.v.events.filter((e) => e.position > readTo.v && inbound(e)).length
      : 0,
  );
  // What was there when the page was opened is not new.
  let known = false;
  let heard = 0;
  effect(() => {
    const { last, events } = session.timeline.v;
    if (!session.settled.v) return;
    const fresh = events.filter((e) => e.position > heard && inbound(e)).length;
    heard = last;
    if (!known || open.v) readTo.v = last;
    if (known && fresh > 0 && document.hidden)
      void import("./parts/attention.ts").then(({ attention }) =>
        attention(fresh, session.widget.v.sound !== false),
      );
    known = true;
  });

  // ------------------------------------------------------------------------------------------ open and close

  const show = () => {
    open.v = true;
    settle();
    void session.begin().then(chat.focus);
    chat.focus();
  };
  const hide = () => {
    if (inline) return;
    open.v = false;
    settle();
    launcher.focus();
  };

  const round = (key: "minimise" | "menu", path: string, more: object): Child =>
    h("button.round", { type: "button", "aria-label": t(key), title: t(key), ...more }, icon(path));
  const offers = () => session.state.v?.can.transcript || session.widget.v.sound;
  const header = h(
    "header",
    null,
    swap(
      () => `${chat.look()} ${session.state.v?.holder.name ?? ""}`,
      () => mark(chat.look(), session.state.v?.holder.name ?? ""),
    ),
    h(
      "div.who",
      null,
      h(
        "strong",
        null,
        h("bdi", null, () => cleanName(name() ?? t("chat"))),
      ),
      h("span", { class: () => `status ${chat.look()}` }, chat.status),
    ),
    when(offers, () =>
      round("menu", DOTS, {
        "aria-expanded": () => String(menu.v),
        onclick: () => (menu.v = !menu.v),
      }),
    ),
    !inline && round("minimise", DOWN, { onclick: hide }),
    when(
      () => menu.v,
      () =>
        part(async () => {
          const { more } = await import("./parts/more.ts");
          return more(session, () => {
            menu.v = false;
            chat.focus();
          });
        }),
    ),
  );

  if (inline) {
    const about = { role: "group", "aria-label": title, onfocusin: () => void session.begin() };
    // Fields that are asked first are shown at once: they take the focus of the first click.
    return { nodes: [h("div.inline.panel", about, header, chat.nodes)], open: show, close: hide };
  }

  const launcher = h(
    "button.launcher",
    {
      type: "button",
      class: () => `launcher${open.v ? " covered" : ""}`,
      "aria-expanded": () => String(open.v),
      "aria-label": () => (unread.v > 0 && !open.v ? t("open_chat_unread", { n: unread.v }) : t("open_chat")),
      onclick: () => (open.v ? hide() : show()),
    },
    swap(
      () => open.v,
      (shown) => icon(shown ? DOWN : LAUNCHER_ICON),
    ),
    when(
      () => unread.v > 0 && !open.v,
      () => h("span.unread", { "aria-hidden": "true" }, () => (unread.v > 9 ? "9+" : unread.v)),
    ),
  );
  const frame = h(
    "div.panel",
    {
      role: "dialog",
      tabindex: "-1",
      "aria-label": title,
      hidden: () => !open.v,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) hide();
      },
    },
    header,
    chat.nodes,
  );

  // On a phone the keyboard covers the page; the panel keeps to what is left to see.
  const view = window.visualViewport;
  effect(() => {
    if (!open.v || !view) return;
    const fit = () => {
      const phone = matchMedia(PHONE).matches;
      frame.style.setProperty("--seen", phone ? `${view.height}px` : null);
      frame.style.setProperty("--above", phone ? `${view.offsetTop}px` : null);
    };
    fit();
    for (const sign of ["resize", "scroll"]) view.addEventListener(sign, fit);
    return () => {
      for (const sign of ["resize", "scroll"]) view.removeEventListener(sign, fit);
    };
  });
  return { nodes: [launcher, frame], open: show, close: hide };
}
