/** A small emoji picker, searched by name in the reader's language. */
import names from "../../shared/i18n/emoji.json";
import { cell, each, h, when, type Child } from "../dom.ts";
import { style } from "../sheets.ts";
import { language, t } from "../texts.ts";
import css from "../styles/emoji.css?inline";

style(css);

export function picker(insert: (emoji: string) => void, close: () => void): Child {
  const known = (names as Record<string, string | string[]>)[language] ?? names.en;
  const called = String(known).split(/[,،、，]/);
  const all = names.emoji.map((emoji, i) => ({ emoji, name: called[i] ?? "" }));
  const asked = cell("");
  const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase(language);
  const found = () => all.filter(({ name }) => plain(name).includes(plain(asked.v.trim())));
  const search = h("input.input", {
    type: "search",
    autofocus: true,
    dir: "auto",
    "aria-label": t("emoji_search"),
    placeholder: t("emoji_search"),
    oninput: () => (asked.v = search.value),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = found()[0];
      if (first) insert(first.emoji);
    },
  });
  return h(
    "div.emojis",
    {
      role: "group",
      "aria-label": t("emoji"),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        close();
      },
    },
    search,
    h(
      "div.grid",
      null,
      each(
        found,
        ({ emoji }) => emoji,
        (one) => {
          const { emoji, name } = one.v;
          return h(
            "button.round",
            { type: "button", "aria-label": name, title: name, onclick: () => insert(emoji) },
            emoji,
          );
        },
      ),
    ),
    when(
      () => found().length === 0,
      () => h("p", { role: "status" }, t("emoji_none")),
    ),
  );
}
