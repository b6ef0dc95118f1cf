import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { catalogues } from "./vite.catalogues.config.ts";
import { budget, cssTarget, stylesInTheScript } from "./vite.common.config.ts";

const dist = resolve(import.meta.dirname, "dist");
const chat = readdirSync(resolve(dist, "assets")).filter((name) => /^widget-chat-.*\.js$/.test(name));
if (chat.length !== 1)
  throw new Error(`one chat script is wanted in dist/assets, found ${chat.length}: build it first`);

const { file, names, emit } = catalogues();

/** What a shop's page pays at first load. The catalogues are written beside it, each fetched where it is spoken. */
export default defineConfig({
  publicDir: false,
  define: {
    __BATON_CHAT_FILE__: JSON.stringify(`/assets/${chat[0]}`),
    __BATON_CATALOGUE_FILE__: JSON.stringify(`/${file}`),
    __BATON_OPEN_CHAT__: JSON.stringify(names),
  },
  plugins: [stylesInTheScript(), budget("widget.js", 25_000), emit],
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: "es2022",
    cssTarget,
    cssCodeSplit: false,
    rolldownOptions: {
      input: resolve(import.meta.dirname, "widget/main.ts"),
      output: { format: "iife", entryFileNames: "widget.js" },
    },
  },
});
