/**
 * One message. Who speaks can be told three ways: by name and word, by the shape of the mark (a square for an
 * assistant, a circle for a person), and by the ground; never by colour alone.
 */
import type { ChatMessage, Choice, HubFile, Part } from "../shared/api.ts";
import { safeUrl } from "../shared/markdown.ts";
import { cleanName, cleanText } from "../shared/safe.ts";
import { clock, exact } from "../shared/time.ts";
import { h, icon, put, swap, when, type Child } from "./dom.ts";
import { LAUNCHER_ICON, PERSON, SPARK } from "./icons.ts";
import { link, rich } from "./rich.ts";
import type { Session } from "./session.ts";
import { t, tag } from "./texts.ts";

export type Look = "own" | "bot" | "person" | "house";

export type Shown = {
  session: Session;
  look: Look;
  name: string;
  /** What the speaker is, in a word: "assistant", "person". */
  kind?: string;
  /** The same speaker went on: no second heading. */
  goesOn: boolean;
  at?: number;
  parts: readonly Part[];
  plain: string;
  /** One line below: sent, not sent. */
  status?: () => Child;
  /** While it holds, choices are buttons; before and after they are not shown. */
  choosable?: () => boolean;
  onchoice?: (choice: Choice) => void;
  /** The event that bears it, and what follows when its form was filled in. */
  event?: ChatMessage;
  onfilled?: () => void;
  /** Beside it: what can be done about this message. */
  tools?: Child;
  after?: Child;
};

const DRAWN = new Set(["text", "choices", "link", "card", "file", "form", "form_answer"]);

export function message(shown: Shown): HTMLElement {
  const { session, look, name, kind, goesOn, at, parts, plain, tools } = shown;
  // What this page cannot draw is shown by the readable text that the hub made of it.
  const readable = parts.length === 0 || parts.some((p) => !DRAWN.has(p.type));
  const visible = parts.filter((p) => p.type !== "choices");
  const choices = parts.flatMap((p) => (p.type === "choices" ? p.choices : []));
  const fallback = readable || visible.length === 0;
  return h(
    `div.message.${look}${goesOn ? ".goes-on" : ""}` as "div",
    null,
    look !== "own" && mark(look, name),
    h(
      "div.body",
      null,
      h(
        goesOn || look === "own" ? "div.head.hidden" : "div.head",
        null,
        h("bdi.name", null, cleanName(name)),
        kind && h("span.kind", null, kind),
        at !== undefined && time(at),
      ),
      h(
        "div.line",
        null,
        h(
          "div.bubble",
          { title: look === "own" && at ? exact(at, tag) : null },
          fallback ? plain && rich(plain, false) : visible.map((part) => drawn(session, part, plain, shown)),
        ),
        tools,
      ),
      choices.length > 0 &&
        when(
          () => shown.choosable?.(),
          () =>
            h(
              "div.choices",
              null,
              choices.map((choice) =>
                h(
                  "button.button",
                  { type: "button", dir: "auto", onclick: () => shown.onchoice?.(choice) },
                  cleanText(choice.label),
                ),
              ),
            ),
        ),
      shown.after,
      shown.status && swap(shown.status, (words) => words && h("div.status", null, words)),
    ),
  );
}

export function mark(look: Look, name = ""): HTMLElement {
  const initial = look === "person" ? [...cleanName(name)][0]?.toUpperCase() : undefined;
  return h(
    `span.mark.${look}` as "span",
    { "aria-hidden": "true" },
    initial && /\p{L}/u.test(initial)
      ? initial
      : icon(look === "bot" ? SPARK : look === "person" ? PERSON : LAUNCHER_ICON),
  );
}

export function time(at: number): HTMLElement {
  return h("time", { datetime: new Date(at).toISOString(), title: exact(at, tag) }, clock(at, tag));
}

function drawn(session: Session, part: Part, plain: string, shown: Shown): Child {
  if (part.type === "text") return rich(part.text, part.markdown);
  if (part.type === "file") return file(session, part);
  if (part.type === "card")
    return later(
      () => import("./parts/card.ts").then(({ card }) => card(part, plain, shown)),
      () => rich(plain, false),
    );
  if (part.type === "form" || part.type === "form_answer")
    return later(
      () =>
        import("./parts/ask.ts").then(({ ask, answered }) =>
          part.type === "form" ? ask(part, plain, shown) : answered(part, plain, shown),
        ),
      () => rich(plain, false),
    );
  if (part.type !== "link") return null;
  const url = safeUrl(part.url);
  const words = cleanText(part.title || part.url);
  return h("p", { dir: "auto" }, url ? link(url, words) : words);
}

export function file(session: Session, part: HubFile): Child {
  return later(
    () => import("./parts/file.ts").then(({ shownFile }) => shownFile(session, part)),
    () => cleanName(part.name),
  );
}

/** A part that comes on demand; if it does not, its readable text stands. */
export function later(make: () => Promise<Child>, otherwise: () => Child): HTMLElement {
  const place = h("div.part");
  make()
    .catch(otherwise)
    .then((child) => {
      put(place, child);
      // Whoever asked for it goes on there. A chat that merely stands in the page takes no focus.
      if (!place.closest(".inline:not(:focus-within)"))
        place.querySelector<HTMLElement>("[autofocus]")?.focus();
    })
    .catch(reportError);
  return place;
}

/** A form or a menu that comes on demand. One that cannot come says so. */
export function part(make: () => Promise<Child>): HTMLElement {
  return later(make, () => h("p.problem", { role: "alert" }, t("unreachable")));
}
