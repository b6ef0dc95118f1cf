/**
 * The customer's chat as the page sees it: one conversation, its timeline, its line to the hub, and what may be done.
 * A conversation is made when the customer opens the chat or puts the cursor into it: then a bot can greet. Merely
 * seeing the page makes none.
 */
import type {
  Answered,
  ChatClientFrame,
  ChatEvent,
  ChatServerFrame,
  ChatState,
  Choice,
  Inbox,
  MessageLeft,
  PersonAnswer,
  Problem,
  Started,
} from "../shared/api.ts";
import { newId } from "../shared/ids.ts";
import { asProblem, call, HubError } from "../shared/problem.ts";
import {
  emptyTimeline,
  headOf,
  nextCounter,
  reduce,
  type Action,
  type Pending,
  type Timeline,
} from "../shared/reducer.ts";
import { Line, pauseBefore, socketTransport, socketUrl, type LineState } from "../shared/socket.ts";
import { Memory, type Client } from "./memory.ts";
import { t } from "./texts.ts";
import { streamTransport } from "./transport.ts";

const ACK_LIMIT_MS = 12_000;
const TYPING_SHOWN_MS = 6_000;

export type Typist = { kind: string; name: string | null };

export class Session {
  inbox = $state.raw<Inbox | undefined>();
  state = $state.raw<ChatState | undefined>();
  timeline = $state.raw<Timeline<ChatEvent>>(emptyTimeline);
  link = $state.raw<LineState>({ kind: "stopped", attempt: 0 });
  typist = $state.raw<Typist | undefined>();
  problem = $state.raw<Problem | undefined>();
  /** False while the history of a reload is still coming: nothing of it is read out as new. */
  settled = $state.raw(true);
  online = $state.raw(navigator.onLine);
  busy = $state.raw(false);

  #hub: string;
  #slug: string;
  #language: string | undefined;
  #memory: Memory;
  #line: Line | undefined;
  #token = $state<string | undefined>(undefined);
  #cursor: string | undefined;
  #client: Client;
  #clients = new Set<string>();
  #leaving: string | undefined;
  #flying: Pending | undefined;
  #flyingLimit: ReturnType<typeof setTimeout> | undefined;
  #typingLimit: ReturnType<typeof setTimeout> | undefined;
  #starting: Promise<void> | undefined;
  #inbound: Extract<ChatServerFrame, { type: "event" }>[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;
  #seen = 0;
  #holes = 0;

