/**
 * The widget's catalogues as scripts: a site that allows the hub's scripts allows these, and nothing else need be
 * allowed for them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const FOLDER = resolve(import.meta.dirname, "shared/i18n");
const LIMIT = 2_500;

export function catalogues(): { file: string; names: Record<string, string>; emit: Plugin } {
  const scripts = new Map<string, string>();
  const names: Record<string, string> = {};
  for (const name of readdirSync(FOLDER).sort()) {
    const language = /^widget\.(\w+)\.json$/.exec(name)?.[1];
    if (!language) continue;
    const texts = JSON.parse(readFileSync(resolve(FOLDER, name), "utf8")) as { open_chat: string };
    names[language] = texts.open_chat;
    scripts.set(language, `(Baton.texts??={}).${language}=${JSON.stringify(texts)};\n`);
  }
  // One hash for all: the first script then needs one name instead of twelve.
  const hash = createHash("sha256")
    .update([...scripts.values()].join(""))
    .digest("base64url")
    .slice(0, 10);
  const file = `assets/widget-*-${hash}.js`;
  const emit: Plugin = {
    name: "baton-catalogues",
    apply: "build",
    generateBundle() {
      let largest = 0;
      for (const [language, source] of scripts) {
        this.emitFile({ type: "asset", fileName: file.replace("*", language), source });
        const small = gzipSync(source, { level: 9 }).length;
        largest = Math.max(largest, small);
        if (small > LIMIT)
          this.error(`the catalogue ${language} is over its budget by ${small - LIMIT} bytes`);
      }
      console.log(`${scripts.size} catalogues: at most ${largest} bytes gzip each (budget ${LIMIT})`);
    },
  };
  return { file, names, emit };
}
