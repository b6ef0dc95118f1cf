import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { cssTarget, withoutEarlier } from "./vite.common.config.ts";

/** Vite's own helper around `import()` looks for styles and preloads; ours has none and takes no bytes. */
const plainImports: Plugin = {
  name: "baton-plain-imports",
  enforce: "pre",
  load: (id) =>
    id.includes("vite/preload-helper") ? "export const __vitePreload = (load) => load();" : null,
};

/**
 * The chat that widget.js fetches when it is wanted, and the parts that the chat fetches when they are. Modules, whose
 * names carry their hashes: they may be cached for ever.
 */
export default defineConfig({
  publicDir: false,
  plugins: [plainImports, withoutEarlier(resolve(import.meta.dirname, "dist/assets"), /^widget-.*\.js$/)],
  // Beside each other, wherever the hub is.
  base: "./",
  build: {
    outDir: resolve(import.meta.dirname, "dist"),
    emptyOutDir: false,
    target: "es2022",
    cssTarget,
    modulePreload: false,
    rolldownOptions: {
      input: { chat: resolve(import.meta.dirname, "widget/chat.ts") },
      preserveEntrySignatures: "allow-extension",
      output: {
        format: "es",
        entryFileNames: "assets/widget-chat-[hash].js",
        chunkFileNames: "assets/widget-part-[name]-[hash].js",
      },
    },
  },
});
