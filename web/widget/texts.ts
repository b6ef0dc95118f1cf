/**
 * The widget's words. English is in the chat's script; another language comes beside it as a script of its own, and
 * is there before the chat is drawn. One page speaks one language: that of its first chat.
 */
import { formatTag, translator, type Texts, type Translate } from "../shared/i18n.ts";
import en from "../shared/i18n/widget.en.json";

export type Key = keyof typeof en;

export let language = "en";
/** For times, with the reader's region. */
export let tag = "en";
export let t: Translate<Key> = translator(en, language);

let spoken = false;

/** A catalogue that did not come leaves the whole chat in English, never a part of it. */
export function speak(wanted: string, texts: Texts | undefined, tags: readonly string[]): void {
  if (spoken) return;
  spoken = true;
  language = texts ? wanted : "en";
  tag = formatTag(tags, language);
  // Every catalogue has the keys of the English one: a test sees to it.
  t = translator((texts ?? en) as typeof en, language);
}
