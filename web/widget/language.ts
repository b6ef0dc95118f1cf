/** Which language a chat speaks: what the snippet says, what the page is in, what the browser's owner reads. */
import { chooseLanguage } from "../shared/i18n.ts";

export type Language = {
  speaks: string;
  /** False where nothing that was wanted has a catalogue: then the inbox decides for bot and notices. */
  known: boolean;
  /** Everything wanted, for how times are written. */
  tags: readonly string[];
};

export function languageOf(
  said: string | undefined,
  page: string,
  reader: readonly string[],
  have: readonly string[],
): Language {
  const tags = [said ?? "", page, ...reader].filter(Boolean);
  const chosen = chooseLanguage(tags, have, "");
  return { speaks: chosen || "en", known: chosen !== "", tags };
}
