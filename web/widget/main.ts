/**
 * The one script on a shop's page:
 *
 *   <script src="https://hub.example/widget.js" data-inbox="demo" defer></script>
 *
 * `data-target="#id"` puts the chat into an element instead of behind a launcher; `data-theme="light|dark"` fixes the
 * look; `data-language="de"` the language. Without `data-inbox` it only offers
 * `window.Baton.mount({ inbox, target })`.
 *
 * It draws the launcher and nothing else. The chat itself (`chat.ts`) comes when it is wanted: the launcher is
 * approached, the element comes into view, or this browser has a chat already; with it comes the catalogue of the one
 * language that is spoken here. A visitor who never chats pays for a button.
 */
import { direction } from "../shared/i18n.ts";
import type { ChatMount } from "./chat.ts";
import { LAUNCHER_ICON } from "./icon.ts";
import { languageOf, type Language } from "./language.ts";
import type { Catalogue } from "./texts.ts";
import "../shared/tokens.css";
import "./host.css";
import "./launcher.css";

const CSS = "__BATON_WIDGET_CSS__";
declare const __BATON_CHAT_FILE__: string;
/** With `*` for the language. */
declare const __BATON_CATALOGUE_FILE__: string;
/** The one text of this script, for each language that the widget speaks. */
declare const __BATON_OPEN_CHAT__: Record<string, string>;

export type Options = {
  inbox: string;
  target?: string | Element;
  theme?: string;
  language?: string;
  hub?: string;
};

declare global {
  interface Window {
    Baton?: {
      mount: (options: Options) => () => void;
      chat?: ChatMount;
      /** Put here by the catalogues' scripts. */
      texts?: Record<string, Catalogue>;
    };
  }
}

// Only while the script runs for the first time is it known which element it came from.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
const origin = script?.src ? new URL(script.src).origin : location.origin;

type Loaded = { chat: ChatMount; spoken: string; texts: Catalogue };
let loading: Promise<Loaded> | undefined;

/** The chat and its texts, side by side. Where those of the language do not come, English ones keep the chat going. */
function loadChat(hub: string, { speaks }: Language): Promise<Loaded> {
  const take = (file: string) => runScript(new URL(file, hub).href);
  const catalogue = (language: string) => take(__BATON_CATALOGUE_FILE__.replace("*", language));
  loading ??= Promise.all([take(__BATON_CHAT_FILE__), catalogue(speaks).catch(() => catalogue("en"))])
    .then(() => {
      const { chat, texts } = window.Baton ?? {};
      const spoken = texts?.[speaks] ? speaks : "en";
      const words = texts?.[spoken];
      if (!chat || !words) throw new Error("baton: the chat did not load");
      return { chat, spoken, texts: words };
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

async function runScript(url: string): Promise<void> {
  // At home an import needs no permission. From elsewhere an import would need the hub's leave for each site; a
  // script element does not.
  if (new URL(url).origin === location.origin) {
    await import(/* @vite-ignore */ url);
    return;
  }
  await new Promise<void>((done, failed) => {
    const element = document.createElement("script");
    element.onload = () => done();
    element.onerror = () => failed(new Error(`baton: ${url} did not load`));
    element.src = trusted(url);
    document.head.append(element);
  });
}

type Policy = { createScriptURL(url: string): string };
let policy: Policy | undefined;

/** Under `require-trusted-types-for 'script'` the site names the policy "baton" in its `trusted-types`. */
function trusted(url: string): string {
  type Policies = { createPolicy(name: string, rules: Policy): Policy };
  const policies = (window as { trustedTypes?: Policies }).trustedTypes;
  try {
    policy ??= policies?.createPolicy("baton", { createScriptURL: (own) => own });
    return policy?.createScriptURL(url) ?? url;
  } catch {
    return url;
  }
}

function knownHere(hub: string, inbox: string): boolean {
  try {
    return localStorage.getItem(`baton:${hub}:${inbox}`) !== null;
  } catch {
    return false;
  }
}

function mount(options: Options): () => void {
  const hub = options.hub ?? origin;
  const target = typeof options.target === "string" ? document.querySelector(options.target) : options.target;
  if (options.target && !target) console.warn(`baton: no element ${String(options.target)} on this page`);

  const language = languageOf(
    options.language,
    document.documentElement.lang,
    navigator.languages,
    Object.keys(__BATON_OPEN_CHAT__),
  );
  const host = document.createElement("baton-chat");
  host.lang = language.speaks;
  host.dir = direction(language.speaks);
  if (options.theme === "light" || options.theme === "dark") host.style.colorScheme = options.theme;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
  (target ?? document.body).append(host);

  let unmount: (() => void) | undefined;
  let gone = false;
  let button: HTMLButtonElement | undefined;
  const show = async (open: boolean) => {
    const loaded = await loadChat(hub, language).catch((error: unknown) => console.warn(error));
    if (!loaded || gone || unmount) return;
    const { chat, spoken, texts } = loaded;
    const inline = Boolean(target);
    unmount = chat({ host, root, hub, inbox: options.inbox, inline, open, language, spoken, texts });
    button?.remove();
  };

  if (target) {
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((s) => s.isIntersecting)) return;
      watch.disconnect();
      void show(false);
    });
    host.style.blockSize = "100%";
    host.style.minBlockSize = "1px";
    watch.observe(host);
  } else {
    button = document.createElement("button");
    button.type = "button";
    button.className = "launcher";
    button.setAttribute("aria-label", __BATON_OPEN_CHAT__[language.speaks] ?? "");
    button.setAttribute("aria-expanded", "false");
    button.append(icon());
    button.addEventListener("click", () => void show(true));
    // Warm by the time it is pressed.
    for (const sign of ["pointerenter", "focus"])
      button.addEventListener(sign, () => void loadChat(hub, language).catch(() => undefined), {
        once: true,
      });
    root.append(button);
    // A chat that goes on may have news.
    if (knownHere(hub, options.inbox)) setTimeout(() => void show(false), 0);
  }

  return () => {
    gone = true;
    unmount?.();
    host.remove();
  };
}

function icon(): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", LAUNCHER_ICON);
  svg.append(path);
  return svg;
}

window.Baton = { ...window.Baton, mount };

const { inbox, target, theme, language } = script?.dataset ?? {};
if (inbox) {
  const go = () => void mount({ inbox, target, theme, language });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", go, { once: true });
  else go();
}
