/**
 * The one script on a shop's page:
 *
 *   <script src="https://hub.example/widget.js" data-inbox="demo" defer></script>
 *
 * It asks the hub how this inbox looks, draws the launcher and nothing else. The chat itself (`chat.ts`) comes when it
 * is wanted: the launcher is approached, the element comes into view, or this browser has a chat already; with it
 * comes the catalogue of the one language that is spoken here. A visitor who never chats pays for a button.
 *
 * All options: docs/pages.md.
 */
import type { Inbox } from "../shared/api.ts";
import { direction } from "../shared/i18n.ts";
import { accentTokens } from "./accent.ts";
import type { Chat, ChatMount } from "./chat.ts";
import { LAUNCHER_ICON } from "./icons.ts";
import { languageOf, type Language } from "./language.ts";
import type { Catalogue } from "./texts.ts";
import tokens from "../shared/tokens.css?inline";
import hostStyle from "./styles/host.css?inline";
import launcherStyle from "./styles/launcher.css?inline";

declare const __BATON_CHAT_FILE__: string;
/** With `*` for the language. */
declare const __BATON_CATALOGUE_FILE__: string;
/** The one text of this script, for each language that the widget speaks. */
declare const __BATON_OPEN_CHAT__: Record<string, string>;

/** Without the house's colours the launcher is drawn after this long all the same. */
const LOOKS_LIMIT_MS = 1500;

export type Options = {
  inbox: string;
  target?: string | Element;
  theme?: string;
  language?: string;
  /** Before what the hub says: `#rrggbb`, and `start` or `end`. */
  accent?: string;
  position?: string;
  /** A token of the site's own server that says who the customer is. */
  identity?: string;
  /** Open at once. */
  open?: boolean;
  hub?: string;
};

type Mounted = { open(): void; close(): void; identify(token: string | null): void };

declare global {
  interface Window {
    Baton?: {
      mount: (options: Options) => () => void;
      identify: (token: string | null) => void;
      open: () => void;
      close: () => void;
    };
  }
}

// Only while the script runs for the first time is it known which element it came from.
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;
const origin = script?.src ? new URL(script.src).origin : location.origin;
const mounted = new Set<Mounted>();
let identity: string | null | undefined;

type Loaded = { chat: ChatMount; spoken: string; texts: Catalogue };
let loading: Promise<Loaded> | undefined;

/** The chat and its texts, side by side. Where those of the language do not come, English ones keep the chat going. */
function loadChat(hub: string, { speaks }: Language): Promise<Loaded> {
  const take = (file: string) => import(/* @vite-ignore */ new URL(file, hub).href) as Promise<object>;
  const catalogue = async (language: string) => {
    const { default: texts } = (await take(__BATON_CATALOGUE_FILE__.replace("*", language))) as {
      default: Catalogue;
    };
    return { spoken: language, texts };
  };
  loading ??= Promise.all([
    take(__BATON_CHAT_FILE__) as Promise<{ mount: ChatMount }>,
    catalogue(speaks).catch(() => catalogue("en")),
  ])
    .then(([{ mount: chat }, words]) => ({ chat, ...words }))
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function knownHere(hub: string, inbox: string): boolean {
  try {
    return localStorage.getItem(`baton:${hub}:${inbox}`) !== null;
  } catch {
    return false;
  }
}

/** How the inbox looks. Nothing that fails here keeps the button away: the chat asks again, and says what is wrong. */
async function looksOf(hub: string, inbox: string): Promise<Inbox | undefined> {
  try {
    const answer = await fetch(new URL(`/chat/v1/inboxes/${encodeURIComponent(inbox)}`, hub));
    return answer.ok ? ((await answer.json()) as Inbox) : undefined;
  } catch {
    return undefined;
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
  root.adoptedStyleSheets = [tokens, hostStyle, launcherStyle].map((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  });

  const known = Promise.race([
    looksOf(hub, options.inbox),
    new Promise<undefined>((go) => setTimeout(go, LOOKS_LIMIT_MS)),
  ]);
  const looks = known.then((inbox) => {
    const { accent, position } = inbox?.widget ?? {};
    for (const [name, value] of Object.entries(accentTokens(options.accent || accent || "") ?? {}))
      host.style.setProperty(name, value);
    if ((options.position || position) === "start") host.dataset.side = "start";
  });

  let chat: Chat | undefined;
  let coming: Promise<void> | undefined;
  let gone = false;
  let button: HTMLButtonElement | undefined;
  let who = options.identity ?? identity ?? undefined;

  const show = (open: boolean): Promise<void> => {
    coming ??= Promise.all([loadChat(hub, language), known, looks])
      .then(([{ chat: make, spoken, texts }, known]) => {
        if (gone) return;
        const inbox = options.inbox;
        const inline = Boolean(target);
        chat = make({ host, root, hub, inbox, inline, language, spoken, texts, known, identity: who });
        button?.remove();
      })
      .catch((error: unknown) => {
        coming = undefined;
        console.warn(error);
      });
    return coming.then(() => (open ? chat?.open() : undefined));
  };
  const self: Mounted = {
    open: () => void show(true),
    close: () => chat?.close(),
    identify: (token) => {
      who = token ?? undefined;
      chat?.identify(token);
    },
  };
  mounted.add(self);

  (target ?? document.body).append(host);
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
    void looks.then(() => {
      if (gone || coming) return;
      button = launcher(__BATON_OPEN_CHAT__[language.speaks] ?? "");
      button.addEventListener("click", () => void show(true));
      // Warm by the time it is pressed.
      for (const sign of ["pointerenter", "focus"])
        button.addEventListener(sign, () => void loadChat(hub, language).catch(() => undefined), {
          once: true,
        });
      root.append(button);
      // A chat that goes on may have news.
      if (options.open || knownHere(hub, options.inbox)) void show(Boolean(options.open));
    });
  }

  return () => {
    gone = true;
    mounted.delete(self);
    chat?.unmount();
    host.remove();
  };
}

function launcher(name: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "launcher";
  button.setAttribute("aria-label", name);
  button.setAttribute("aria-expanded", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", LAUNCHER_ICON);
  svg.append(path);
  button.append(svg);
  return button;
}

window.Baton = {
  mount,
  identify: (token) => {
    identity = token;
    for (const one of mounted) one.identify(token);
  },
  open: () => mounted.forEach((one) => one.open()),
  close: () => mounted.forEach((one) => one.close()),
};

const { inbox, open, ...rest } = script?.dataset ?? {};
if (inbox) {
  const go = () =>
    void mount({ inbox, open: open !== undefined && open !== "false", ...rest, hub: undefined });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", go, { once: true });
  else go();
}
