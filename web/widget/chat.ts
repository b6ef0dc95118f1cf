/** The chat itself, fetched by the first script when it is wanted. Says how to mount it and does nothing else. */
import type { Inbox } from "../shared/api.ts";
import { direction } from "../shared/i18n.ts";
import { effect, scope } from "./dom.ts";
import type { Language } from "./language.ts";
import { panel } from "./panel.ts";
import { Session } from "./session.ts";
import { style, wear } from "./sheets.ts";
import { language, override, speak, type Catalogue } from "./texts.ts";
import css from "./styles/chat.css?inline";

export type ChatOptions = {
  host: HTMLElement;
  root: ShadowRoot;
  hub: string;
  inbox: string;
  inline: boolean;
  language: Language;
  /** In which language its texts are: English where the wanted catalogue did not come. */
  spoken: string;
  texts: Catalogue;
  /** What the hub says of the inbox, if it has answered. */
  known: Inbox | undefined;
  identity: string | undefined;
};
export type Chat = {
  open(): void;
  close(): void;
  identify(token: string | null): void;
  unmount(): void;
};
export type ChatMount = (options: ChatOptions) => Chat;

style(css);

export const mount: ChatMount = ({ host, root, hub, inbox, inline, language: wanted, ...rest }) => {
  speak(rest.spoken, rest.texts, wanted.tags);
  host.lang = language;
  host.dir = direction(language);
  const { known, identity } = rest;
  const session = new Session({
    hub,
    inbox,
    language: wanted.known ? wanted.speaks : undefined,
    known,
    identity,
  });
  const unwear = wear(root);
  const [made, end] = scope(() => {
    effect(() => override(session.widget.v.texts));
    const made = panel(session, inline);
    root.append(...made.nodes);
    return made;
  });
  return {
    open: made.open,
    close: made.close,
    identify: (token) => void session.identify(token),
    unmount() {
      session.stop();
      end();
      unwear();
      for (const node of made.nodes) node.remove();
    },
  };
};
