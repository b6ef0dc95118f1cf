import { rename } from "node:fs/promises";
import { resolve } from "node:path";
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

/** `npx vite` for work on the pages: the hub runs beside it and answers everything but the pages. */
const hub = process.env.BATON_HUB ?? "http://127.0.0.1:8090";

export default defineConfig({
  root: resolve(import.meta.dirname, "console"),
  publicDir: resolve(import.meta.dirname, "public"),
  plugins: [svelte(), pageAtTheTop()],
  build: {
    outDir: dist,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Built apart and served by the hub.
    rolldownOptions: { external: ["/widget.js"] },
  },
  server: {
    proxy: { "/api": { target: hub, ws: true }, "/chat": { target: hub, ws: true }, "/widget.js": hub },
  },
});
