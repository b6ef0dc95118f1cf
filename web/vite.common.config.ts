/** What the two builds of the widget have in common. */
import { readdirSync, readFileSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Nothing newer is written than these read; nothing is rewritten into something longer for older ones. */
export const cssTarget = ["chrome123", "firefox121", "safari17.5"];

/** Bytes gzip for all that shows the launcher, opens the panel and exchanges messages, in the heaviest language. */
export const FIRST_LOAD = 25_000;

export const small = (source: string | Uint8Array): number => gzipSync(source, { level: 9 }).length;

/** Takes away what an earlier build left under names with other hashes. */
export function withoutEarlier(folder: string, name: RegExp): Plugin {
  return {
    name: "baton-without-earlier",
    apply: "build",
    async buildStart() {
      const files = await readdir(folder).catch(() => []);
      for (const file of files) if (name.test(file)) await rm(resolve(folder, file));
    },
  };
}

/**
 * Of the design tokens, the widget's first script carries those that the widget's styles use: the desk has many more.
 */
export function usedTokensOnly(): Plugin {
  const styles = resolve(import.meta.dirname, "widget/styles");
  return {
    name: "baton-used-tokens-only",
    enforce: "pre",
    transform(code, id) {
      if (!/\/shared\/tokens\.css(\?|$)/.test(id)) return;
      const source = code.replace(/\/\*[\s\S]*?\*\//g, "");
      const declared = new Map<string, string>();
      for (const [, name = "", value = ""] of source.matchAll(/(--[\w-]+):([^;]*);/g))
        declared.set(name, `${declared.get(name) ?? ""} ${value}`);
      const used = new Set<string>();
      const use = (text: string) => {
        for (const [, name = ""] of text.matchAll(/var\((--[\w-]+)/g)) {
          if (used.has(name)) continue;
          used.add(name);
          use(declared.get(name) ?? "");
        }
      };
      for (const file of readdirSync(styles)) use(readFileSync(resolve(styles, file), "utf8"));
      return source
        .replace(/(--[\w-]+):[^;]*;/g, (whole, name: string) => (used.has(name) ? whole : ""))
        .replace(/:root,\s*/g, "")
        .replace(/@media[^{]*\{\s*:host\s*\{\s*\}\s*\}/g, "");
    },
  };
}
