/** What the two builds of the widget have in common. */
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Nothing newer is written than these read; nothing is rewritten into something longer for older ones. */
export const cssTarget = ["chrome123", "firefox121", "safari17.5"];

/**
 * Puts the styles into the script as one constant. A strict `style-src 'self'` of the host page forbids
 * <style> elements, also inside a shadow root; a constructed style sheet is allowed.
 */
export function stylesInTheScript(): Plugin {
  return {
    name: "baton-styles-in-the-script",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      let css = "";
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type !== "asset" || !name.endsWith(".css")) continue;
        css += typeof file.source === "string" ? file.source : new TextDecoder().decode(file.source);
        delete bundle[name];
      }
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const place = /["'`]__BATON_WIDGET_CSS__["'`]/;
        if (!place.test(file.code)) this.error("the place for the styles is missing");
        file.code = file.code.replace(place, () => JSON.stringify(css.trim()));
      }
    },
  };
}

/** Names a finished script by its content. The bundler's own hash does not know the styles that were put in. */
export function hashedName(prefix: string): Plugin {
  return {
    name: "baton-hashed-name",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const hash = createHash("sha256").update(file.code).digest("base64url").slice(0, 10);
        file.fileName = `${prefix}-${hash}.js`;
      }
    },
  };
}

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

/** Prints what a script weighs and fails the build above its budget. */
export function budget(what: string, limit: number): Plugin {
  return {
    name: "baton-budget",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const small = gzipSync(file.code, { level: 9 }).length;
        console.log(`${what}: ${Buffer.byteLength(file.code)} bytes, ${small} bytes gzip (budget ${limit})`);
        if (small > limit) this.error(`${what} is over its budget by ${small - limit} bytes`);
      }
    },
  };
}

/** Scoped class names of two letters: each is repeated some hundred times in the script. */
export function shortNames(): (input: { filename: string }) => string {
  const names = new Map<string, string>();
  return ({ filename }) => {
    const name = names.get(filename) ?? `b${names.size.toString(36)}`;
    names.set(filename, name);
    return name;
  };
}
