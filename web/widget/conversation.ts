/** One chat: what was said, what is happening, what may be done, and where one writes. */
import type { ChatEvent, ChatMessage, ChatNotice, NoticeAction } from "../shared/api.ts";
import { direction } from "../shared/i18n.ts";
import type { Pending } from "../shared/reducer.ts";
import { cleanName } from "../shared/safe.ts";
import { stayAtEnd } from "../shared/scroll.ts";
import { day, exact } from "../shared/time.ts";
import { composer } from "./composer.ts";
import {
  cell,
  cleanup,
  computed,
  each,
  effect,
  h,
  icon,
  settle,
  swap,
  untracked,
  when,
  type Cell,
  type Child,
} from "./dom.ts";
import { DOTS, DOWN } from "./icons.ts";
import { file, message, part, type Look } from "./message.ts";
import { problemWords } from "./problem-words.ts";
import type { Session } from "./session.ts";
import { nth, t, tag, type Key } from "./texts.ts";

/** Somebody who goes on within this long needs no second heading. */
const ONE_BREATH_MS = 300_000;
const DAY_MS = 86_400_000;

export type Conversation = { nodes: HTMLElement[]; status: () => string; look: () => Look; focus(): void };

export function conversation(session: Session, shown: () => boolean): Conversation {
  const state = computed(() => session.state.v);
  const can = computed(() => session.state.v?.can);
  const holder = computed(() => session.state.v?.holder);
  const events = computed(() => session.timeline.v.events);
  const pending = computed(() => session.timeline.v.pending);
  const lastMessage = computed(() => events.v.findLast((e): e is ChatMessage => e.type === "message"));
  const lastNotice = computed(() => events.v.findLast((e): e is ChatNotice => e.type === "notice"));
  const leaving = cell(false);
  const dismissed = cell(0);
  const skipped = cell(0);
  const below = cell(0);
  const asking = computed(() => Boolean(session.inbox.v) && session.asks.v.length > 0);

  const openNotice = computed(() => {
    const notice = lastNotice.v;
    return notice && notice.position > dismissed.v && actionsOf(notice).length > 0 ? notice : undefined;
  });
  /** What the assistant offers since the customer wrote may be chosen from, and only while it is its turn. */
  const choosableFrom = computed(() => {
    const free = holder.v?.kind === "bot" && pending.v.length === 0 && can.v?.write !== false;
    if (!free) return Infinity;
    const own = events.v.findLast((e) => e.type === "message" && e.by.kind === "customer");
    return own?.position ?? 0;
  });
  const rating = computed(() => {
    const now = state.v;
    return now?.can.rate && skipped.v !== now.episode ? (now.rating ?? undefined) : undefined;
  });

  const box = composer(session);
  const focus = () => {
    settle();
    (scroller.querySelector<HTMLElement>("[autofocus]") ?? box).focus();
  };

  // ------------------------------------------------------------------------------------------ who it is with

  const look = (): Look =>
    !holder.v || holder.v.kind === "bot" ? "bot" : holder.v.human ? "person" : "house";
  const status = (): string => {
    const name = cleanName(holder.v?.name ?? "");
    switch (holder.v?.kind) {
      case "agent":
        return name ? t("with_person", { name }) : t("with_person_unnamed");
      case "target":
        if (!name) return t("with_target_unnamed");
        return holder.v.human ? t("with_person", { name }) : t("with_target", { name });
      case "queue":
        return state.v?.place ? nth("place", { n: state.v.place }) : t("with_queue");
      case "later":
        return t("with_later");
      case "nobody":
        return t("with_nobody");
      default: {
        const bot = cleanName(name || session.inbox.v?.bot_name || "");
        return bot ? t("with_bot", { name: bot }) : t("with_bot_unnamed");
      }
    }
  };

  // ------------------------------------------------------------------------------------------ what may be done

  /** A button that would be refused is not shown, and waiting is a choice only beside another. */
  function actionsOf(notice: ChatNotice): NoticeAction[] {
    const possible = notice.actions.filter((action) => {
      if (action === "leave_message") return can.v?.leave_message !== false;
      if (action === "talk_to_person") return can.v?.ask_person !== false;
      return action !== "rate";
    });
    return possible.every((action) => action === "wait") ? [] : possible;
  }

  function act(notice: ChatNotice, action: NoticeAction): void {
    if (action === "leave_message") return void (leaving.v = true);
    dismissed.v = notice.position;
    if (action === "stay_with_bot" && can.v?.withdraw) void session.withdraw();
    if (action === "talk_to_person") void session.person();
    box.focus();
  }

  /** The button that was pressed goes away: the cursor goes to where one writes, not to nowhere. */
  const then = (done: Promise<unknown>) => void done.then(focus);

  const quiet = (key: Key, onclick: () => void): HTMLElement =>
    h("button.button.quiet", { type: "button", disabled: () => session.busy.v, onclick }, t(key));

  // ------------------------------------------------------------------------------------------ what is shown

  const turn = (words: string) => h("p.turn", null, words);

  function event(held: Cell<ChatEvent>, index: number): HTMLElement {
    const one = held.v;
    const before = events.v[index - 1];
    const [line, shown] = [dayOf(one, before), body(one, before)];
    // An event that shows nothing must not be read out as an empty entry.
    return h("li", { hidden: !line && !shown }, line, shown);
  }

  /** A line between days; none for a chat that began today. */
  function dayOf(one: ChatEvent, before: ChatEvent | undefined): Child {
    const days = (at: number) => Math.floor((at - new Date(at).getTimezoneOffset() * 60_000) / DAY_MS);
    const ago = days(session.now()) - days(one.at);
    if (before ? days(before.at) === days(one.at) : ago === 0) return null;
    if (ago < 0 || ago > 1) return turn(day(one.at, tag));
    return turn(new Intl.RelativeTimeFormat(tag, { numeric: "auto" }).format(-ago, "day"));
  }

  function body(one: ChatEvent, before: ChatEvent | undefined): Child {
    switch (one.type) {
      case "message":
        return said(one, before);
      case "notice":
        return notice(one);
      case "opened":
        return one.episode > 1 ? turn(t("opened_again")) : null;
      case "rated":
        return turn(t("rated"));
      default:
        return null;
    }
  }

  function said(one: ChatMessage, before: ChatEvent | undefined): HTMLElement {
    const own = one.by.kind === "customer";
    const bot = one.by.kind === "bot";
    const more = cell(false);
    const reported = () => state.v?.reported?.includes(one.position) ?? false;
    return message({
      session,
      look: own ? "own" : bot ? "bot" : "person",
      name: own ? t("you") : (one.by.name ?? t(bot ? "assistant_name" : "someone")),
      kind: own ? undefined : bot ? t("assistant") : one.by.human ? t("person") : undefined,
      goesOn:
        before?.type === "message" &&
        before.by.kind === one.by.kind &&
        before.by.name === one.by.name &&
        one.at - before.at < ONE_BREATH_MS,
      at: one.at,
      parts: one.parts,
      plain: one.plain,
      status: () =>
        one.interrupted
          ? t("interrupted")
          : reported()
            ? t("reported")
            : own && one === lastMessage.v && pending.v.length === 0
              ? t("sent")
              : "",
      choosable: () => bot && one.position > choosableFrom.v,
      onchoice: (choice) => session.say(choice.label, choice),
      event: one,
      onfilled: () => box.focus(),
      tools:
        bot &&
        when(
          () => can.v?.report && !reported(),
          () =>
            h(
              "button.round.more",
              {
                type: "button",
                "aria-label": t("more_about"),
                title: t("more_about"),
                "aria-expanded": () => String(more.v),
                onclick: () => (more.v = !more.v),
              },
              icon(DOTS),
            ),
        ),
      after:
        bot &&
        when(
          () => more.v && !reported(),
          () =>
            part(async () => {
              const { report } = await import("./parts/report.ts");
              return report(session, one.position, () => {
                more.v = false;
                box.focus();
              });
            }),
        ),
    });
  }

  function notice(one: ChatNotice): HTMLElement {
    const words = { lang: one.language, dir: direction(one.language), title: exact(one.at, tag) };
    return h(
      "div.notice",
      null,
      h("p", words, one.words),
      when(
        () => openNotice.v === one && !leaving.v,
        () =>
          h(
            "div.actions",
            null,
            actionsOf(one).map((action) =>
              h(
                "button.button",
                { type: "button", disabled: () => session.busy.v, onclick: () => act(one, action) },
                action !== "rate" && t(action),
              ),
            ),
          ),
      ),
    );
  }

  function unsent(held: Cell<Pending>, index: number): HTMLElement {
    const one = held.v;
    const { text, file: sent } = one;
    const failed = computed(() => held.v.state === "failed");
    const link = (key: Key, onclick: () => void) => h("button.link", { type: "button", onclick }, t(key));
    const words = (): string => {
      const now = held.v;
      if (now.state === "failed") {
        const why = now.problem ? ` ${problemWords(now.problem)}` : "";
        return t("not_sent") + why;
      }
      if (now.state === "sent") return t("sent");
      if (session.link.v.kind !== "open") return t("kept");
      return t(session.pausing.v ? "kept_here" : "sending");
    };
    return h(
      "li",
      { class: () => (failed.v ? "failed" : null) },
      message({
        session,
        look: "own",
        name: t("you"),
        goesOn: index > 0 || untracked(() => lastMessage.v)?.by.kind === "customer",
        parts: [],
        plain: text,
        status: words,
        after: sent && file(session, sent),
      }),
      when(
        () => failed.v,
        () =>
          h(
            "div.again",
            null,
            link("retry", () => (session.retry(held.v), box.focus())),
            link("remove", () => (session.remove(held.v), box.focus())),
          ),
      ),
    );
  }

  const greeting = () => {
    const bot = cleanName(session.inbox.v?.bot_name ?? "");
    const words = session.widget.v.opening ?? (bot ? t("greeting", { bot }) : t("greeting_no_bot"));
    const privacy = session.widget.v.privacy_url;
    return h(
      "li.greeting",
      null,
      h("p", { dir: "auto" }, words),
      h("p", null, t("greeting_person")),
      privacy &&
        /^https?:/.test(privacy) &&
        h("p", null, h("a", { href: privacy, target: "_blank", rel: "noopener noreferrer" }, t("privacy"))),
    );
  };

  const typing = () => {
    const by = session.typist.v;
    if (!by) return "";
    const name = cleanName(by.name ?? (by.kind === holder.v?.kind ? (holder.v.name ?? "") : ""));
    return name ? t("typing", { name }) : t("typing_unnamed");
  };

  const scroller = h(
    "section.messages",
    {
      "aria-label": t("messages"),
      tabindex: "0",
      onscroll: () => {
        if (nearEnd()) below.v = 0;
      },
    },
    h(
      "div",
      { role: "log", "aria-live": () => (session.settled.v ? "polite" : "off") },
      h(
        "ol",
        null,
        when(() => !session.token.v || (session.settled.v && events.v.length === 0), greeting),
        each(
          () => events.v,
          (one) => one.position,
          event,
        ),
        each(
          () => pending.v,
          (one) => one.key,
          unsent,
        ),
      ),
    ),
    swap(
      typing,
      (words) =>
        words &&
        h("p.typing", null, h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")), words),
    ),
    when(
      () => leaving.v,
      () =>
        part(async () => {
          const { leaveMessage } = await import("./parts/leave.ts");
          // A way to answer is asked for only where the house can use one.
          const contact = lastNotice.v?.values.contact === true;
          return leaveMessage(session, contact, (left) => {
            leaving.v = false;
            if (left) dismissed.v = Math.max(dismissed.v, lastNotice.v?.position ?? 0);
            box.focus();
          });
        }),
    ),
    when(
      () => rating.v && !leaving.v,
      () =>
        part(async () => {
          const { ending } = await import("./parts/ending.ts");
          const skip = () => {
            skipped.v = state.v?.episode ?? 0;
            box.focus();
          };
          const due = rating.v;
          return due && ending(session, due, { skip, leave: () => (leaving.v = true), done: focus });
        }),
    ),
    when(
      () => asking.v,
      () =>
        part(async () => {
          const { preChat } = await import("./parts/prechat.ts");
          return preChat(session, focus);
        }),
    ),
  );
  cleanup(stayAtEnd(scroller));

  const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    below.v = 0;
  };
  let known = 0;
  effect(() => {
    const { last, events } = session.timeline.v;
    const fresh = events.filter((e) => e.position > known && inbound(e)).length;
    const settled = session.settled.v;
    known = last;
    untracked(() => {
      if (settled && fresh > 0 && !nearEnd()) below.v += fresh;
    });
  });
  // Who writes wants to see it.
  effect(() => {
    if (pending.v.length > 0) queueMicrotask(toEnd);
  });
  effect(() => {
    const { last } = session.timeline.v;
    if (shown() && session.settled.v && last > 0 && !document.hidden) session.seen(last);
  });

  // ------------------------------------------------------------------------------------------ below it

  const asksPerson = () => !state.v || state.v.can.ask_person;
  const person = () => then(session.person());
  const bar = h(
    "div.bar",
    null,
    when(asksPerson, () =>
      h(
        "button.button.quiet.person",
        {
          type: "button",
          disabled: () => session.busy.v,
          onclick: person,
          title: t("with_key", { text: t("talk_to_person"), key: "Alt+P" }),
          "aria-keyshortcuts": "Alt+P",
        },
        t("talk_to_person"),
      ),
    ),
    when(
      () => !asksPerson() && can.v?.withdraw && !openNotice.v,
      () => quiet("stay_with_bot", () => then(session.withdraw())),
    ),
    when(
      () => !asksPerson() && can.v?.leave_message && !leaving.v && !openNotice.v,
      () => quiet("leave_message", () => (leaving.v = true)),
    ),
    when(
      () => state.v?.reference,
      () => h("span.reference", null, () => t("reference", { reference: state.v?.reference ?? "" })),
    ),
  );
  const broken = () =>
    !session.online.v ? t("offline") : session.link.v.kind === "waiting" ? t("reconnecting") : "";
  const footer = h(
    "footer",
    null,
    when(
      () => below.v > 0,
      () =>
        h("button.pill", { type: "button", onclick: toEnd }, icon(DOWN), () =>
          t("new_below", { n: below.v }),
        ),
    ),
    swap(broken, (words) => words && h("p.banner", { role: "status" }, words)),
    swap(
      () => session.problem.v,
      (problem) => problem && h("p.problem", { role: "alert" }, problemWords(problem)),
    ),
    swap(
      () => (state.v?.blocked ? "blocked" : asking.v ? "" : can.v?.write === false ? "over" : "open"),
      (how) => {
        if (how === "blocked") return h("p.banner", { role: "status" }, t("blocked"));
        if (how === "over")
          return h(
            "button.button.primary",
            { type: "button", onclick: () => (session.forget(), void session.begin().then(focus)) },
            t("new_chat"),
          );
        return how && [bar, box.element];
      },
    ),
  );

  const element = h(
    "div.chat",
    {
      onkeydown: (event: KeyboardEvent) => {
        if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyP") return;
        event.preventDefault();
        if (asksPerson() && !session.busy.v) person();
      },
      ondragover: (event: DragEvent) => {
        if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      },
      ondrop: (event: DragEvent) => {
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        box.addFiles(event.dataTransfer.files);
      },
    },
    scroller,
    h("div.hidden", { role: "status" }, () => (session.settled.v ? status() : "")),
    footer,
  );
  return { nodes: [element], status, look, focus };
}

export function inbound(event: ChatEvent): boolean {
  return event.type === "notice" || (event.type === "message" && event.by.kind !== "customer");
}
