import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import {
  budget,
  cssTarget,
  hashedName,
  shortNames,
  stylesInTheScript,
  withoutEarlier,
} from "./vite.common.config.ts";

/** The chat that widget.js fetches when it is wanted. Its name carries its hash: it may be cached for ever. */
export default defineConfig({
  publicDir: false,
  // "tree" builds elements one by one and never assigns innerHTML: the chat works under the host page's
  // `require-trusted-types-for 'script'` without a policy of Svelte's own.
  plugins: [
    svelte({ compilerOptions: { fragments: "tree", cssHash: shortNames() } }),
    withoutEarlier(resolve(import.meta.dirname, "dist/assets"), /^widget-.*\.js$/),
    stylesInTheScript(),
    hashedName("assets/widget-chat"),
    budget("the chat", 32_000),
  ],
  build: {
    outDir: resolve(import.meta.dirname, "dist"),
    emptyOutDir: false,
    target: "es2022",
    cssTarget,
    cssCodeSplit: false,
    rolldownOptions: {
      input: resolve(import.meta.dirname, "widget/chat.ts"),
      output: { format: "iife", entryFileNames: "assets/widget-chat.js" },
    },
  },
});
