/**
 * The widget's words. Each language is a script of its own that comes beside the chat's, and is there before the chat
 * is drawn. One page speaks one language: that of its first chat.
 */
import { formatTag, translator, type Translate } from "../shared/i18n.ts";
import type en from "../shared/i18n/widget.en.json";

/** Every catalogue has the keys of the English one: a test sees to it. */
export type Catalogue = typeof en;
export type Key = keyof Catalogue;

export let language = "en";
/** For times, with the reader's region. */
export let tag = "en";
export let t: Translate<Key>;
let chosen = false;

export function speak(spoken: string, texts: Catalogue, tags: readonly string[]): void {
  if (chosen) return;
  chosen = true;
  language = spoken;
  tag = formatTag(tags, language);
  t = translator(texts, language);
}
