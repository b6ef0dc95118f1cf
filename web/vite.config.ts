import { readdir, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

const dist = resolve(import.meta.dirname, "dist");

/** The hub serves one page for /console, /setup and /try; it looks for it at the top of dist. */
function pageAtTheTop(): Plugin {
  return {
    name: "baton-page-at-the-top",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const page = bundle["index.html"];
      if (page) page.fileName = "console.html";
    },
    async closeBundle() {
      // Vite writes the page under its source name in some versions; the name is part of the contract.
      await rename(resolve(dist, "index.html"), resolve(dist, "console.html")).catch(() => undefined);
    },
  };
}

/**
 * Takes away what an earlier build of these pages left, once this one stands. The widget's files lie beside ours and are
 * not ours.
 */
function withoutOwnEarlier(): Plugin {
  return {
    name: "baton-without-own-earlier",
    apply: "build",
    async writeBundle(_options, bundle) {
      const folder = resolve(dist, "assets");
      for (const file of await readdir(folder).catch(() => []))
        if (!file.startsWith("widget-") && !(`assets/${file}` in bundle)) await rm(resolve(folder, file));
    },
  };
}

/** What an agent's browser fetches before the inbox stands: the frame, the inbox, what both import, their styles. */
function firstLoad(limit: number): Plugin {
  return {
    name: "baton-first-load",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = new Set<string>();
      const take = (name: string) => {
        const file = bundle[name];
        if (!file || files.has(name)) return;
        files.add(name);
        if (file.type !== "chunk") return;
        for (const other of file.imports) take(other);
        for (const style of file.viteMetadata?.importedCss ?? []) take(style);
      };
      for (const [name, file] of Object.entries(bundle))
        if (
          file.type === "chunk" &&
          (file.isEntry || /pages\/Inbox\.svelte$/.test(file.facadeModuleId ?? ""))
        )
          take(name);
      let small = 0;
      for (const name of files) {
        const file = bundle[name];
        if (file) small += gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }).length;
      }
      console.log(`the console's first load: ${files.size} files, ${small} bytes gzip (budget ${limit})`);
      if (small > limit) this.error(`the console's first load is over its budget by ${small - limit} bytes`);
    },
  };
}

/** `npx vite` for work on the pages: the hub runs beside it and answers everything but the pages. */
const hub = process.env.BATON_HUB ?? "http://127.0.0.1:8090";

export default defineConfig({
  root: resolve(import.meta.dirname, "console"),
  publicDir: resolve(import.meta.dirname, "public"),
  plugins: [svelte(), pageAtTheTop(), firstLoad(150_000), withoutOwnEarlier()],
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Built apart and served by the hub.
    rolldownOptions: { external: ["/widget.js"] },
  },
  server: {
    proxy: {
      "/api": { target: hub, ws: true },
      "/chat": { target: hub, ws: true },
      "/widget.js": hub,
      "/assets/widget-": hub,
    },
  },
});