  constructor(hub: string, slug: string, language: string | undefined) {
    this.#hub = hub;
    this.#slug = slug;
    this.#language = language;
    this.#memory = new Memory(hub, slug);
    this.#client = this.#memory.takeClient() ?? { client: newId(), next: 1 };
    this.#clients.add(this.#client.client);
    addEventListener("pagehide", () => this.#memory.putClient(this.#client));
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.#memory.takeClient();
    });
    addEventListener("online", () => {
      this.online = true;
      this.#line?.hurry();
    });
    addEventListener("offline", () => (this.online = false));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.#line?.hurry();
    });
    const kept = this.#memory.read();
    if (kept?.token) {
      this.#token = kept.token;
      for (const p of this.#memory.pending()) {
        this.#clients.add(p.client);
        this.#do({ kind: "send", pending: { ...p, state: "sending" } });
      }
      this.settled = false;
      this.#open();
    }
    void this.#loadInbox();
  }

  stop(): void {
    this.#line?.stop();
    this.#memory.putClient(this.#client);
  }

  get started(): boolean {
    return this.#token !== undefined;
  }

  async #loadInbox(): Promise<void> {
    try {
      this.inbox = await this.#call<Inbox>(`inboxes/${encodeURIComponent(this.#slug)}`);
    } catch (error) {
      if (!this.started) this.problem = asProblem(error);
    }
  }

  #call<T>(path: string, body?: unknown): Promise<T> {
    return call<T>(
      new URL(`/chat/v1/${path}`, this.#hub).href,
      { body, headers: this.#token ? { authorization: `Bearer ${this.#token}` } : {} },
      t("unreachable"),
    );
  }

  // ------------------------------------------------------------------------------------------ start and forget

  begin(): void {
    this.#start().catch((error: unknown) => (this.problem = asProblem(error)));
  }

  #start(): Promise<void> {
    if (this.#token) return Promise.resolve();
    this.#starting ??= this.#create().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  async #create(): Promise<void> {
    // Kept before the call: if its answer is lost, the repeat finds the same conversation.
    const key = this.#memory.read()?.key ?? newId();
    this.#memory.keep({ key });
    const started = await this.#untilAnswered(() =>
      this.#call<Started>("conversations", {
        inbox: this.#slug,
        client: this.#client.client,
        ...(this.#language ? { language: this.#language } : {}),
        page: location.origin + location.pathname,
        key,
      }),
    );
    this.#token = started.token;
    this.#memory.keep({ conversation: started.conversation, token: started.token, key });
    this.state = started.state;
    this.problem = undefined;
    this.#open();
  }

  /** Without a connection the start waits; only a refusal by the hub ends it. */
  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof HubError && (error.offline || (error.problem.status ?? 0) >= 502)))
          throw error;
        this.link = { kind: "waiting", attempt };
        await new Promise((go) => setTimeout(go, pauseBefore(attempt, Math.random())));
      }
    }
  }

  /** A chat that cannot be written to any more, or that the hub no longer knows: begin another. */
  forget(): void {
    this.#line?.stop();
    this.#line = undefined;
    this.#token = this.#cursor = undefined;
    this.#memory.keep(undefined);
    this.#client = { client: newId(), next: 1 };
    this.#clients.add(this.#client.client);
    this.state = undefined;
    this.timeline = emptyTimeline;
    this.settled = true;
    this.#persist();
  }

  #open(): void {
    this.#line = new Line({
      transports: [
        socketTransport(() => socketUrl(this.#hub, "/chat/v1/socket")),
        streamTransport(this.#hub, t("unreachable")),
      ],
      hello: (): ChatClientFrame => ({
        type: "hello",
        token: this.#token ?? "",
        client: this.#client.client,
        ...(this.#cursor ? { after: this.#cursor } : {}),
      }),
      onFrame: (frame) => this.#take(frame as ChatServerFrame),
      onState: (state) => {
        this.link = state;
        if (state.kind !== "open") this.#land();
      },
    });
    this.#line.start();
  }

  // ------------------------------------------------------------------------------------------ what comes in

  #take(frame: ChatServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.state = frame.state;
        if (frame.next_counter) this.#client.next = Math.max(this.#client.next, frame.next_counter);
        this.#settle();
        this.#flush();
        break;
      case "event":
        this.#inbound.push(frame);
        this.#inboundTimer ??= setTimeout(() => this.#drain(), 0);
        break;
      case "state":
        this.state = frame.state;
        // Who has passed the chat on types no more.
        if (this.typist && this.typist.kind !== frame.state.holder.kind) this.#typing(undefined);
        break;
      case "place":
        if (this.state) this.state = { ...this.state, place: frame.place };
        break;
      case "typing":
        this.#typing(frame.on ? frame.by : undefined);
        break;
      case "ack":
        this.#acknowledged(frame.client, frame.counter, frame.position);
        break;
      case "refused":
        this.#refused(frame.client, frame.counter, frame.problem);
        break;
      case "error":
        this.#failed(frame.problem);
        break;
      case "pong":
        break;
    }
  }

  /** Events of one burst become one change of the page. */
  #drain(): void {
    clearTimeout(this.#inboundTimer);
    this.#inboundTimer = undefined;
    const frames = this.#inbound.splice(0);
    const last = frames[frames.length - 1];
    if (!last) return;
    this.#do({ kind: "events", events: frames.map((f) => f.event) });
    if (frames.some((f) => f.event.type === "message" && f.event.by.kind !== "customer"))
      this.#typing(undefined);
    if (this.timeline.gap) {
      // A hole: ask again from the last cursor that joined on; if that does not heal it, from the start.
      this.#holes += 1;
      if (this.#holes > 1) {
        this.#cursor = undefined;
        this.#do({ kind: "clear" });
      }
      this.#line?.restart();
      return;
    }
    this.#holes = 0;
    this.#cursor = last.cursor;
    this.#settle();
  }

  #settle(): void {
    const wanted = this.state?.last_position ?? 0;
    if (this.timeline.last >= wanted) this.settled = true;
  }

  #failed(problem: Problem): void {
    if (problem.code.startsWith("cursor")) {
      this.#cursor = undefined;
      this.#do({ kind: "clear" });
      this.#line?.restart();
    } else if (problem.code === "token_invalid" || problem.status === 401) {
      const unsent = this.timeline.pending;
      this.forget();
      for (const p of unsent) this.say(p.text, p.choice);
    } else {
      this.problem = problem;
    }
  }

  #typing(by: Typist | undefined): void {
    clearTimeout(this.#typingLimit);
    this.typist = by;
    if (by) this.#typingLimit = setTimeout(() => (this.typist = undefined), TYPING_SHOWN_MS);
  }

  // ------------------------------------------------------------------------------------------ what goes out

  say(text: string, choice?: Choice): void {
    const { client, next } = this.#client;
    const counter = nextCounter(this.timeline, client, next);
    this.#do({
      kind: "send",
      pending: { key: newId(), client, counter, at: Date.now(), text, choice, state: "sending" },
    });
    void this.#start().then(
      () => this.#flush(),
      (error) => this.#refused(client, counter, asProblem(error)),
    );
  }

  retry(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
    this.say(pending.text, pending.choice);
  }

  remove(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
  }

  #flush(): void {
    if (this.#flying || !this.#line) return;
    const head = headOf(this.timeline);
    if (!head) return;
    const { client, counter, text, choice } = head;
    if (!this.#line.send({ type: "send", client, counter, ...(choice ? { choice } : { text }) })) return;
    this.#flying = head;
    this.#flyingLimit = setTimeout(() => this.#line?.restart(), ACK_LIMIT_MS);
  }

  #land(): void {
    clearTimeout(this.#flyingLimit);
    this.#flying = undefined;
  }

  #acknowledged(client: string, counter: number, position: number): void {
    if (client === this.#client.client) this.#client.next = Math.max(this.#client.next, counter + 1);
    this.#do({ kind: "ack", client, counter, number: position });
    this.#land();
    this.#flush();
  }

  #refused(client: string, counter: number, problem: Problem): void {
    if (problem.code === "counter_gap" && problem.expected) {
      this.#do({ kind: "renumber", client, from: counter, expected: problem.expected });
    } else {
      this.#do({ kind: "refused", client, counter, problem });
    }
    this.#land();
    this.#flush();
  }

  typing(on: boolean): void {
    this.#line?.send({ type: "typing", on });
  }

  seen(position: number): void {
    if (position <= this.#seen) return;
    if (this.#line?.send({ type: "seen", position })) this.#seen = position;
  }

  // ------------------------------------------------------------------------------------------ what may be asked

  person(): Promise<PersonAnswer | undefined> {
    return this.#ask<PersonAnswer>("person", {});
  }
  withdraw(): Promise<unknown> {
    return this.#ask("withdraw", {});
  }
  /** A repeat after a lost answer bears the same id, so that the hub knows the message again. */
  async leaveMessage(text: string, contact: string): Promise<MessageLeft | undefined> {
    this.#leaving ??= newId();
    const left = await this.#ask<MessageLeft>("message-left", {
      ...(text ? { text, client: this.#leaving, counter: 1 } : {}),
      ...(contact ? { contact } : {}),
    });
    if (left) this.#leaving = undefined;
    return left;
  }
  rate(
    answered: Answered | null,
    agent: number | null,
    bot: number | null,
    comment: string,
  ): Promise<unknown> {
    return this.#ask("rating", { answered, agent, bot, ...(comment ? { comment } : {}) });
  }

  async #ask<T>(path: string, body: unknown): Promise<T | undefined> {
    this.busy = true;
    try {
      await this.#start();
      const answer = await this.#call<T>(`conversation/${path}`, body);
      this.problem = undefined;
      return answer;
    } catch (error) {
      if (error instanceof HubError && error.problem.status === 401) this.#failed(error.problem);
      else this.problem = asProblem(error);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #do(action: Action<ChatEvent>): void {
    const before = this.timeline.pending;
    this.timeline = reduce(this.timeline, action);
    if (this.timeline.pending !== before) this.#persist();
  }

  #persist(): void {
    this.#memory.keepPending(this.timeline.pending, this.#clients);
  }
}
