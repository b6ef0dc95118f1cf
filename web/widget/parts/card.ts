/**
 * A bot's card: a title, a text, a picture, buttons. What it holds beyond that, and any other kind of card, is shown
 * by the readable text that the hub made of it.
 */
import type { Part } from "../../shared/api.ts";
import { safeUrl } from "../../shared/markdown.ts";
import { cleanName } from "../../shared/safe.ts";
import { h, when, type Child } from "../dom.ts";
import type { Shown } from "../message.ts";
import { link, rich } from "../rich.ts";
import { style } from "../sheets.ts";
import css from "../styles/card.css?inline";

style(css);

const BUTTONS = 6;
type Json = Record<string, unknown>;
type Button = { title: string; url?: string; value?: string };

export function card(part: Extract<Part, { type: "card" }>, plain: string, shown: Shown): Child {
  const json = object(part.json);
  const [title, subtitle, text] = [words(json.title), words(json.subtitle), words(json.text)];
  const picture = safeUrl(pictureOf(json));
  const buttons = list(json.buttons ?? json.actions)
    .flatMap(button)
    .slice(0, BUTTONS);
  if (!title && !text && !picture) return rich(plain, false);
  return h(
    "div.bot-card",
    null,
    picture &&
      /^https:/i.test(picture) &&
      h("img", {
        src: picture,
        alt: words(json.alt) || words(object(list(json.images)[0]).alt) || "",
        loading: "lazy",
        referrerpolicy: "no-referrer",
        // A site's policy may keep it out; the card stands without it.
        onerror: (event: Event) => (event.currentTarget as HTMLElement).remove(),
      }),
    title && h("strong", { dir: "auto" }, cleanName(title)),
    subtitle && h("p.note", { dir: "auto" }, subtitle),
    text && rich(text, true),
    buttons.map(({ title, url, value }) =>
      url
        ? link(url, title, "a.button")
        : when(
            () => shown.choosable?.(),
            () =>
              h(
                "button.button",
                {
                  type: "button",
                  dir: "auto",
                  onclick: () => shown.onchoice?.({ label: title, value: value ?? title }),
                },
                title,
              ),
          ),
    ),
  );
}

function button(given: unknown): Button[] {
  const json = object(given);
  const title = cleanName(words(json.title) || words(json.label));
  if (!title) return [];
  const kind = words(json.type).toLowerCase();
  const target = words(json.url) || words(json.value);
  if (kind.endsWith("openurl") || (!kind && json.url)) {
    const url = safeUrl(target);
    return url ? [{ title, url }] : [];
  }
  // What needs another program (a call, a log-in, a download) is no answer to a bot.
  if (kind && !/^(imback|postback|messageback|action\.submit|reply)$/.test(kind)) return [];
  const value = typeof json.value === "string" ? json.value : JSON.stringify(json.value ?? title);
  return [{ title, value }];
}

function pictureOf(json: Json): string {
  const image = json.image ?? list(json.images)[0];
  return typeof image === "string" ? image : words(object(image).url);
}

const object = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const words = (value: unknown): string => (typeof value === "string" ? value.slice(0, 4000) : "");
