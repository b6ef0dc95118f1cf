/**
 * What strangers wrote, made fit to stand beside what others wrote: nothing invisible that impersonates, turns a line
 * around or stacks marks over its neighbours. The log keeps every character; only what is drawn is cleaned.
 */

/** Orders to turn the direction, and characters that are there and cannot be seen. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\u{e0001}/gu;
/** Joiners belong into emoji and into scripts whose letters join; elsewhere they only make two names look like one. */
const JOINER =
  /(?<![\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Sinhala}\p{Script=Malayalam}\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{M}])[\u200c\u200d]/gu;
const STACKED = /(\p{M}{3})\p{M}+/gu;

const NAME_CHARS = 48;

/** A name, in one line. */
export function cleanName(name: string): string {
  const plain = name
    .replace(UNSEEN, "")
    .replace(JOINER, "")
    .replace(STACKED, "$1")
    .replace(/\s+/g, " ")
    .trim();
  const letters = [...plain];
  return letters.length > NAME_CHARS ? `${letters.slice(0, NAME_CHARS).join("")}…` : plain;
}

/** A text of many lines. Zero-width characters stay where a script needs them. */
export function cleanText(text: string): string {
  return text.replace(UNSEEN, "").replace(STACKED, "$1");
}

/** One to six emoji and nothing else: drawn larger. */
export function onlyEmoji(text: string): boolean {
  if (text.length > 80 || !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text)) return false;
  if (/[^\p{Extended_Pictographic}\p{Emoji_Component}\s]|[0-9#*](?!\ufe0f?\u20e3)/u.test(text)) return false;
  return (
    (text.match(
      /\p{Extended_Pictographic}(\u200d\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)*|\p{RI}\p{RI}/gu,
    )?.length ?? 0) <= 6
  );
}
