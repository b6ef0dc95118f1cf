/** The chat itself, fetched by the first script when it is wanted. Registers how to mount it and does nothing else. */
import { mount, unmount } from "svelte";
import { direction } from "../shared/i18n.ts";
import { Session } from "./session.svelte.ts";
import { language, speak, type Catalogue } from "./texts.ts";
import type { Language } from "./language.ts";
import Widget from "./Widget.svelte";
import "../shared/base.css";

const CSS = "__BATON_WIDGET_CSS__";

export type ChatOptions = {
  host: HTMLElement;
  root: ShadowRoot;
  hub: string;
  inbox: string;
  inline: boolean;
  open: boolean;
  language: Language;
  /** In which language its texts are: English where the wanted catalogue did not come. */
  spoken: string;
  texts: Catalogue;
};
export type ChatMount = (options: ChatOptions) => () => void;

const chat: ChatMount = ({ host, root, hub, inbox, inline, open, language: wanted, spoken, texts }) => {
  speak(spoken, texts, wanted.tags);
  host.lang = language;
  host.dir = direction(language);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const session = new Session(hub, inbox, wanted.known ? wanted.speaks : undefined);
  const app = mount(Widget, { target: root, props: { session, inline, startOpen: open } });
  return () => {
    session.stop();
    void unmount(app);
  };
};

window.Baton = { ...(window.Baton as NonNullable<Window["Baton"]>), chat };
