/** The chat itself, fetched by the first script when it is wanted. Registers how to mount it and does nothing else. */
import { mount, unmount } from "svelte";
import { direction } from "../shared/i18n.ts";
import { Session } from "./session.svelte.ts";
import { language } from "./texts.ts";
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
};
export type ChatMount = (options: ChatOptions) => () => void;

const chat: ChatMount = ({ host, root, hub, inbox, inline, open }) => {
  host.lang = language;
  host.dir = document.documentElement.dir || direction(language);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const session = new Session(hub, inbox);
  const app = mount(Widget, { target: root, props: { session, inline, startOpen: open } });
  return () => {
    session.stop();
    void unmount(app);
  };
};

window.Baton = { ...(window.Baton as NonNullable<Window["Baton"]>), chat };
