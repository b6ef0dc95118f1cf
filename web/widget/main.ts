/**
 * The one script on a shop's page:
 *
 *   <script src="https://hub.example/widget.js" data-inbox="demo" defer></script>
 *
 * `data-target="#id"` puts the chat into an element instead of behind a launcher; `data-theme="light|dark"` fixes the
 * look. Without `data-inbox` it only offers `window.Baton.mount({ inbox, target })`.
 *
 * It draws the launcher and nothing else. The chat itself (`chat.ts`) comes when it is wanted: the launcher is
 * approached, the element comes into view, or this browser has a chat already. A visitor who never chats pays for a
 * button.
 */
import { launcher as texts } from "../shared/i18n/en.json";
import type { ChatMount } from "./chat.ts";
import { LAUNCHER_ICON } from "./icon.ts";
import "../shared/tokens.css";
import "./host.css";
import "./launcher.css";

const CSS = "__BATON_WIDGET_CSS__";
declare const __BATON_CHAT_FILE__: string;

export type Options = { inbox: string; target?: string | Element; theme?: string; hub?: string };

declare global {
  interface Window {
    Baton?: { mount: (options: Options) => () => void; chat?: ChatMount };
  }
}

// Only while the script runs for the first time is it known which element it came from.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
const origin = script?.src ? new URL(script.src).origin : location.origin;

let loading: Promise<ChatMount> | undefined;

function loadChat(hub: string): Promise<ChatMount> {
  loading ??= fetchChat(new URL(__BATON_CHAT_FILE__, hub).href)
    .then(() => {
      const chat = window.Baton?.chat;
      if (!chat) throw new Error("baton: the chat did not load");
      return chat;
    })
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

async function fetchChat(url: string): Promise<void> {
  // At home an import needs no permission. From elsewhere an import would need the hub's leave for each site; a
  // script element does not.
  if (new URL(url).origin === location.origin) {
    await import(/* @vite-ignore */ url);
    return;
  }
  await new Promise<void>((done, failed) => {
    const element = document.createElement("script");
    element.onload = () => done();
    element.onerror = () => failed(new Error("baton: the chat did not load"));
    element.src = trusted(url);
    document.head.append(element);
  });
}

/** Under `require-trusted-types-for 'script'` the site names the policy "baton" in its `trusted-types`. */
function trusted(url: string): string {
  type Policies = { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
  const policies = (window as { trustedTypes?: Policies }).trustedTypes;
  try {
    return policies?.createPolicy("baton", { createScriptURL: () => url }).createScriptURL(url) ?? url;
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

  const host = document.createElement("baton-chat");
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
    const chat = await loadChat(hub).catch((error: unknown) => console.warn(error));
    if (!chat || gone || unmount) return;
    unmount = chat({ host, root, hub, inbox: options.inbox, inline: Boolean(target), open });
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
    button.setAttribute("aria-label", texts.open_chat);
    button.setAttribute("aria-expanded", "false");
    button.append(icon());
    button.addEventListener("click", () => void show(true));
    // Warm by the time it is pressed.
    for (const sign of ["pointerenter", "focus"])
      button.addEventListener(sign, () => void loadChat(hub).catch(() => undefined), { once: true });
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

const { inbox, target, theme } = script?.dataset ?? {};
if (inbox) {
  const go = () => void mount({ inbox, target, theme });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", go, { once: true });
  else go();
}
