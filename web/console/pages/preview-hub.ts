/**
 * Stands between the widget and the hub inside the designer's preview: how the inbox looks is the hub's answer with the
 * unsaved settings over it; the chat is a sample that never leaves this page. A preview must not begin chats that count.
 */
import type {
  ChatClientFrame,
  ChatEvent,
  ChatServerFrame,
  ChatState,
  Inbox,
  Started,
} from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import type { Key } from "../texts.ts";

type Say = (key: Key) => string;
type Draft = Record<string, unknown>;

export class SampleHub {
  draft: Draft | undefined;
  #bot = "";
  #say: Say;

  constructor(say: Say) {
    this.#say = say;
  }

  /** From here on this page's widget talks to the sample. */
  stand(): void {
    const own = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input, location.href);
      if (url.pathname === "/chat/v1/conversations") return Response.json(this.#started(), { status: 201 });
      if (url.pathname.startsWith("/chat/v1/conversation")) return Response.json({});
      const answer = await own(input, init);
      if (!answer.ok || !url.pathname.startsWith("/chat/v1/inboxes/")) return answer;
      const inbox = (await answer.json()) as Inbox;
      this.#bot = inbox.bot_name ?? "";
      // Files are named by groups in the settings and by types in the widget: those stay the hub's.
      const { file_types: _, ...rest } = this.draft ?? {};
      return Response.json({ ...inbox, widget: { ...inbox.widget, ...rest } });
    };
    const hub = this as SampleHub;
    window.WebSocket = class extends SampleSocket {
      constructor() {
        super((frame) => hub.#answer(frame));
      }
    } as unknown as typeof WebSocket;
  }

  get #state(): ChatState {
    return {
      conversation: "00000000-0000-4000-8000-000000000000",
      inbox: null,
      episode: 1,
      language: "en",
      holder: { kind: "bot", name: this.#bot, human: false },
      place: null,
      handover: null,
      reference: null,
      can: {
        write: true,
        ask_person: true,
        withdraw: false,
        leave_message: false,
        stay_with_bot: false,
        rate: false,
        upload: this.draft?.files === true,
        report: true,
        transcript: this.draft?.transcript === true,
      },
      rating: null,
      last_position: 0,
      reported: [],
      blocked: false,
      customer: { name: null, known: false },
    };
  }

  #started(): Started {
    return {
      conversation: this.#state.conversation,
      token: "preview",
      client: newId(),
      next_counter: 1,
      cursor: "0",
      state: this.#state,
    };
  }

  #answer(frame: ChatClientFrame): ChatServerFrame[] {
    const at = Date.now();
    if (frame.type === "hello") {
      const bot = { kind: "bot" as const, name: this.#bot, human: false };
      const lines: [typeof bot | { kind: "customer" | "agent"; name: string | null; human: boolean }, Key][] =
        [
          [bot, "sample_greeting"],
          [{ kind: "customer", name: null, human: true }, "sample_question"],
          [bot, "sample_answer"],
          [{ kind: "agent", name: this.#say("sample_agent"), human: true }, "sample_person"],
        ];
      const events = lines.map(([by, key], i) =>
        message(i + 1, at - (lines.length - i) * 60_000, by, this.#say(key)),
      );
      return [
        {
          type: "welcome",
          state: { ...this.#state, last_position: events.length },
          cursor: "0",
          next_counter: 1,
        },
        ...events.map((event, i) => ({ type: "event" as const, event, cursor: String(i + 1) })),
      ];
    }
    if (frame.type === "ping") return [{ type: "pong" }];
    return [];
  }
}

function message(
  position: number,
  at: number,
  by: { kind: "customer" | "bot" | "agent"; name: string | null; human: boolean },
  text: string,
): ChatEvent {
  const parts = [{ type: "text" as const, text, markdown: false, language: null }];
  return { type: "message", position, at, message: newId(), by, parts, plain: text };
}

/** As much of a socket as the widget's line uses. */
class SampleSocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readyState = 0;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  #answer: (frame: ChatClientFrame) => ChatServerFrame[];

  constructor(answer: (frame: ChatClientFrame) => ChatServerFrame[]) {
    super();
    this.#answer = answer;
    setTimeout(() => {
      this.readyState = 1;
      this.#tell(new Event("open"));
    }, 0);
    // A line that is silent for long counts as broken.
    const beat = setInterval(() => {
      if (this.readyState === 3) clearInterval(beat);
      else this.#out({ type: "pong" });
    }, 15_000);
  }

  #out(frame: ChatServerFrame): void {
    this.#tell(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  #tell(event: Event): void {
    this.dispatchEvent(event);
    if (event.type === "open") this.onopen?.(event);
    else if (event.type === "close") this.onclose?.(event);
    else if (event instanceof MessageEvent) this.onmessage?.(event);
  }

  send(text: string): void {
    const answers = this.#answer(JSON.parse(text) as ChatClientFrame);
    setTimeout(() => answers.forEach((frame) => this.readyState === 1 && this.#out(frame)), 0);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    setTimeout(() => this.#tell(new Event("close")), 0);
  }
}
