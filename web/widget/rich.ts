/** What somebody wrote, as elements. No HTML is ever made from it. */
import { parse, type Inline } from "../shared/markdown.ts";
import { cleanText, onlyEmoji } from "../shared/safe.ts";
import { cell, h, type Child } from "./dom.ts";
import { t } from "./texts.ts";

/** Longer texts are folded: nobody should have to scroll past a pasted log to reach the answer. */
const FOLD_CHARS = 1500;
const FOLD_LINES = 24;

export function rich(written: string, markdown: boolean): Child {
  const text = cleanText(written);
  const blocks = parse(text, markdown).map((block) =>
    block.kind === "paragraph"
      ? h(
          onlyEmoji(text) ? "p.emoji" : "p",
          { dir: "auto" },
          block.lines.map((line, i) => [i > 0 && h("br"), line.map(run)]),
        )
      : h(
          block.ordered ? "ul.ordered" : "ul",
          { dir: "auto" },
          block.items.map((item) => h("li", { dir: "auto" }, item.map(run))),
        ),
  );
  if (text.length < FOLD_CHARS && text.split("\n").length <= FOLD_LINES) return blocks;
  const whole = cell(false);
  return [
    h("div", { class: () => (whole.v ? "" : "folded") }, blocks),
    h(
      "button.link",
      { type: "button", "aria-expanded": () => String(whole.v), onclick: () => (whole.v = !whole.v) },
      () => t(whole.v ? "show_less" : "show_all"),
    ),
  ];
}

function run(one: Inline): Child {
  switch (one.kind) {
    case "bold":
      return h("strong", null, one.text);
    case "italic":
      return h("em", null, one.text);
    case "code":
      return h("code", null, one.text);
    case "link":
      return link(one.url, one.text);
    default:
      return one.text;
  }
}

/** A link whose words name another place than it leads to says where it leads. */
export function link(url: string, words: string, tag: "a" | "a.button" = "a"): Child {
  const host = hostOf(url);
  const claimed = /(?:^|[\s/@])((?:[\w-]+\.)+[a-z]{2,})/i.exec(words)?.[1]?.toLowerCase();
  const lies = host && claimed && !`.${host}`.endsWith(`.${claimed.replace(/^www\./, "")}`);
  return h(
    tag,
    { href: url, target: "_blank", rel: "noopener noreferrer nofollow", title: url },
    lies ? `${words} (${host})` : words,
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}
