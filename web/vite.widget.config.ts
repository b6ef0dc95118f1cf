import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { catalogues } from "./vite.catalogues.config.ts";
import { cssTarget, FIRST_LOAD, small, usedTokensOnly } from "./vite.common.config.ts";

const dist = resolve(import.meta.dirname, "dist");
const assets = resolve(dist, "assets");
const chat = readdirSync(assets).filter((name) => /^widget-chat-.*\.js$/.test(name));
if (chat.length !== 1)
  throw new Error(`one chat script is wanted in dist/assets, found ${chat.length}: build it first`);

const { file, names, scripts } = catalogues();

/** The chat's script with all that it imports before it runs. What it imports later is not of the first load. */
function withImports(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const code = readFileSync(resolve(assets, name), "utf8");
  for (const [, next] of code.matchAll(/(?:^|[;}])\s*(?:import|export)\b[^()]*?["']\.\/([\w.-]+\.js)["']/g))
    if (next) withImports(next, found);
  return found;
}

/** Writes the catalogues beside the chat, says what the first load weighs, and fails above its budget. */
function firstLoad(): Plugin {
  return {
    name: "baton-first-load",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      let launcher = 0;
      for (const one of Object.values(bundle)) if (one.type === "chunk") launcher += small(one.code);
      let talk = 0;
      for (const name of withImports(chat[0] ?? "")) talk += small(readFileSync(resolve(assets, name)));
      let heaviest = ["", 0] as [string, number];
      for (const [language, source] of scripts) {
        this.emitFile({ type: "asset", fileName: file.replace("*", language), source });
        const size = small(source);
        if (size > heaviest[1]) heaviest = [language, size];
      }
      const total = launcher + talk + heaviest[1];
      console.log(
        `the widget's first load: launcher ${launcher} + chat ${talk} + texts at most ${heaviest[1]} (${heaviest[0]}) = ${total} bytes gzip (budget ${FIRST_LOAD})`,
      );
      if (total > FIRST_LOAD) this.error(`the widget is over its budget by ${total - FIRST_LOAD} bytes`);
    },
  };
}

/** What a shop's page pays at first load. */
export default defineConfig({
  publicDir: false,
  define: {
    __BATON_CHAT_FILE__: JSON.stringify(`/assets/${chat[0]}`),
    __BATON_CATALOGUE_FILE__: JSON.stringify(`/${file}`),
    __BATON_OPEN_CHAT__: JSON.stringify(names),
  },
  plugins: [usedTokensOnly(), firstLoad()],
  build: {
    outDir: dist,
    emptyOutDir: false,
    target: "es2022",
    cssTarget,
    rolldownOptions: {
      input: resolve(import.meta.dirname, "widget/main.ts"),
      output: { format: "iife", entryFileNames: "widget.js" },
    },
  },
});
