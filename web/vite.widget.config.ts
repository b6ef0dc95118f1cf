import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";
import { budget, cssTarget, stylesInTheScript } from "./vite.common.config.ts";

const dist = resolve(import.meta.dirname, "dist");
const chat = readdirSync(resolve(dist, "assets")).filter((name) => /^widget-chat-.*\.js$/.test(name));
if (chat.length !== 1)
  throw new Error(`one chat script is wanted in dist/assets, found ${chat.length}: build it first`);

/** What a shop's page pays at first load. */
export default defineConfig({
  publicDir: false,
  define: { __BATON_CHAT_FILE__: JSON.stringify(`/assets/${chat[0]}`) },
  plugins: [stylesInTheScript(), budget("widget.js", 25_000)],
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
