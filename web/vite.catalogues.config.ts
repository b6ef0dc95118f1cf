/**
 * The widget's catalogues as scripts: a site that allows the hub's scripts allows these, and nothing else need be
 * allowed for them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "shared/i18n");

export type Catalogues = {
  /** Where they are, with `*` for the language. */
  file: string;
  /** What the launcher is called in each. */
  names: Record<string, string>;
  scripts: Map<string, string>;
};

export function catalogues(): Catalogues {
  const scripts = new Map<string, string>();
  const names: Record<string, string> = {};
  for (const name of readdirSync(FOLDER).sort()) {
    const language = /^widget\.(\w+)\.json$/.exec(name)?.[1];
    if (!language) continue;
    const texts = JSON.parse(readFileSync(resolve(FOLDER, name), "utf8")) as { open_chat: string };
    names[language] = texts.open_chat;
    scripts.set(language, `export default ${JSON.stringify(texts)};\n`);
  }
  // One hash for all: the first script then needs one name instead of twelve.
  const hash = createHash("sha256")
    .update([...scripts.values()].join(""))
    .digest("base64url")
    .slice(0, 10);
  return { file: `assets/widget-*-${hash}.js`, names, scripts };
}
