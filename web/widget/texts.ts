/**
 * The widget's words. Each language is a script of its own that comes beside the chat's, and is there before the chat
 * is drawn. One page speaks one language: that of its first chat.
 */
import { formatTag, translator, type Translate } from "../shared/i18n.ts";
import type en from "../shared/i18n/widget.en.json";
import { cell } from "./dom.ts";

/** Every catalogue has the keys of the English one: a test sees to it. */
export type Catalogue = typeof en;
export type Key = keyof Catalogue;

export let language = "en";
/** For times, with the reader's region. */
export let tag = "en";
let words: Catalogue | undefined;
const say = cell<Translate<Key>>();

/** A text; where it is asked for by an element, the element follows what the house writes in its place. */
export function t(...asked: Parameters<Translate<Key>>): string {
  return say.v?.(...asked) ?? "";
}
export function nth(...asked: Parameters<Translate<Key>["nth"]>): string {
  return say.v?.nth(...asked) ?? "";
}

export function speak(spoken: string, texts: Catalogue, tags: readonly string[]): void {
  if (words) return;
  words = texts;
  language = spoken;
  tag = formatTag(tags, language);
  say.v = translator(texts, language);
}

/** What an inbox says instead, by the keys of the catalogue. What has forms keeps them. */
export function override(own: Record<string, string> | undefined): void {
  if (!words || !own) return;
  const texts: Record<string, unknown> = { ...words };
  for (const [key, text] of Object.entries(own))
    if (text && typeof texts[key] === "string") texts[key] = text;
  say.v = translator(texts as Catalogue, language);
}
