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
  HubFile,
  Inbox,
  MessageLeft,
  PersonAnswer,
  Problem,
  Started,
  Widget,
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
import {
  Line,
  pauseBefore,
  socketTransport,
  socketUrl,
  type LineState,
  type OpenTransport,
  type Transport,
} from "../shared/socket.ts";
import { cell, computed } from "./dom.ts";
import { Memory, type Client } from "./memory.ts";
import { t } from "./texts.ts";

const ACK_LIMIT_MS = 12_000;
const TYPING_SHOWN_MS = 6_000;
/** A difference below this is the way of a frame, not a wrong clock. */
const CLOCK_STEP_MS = 60_000;

export type Typist = { kind: string; name: string | null };

export type SessionOptions = {
  hub: string;
  inbox: string;
  /** Told to the hub, so that notices and bot speak it too. */
  language: string | undefined;
  /** What the first script has heard of the inbox. */
  known: Inbox | undefined;
  /** Says who the customer is; made and signed by the site's own server. */
  identity: string | undefined;
};

export class Session {
  readonly inbox = cell<Inbox>();
  readonly state = cell<ChatState>();
  readonly timeline = cell<Timeline<ChatEvent>>(emptyTimeline);
  readonly link = cell<LineState>({ kind: "stopped", attempt: 0 });
  readonly typist = cell<Typist>();
  readonly problem = cell<Problem>();
  /** False while the history of a reload is still coming: nothing of it is read out as new. */
  readonly settled = cell(true);
  readonly online = cell(navigator.onLine);
  readonly busy = cell(false);
  /** The hub has told us to wait: what is unsent stays and goes out by itself. */
  readonly pausing = cell(false);
  readonly token = cell<string>();

  readonly widget: { readonly v: Partial<Widget> } = computed(() => this.inbox.v?.widget ?? {});
  /** What is still to be asked before the chat begins. A signed token has said who it is. */
  readonly asks = computed(() =>
    this.token.v
      ? []
      : (this.widget.v.pre_chat ?? []).filter(
          ({ key }) => !this.#identity.v || !["name", "mail", "phone"].includes(key),
        ),
  );

  #hub: string;
  #slug: string;
  #language: string | undefined;
  #identity = cell<string>();
  /** What was answered before the chat. */
  #answers: Record<string, string> | undefined;
  #memory: Memory;
  #line: Line | undefined;
  #cursor: string | undefined;
  #client: Client;
  #clients = new Set<string>();
  #leaving: string | undefined;
  #flying: Pending | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #flyingLimit: ReturnType<typeof setTimeout> | undefined;
  #typingLimit: ReturnType<typeof setTimeout> | undefined;
  #starting: Promise<void> | undefined;
  #inboxComing: Promise<void>;
  #inbound: Extract<ChatServerFrame, { type: "event" }>[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;
  #seen = 0;
  #holes = 0;
  /** How far this device's clock is behind the hub's. Times are the hub's; only "today" needs a now. */
  #behind = 0;
  #gone = new AbortController();

  constructor({ hub, inbox, language, known, identity }: SessionOptions) {
    this.#hub = hub;
    this.#slug = inbox;
    this.#language = language;
    this.#memory = new Memory(hub, inbox);
    this.#client = this.#memory.takeClient() ?? { client: newId(), next: 1 };
    this.#clients.add(this.#client.client);
    const { signal } = this.#gone;
    addEventListener("pagehide", () => this.#memory.putClient(this.#client), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#memory.takeClient(), { signal });
    addEventListener(
      "online",
      () => {
        this.online.v = true;
        this.#line?.hurry();
      },
      { signal },
    );
    addEventListener("offline", () => (this.online.v = false), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.#line?.hurry(), { signal });
    this.inbox.v = known;
    this.#inboxComing = known ? Promise.resolve() : this.#loadInbox();
    if (identity) void this.identify(identity);
    const kept = this.#memory.read();
    if (kept?.token) {
      this.token.v = kept.token;
      this.#behind = kept.behind ?? 0;
      for (const p of this.#memory.pending()) {
        this.#clients.add(p.client);
        this.#do({ kind: "send", pending: { ...p, state: "sending" } });
      }
      this.settled.v = false;
      this.#open();
      if (identity) void this.#tellIdentity();
    }
  }

  stop(): void {
    this.#gone.abort();
    clearTimeout(this.#pause);
    this.#line?.stop();
    this.#memory.putClient(this.#client);
  }

  /** The hub's now, as far as this page has heard. */
  now(): number {
    return Date.now() + this.#behind;
  }

  #setClock(now: number): void {
    const behind = now - Date.now();
    const off = Math.abs(behind - this.#behind) > CLOCK_STEP_MS;
    this.#behind = behind;
    const kept = this.#memory.read();
    if (kept && off) this.#memory.keep({ ...kept, behind });
  }

  async #loadInbox(): Promise<void> {
    try {
      this.inbox.v = await this.#call<Inbox>(`inboxes/${encodeURIComponent(this.#slug)}`);
    } catch (error) {
      if (!this.token.v) this.problem.v = asProblem(error);
    }
  }

  #call<T>(path: string, body?: unknown): Promise<T> {
    return call<T>(this.address(path), { body, headers: this.headers() }, t("unreachable"));
  }
  address(path: string): string {
    return new URL(`/chat/v1/${path}`, this.#hub).href;
  }
  headers(): Record<string, string> {
    return this.token.v ? { authorization: `Bearer ${this.token.v}` } : {};
  }

  // ------------------------------------------------------------------------------------------ who the customer is

  /**
   * A signed token names the customer; null ends that, and this browser then knows nothing of the chat. Another
   * person's token ends the chat too: two people of one browser never read each other.
   */
  async identify(identity: string | null): Promise<void> {
    const kept = this.#memory.read();
    const sub = identity ? subjectOf(identity) : undefined;
    if (kept?.sub && kept.sub !== sub) this.forget();
    this.#identity.v = identity ?? undefined;
    if (identity && this.token.v) await this.#tellIdentity();
  }

  async #tellIdentity(): Promise<void> {
    const token = this.#identity.v ?? "";
    try {
      this.state.v = await this.#call<ChatState>("conversation/identity", { token });
      this.#keepSubject(token);
    } catch (error) {
      // Somebody else's chat is in this browser, kept without their name.
      if (asProblem(error).code === "identity_other") return this.forget();
      // Who cannot be known is anonymous. That is a matter between site and hub, not one for the customer.
      console.warn("baton: the identity was not taken:", asProblem(error).detail ?? asProblem(error).code);
    }
  }

  #keepSubject(token: string): void {
    const kept = this.#memory.read();
    if (kept) this.#memory.keep({ ...kept, sub: subjectOf(token) });
  }

  // ------------------------------------------------------------------------------------------ start and forget

  /** The chat is looked at. Where the inbox asks something first, it begins with the answers. */
  async begin(): Promise<void> {
    await this.#inboxComing;
    if (this.asks.v.length > 0) return;
    await this.start().catch((error: unknown) => (this.problem.v = asProblem(error)));
  }

  start(): Promise<void> {
    if (this.token.v) return Promise.resolve();
    this.#starting ??= this.#create().finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  /** True when the hub has taken them. */
  async answer(answers: Record<string, string>): Promise<boolean> {
    this.busy.v = true;
    this.#answers = answers;
    try {
      await this.start();
      this.problem.v = undefined;
      return true;
    } catch (error) {
      this.problem.v = asProblem(error);
      return false;
    } finally {
      this.busy.v = false;
    }
  }

  async #create(): Promise<void> {
    // Kept before the call: if its answer is lost, the repeat finds the same conversation.
    let key = this.#memory.read()?.key ?? newId();
    this.#memory.keep({ key });
    const ask = (identity: string | undefined) =>
      this.#untilAnswered(() =>
        this.#call<Started>("conversations", {
          inbox: this.#slug,
          client: this.#client.client,
          ...(this.#language ? { language: this.#language } : {}),
          page: location.origin + location.pathname,
          key,
          ...(this.#answers ? { fields: this.#answers } : {}),
          ...(identity ? { identity } : {}),
        }),
      );
    const identity = this.#identity.v;
    const started = await ask(identity).catch((error: unknown) => {
      // Begun in this browser by another customer of the site, whose chat it stays.
      if (asProblem(error).code === "identity_other") {
        key = newId();
        this.#memory.keep({ key });
        return ask(identity);
      }
      if (!identity || asProblem(error).code !== "identity_invalid") throw error;
      console.warn("baton: the identity was not taken:", asProblem(error).detail);
      this.#identity.v = undefined;
      return ask(undefined);
    });
    this.#memory.keep({ conversation: started.conversation, token: started.token, key });
    if (this.#identity.v) this.#keepSubject(this.#identity.v);
    this.state.v = started.state;
    this.token.v = started.token;
    this.problem.v = undefined;
    this.#open();
  }

  /** Without a connection the start waits; only a refusal by the hub ends it. */
  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        const wait = pauseAsked(error.problem);
        if (!(error.offline || (error.problem.status ?? 0) >= 502 || wait)) throw error;
        this.link.v = { kind: "waiting", attempt };
        const pause = Math.max(wait ?? 0, pauseBefore(attempt, Math.random()));
        await new Promise((go) => setTimeout(go, pause));
      }
    }
  }

  /** A chat that cannot be written to any more, or that the hub no longer knows: begin another. */
  forget(): void {
    this.#line?.stop();
    this.#line = undefined;
    // Nothing of the old chat reaches the new one.
    clearTimeout(this.#inboundTimer);
    this.#inboundTimer = undefined;
    this.#inbound = [];
    this.#land();
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.pausing.v = false;
    this.#typing(undefined);
    this.token.v = this.#cursor = undefined;
    this.#memory.keep(undefined);
    this.#client = { client: newId(), next: 1 };
    this.#clients.add(this.#client.client);
    this.state.v = undefined;
    this.#answers = undefined;
    this.timeline.v = emptyTimeline;
    this.settled.v = true;
    this.#seen = 0;
    this.#persist();
  }

  #open(): void {
    this.#line = new Line({
      transports: [socketTransport(() => socketUrl(this.#hub, "/chat/v1/socket")), streamOf(this.#hub)],
      hello: (): ChatClientFrame => ({
        type: "hello",
        token: this.token.v ?? "",
        client: this.#client.client,
        ...(this.#cursor ? { after: this.#cursor } : {}),
      }),
      onFrame: (frame) => this.#take(frame as ChatServerFrame),
      onState: (state) => {
        this.link.v = state;
        if (state.kind !== "open") this.#land();
      },
    });
    this.#line.start();
  }

  // ------------------------------------------------------------------------------------------ what comes in

  #take(frame: ChatServerFrame): void {
    switch (frame.type) {
      case "welcome":
        this.state.v = frame.state;
        if (frame.next_counter) this.#client.next = Math.max(this.#client.next, frame.next_counter);
        this.#settle();
        this.#flush();
        break;
      case "event":
        this.#inbound.push(frame);
        this.#inboundTimer ??= setTimeout(() => this.#drain(), 0);
        break;
      case "state":
        this.state.v = frame.state;
        // Who has passed the chat on types no more.
        if (this.typist.v && this.typist.v.kind !== frame.state.holder.kind) this.#typing(undefined);
        break;
      case "place":
        if (this.state.v) this.state.v = { ...this.state.v, place: frame.place };
        break;
      case "typing":
        this.#typing(frame.on ? frame.by : undefined);
        break;
      case "ack":
        this.#setClock(frame.at);
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
    if (this.timeline.v.gap) {
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
    const wanted = this.state.v?.last_position ?? 0;
    if (this.timeline.v.last >= wanted) this.settled.v = true;
  }

  #failed(problem: Problem): void {
    if (problem.code.startsWith("cursor")) {
      this.#cursor = undefined;
      this.#do({ kind: "clear" });
      this.#line?.restart();
    } else if (problem.code === "token_invalid" || problem.status === 401) {
      const unsent = this.timeline.v.pending;
      this.forget();
      for (const p of unsent) this.say(p.text, p.choice);
    } else {
      this.problem.v = problem;
    }
  }

  #typing(by: Typist | undefined): void {
    clearTimeout(this.#typingLimit);
    this.typist.v = by;
    if (by) this.#typingLimit = setTimeout(() => (this.typist.v = undefined), TYPING_SHOWN_MS);
  }

  // ------------------------------------------------------------------------------------------ what goes out

  say(text: string, choice?: Choice, file?: HubFile): void {
    const { client, next } = this.#client;
    const counter = nextCounter(this.timeline.v, client, next);
    this.#do({
      kind: "send",
      pending: { key: newId(), client, counter, at: this.now(), text, choice, file, state: "sending" },
    });
    void this.start().then(
      () => this.#flush(),
      (error) => this.#refused(client, counter, asProblem(error)),
    );
  }

  retry(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
    this.say(pending.text, pending.choice, pending.file);
  }

  remove(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
  }

  #flush(): void {
    if (this.#flying || this.#pause || !this.#line) return;
    const head = headOf(this.timeline.v);
    if (!head) return;
    const { client, counter, text, choice, file } = head;
    const said = file
      ? { file: { blob: file.blob, ...(text ? { text } : {}) } }
      : choice
        ? { choice }
        : { text };
    if (!this.#line.send({ type: "send", client, counter, ...said })) return;
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
    const wait = pauseAsked(problem);
    if (wait) {
      // It goes again under the same counter, so that an answer that was lost makes no second message.
      this.#land();
      clearTimeout(this.#pause);
      this.pausing.v = true;
      this.#pause = setTimeout(() => this.#unpause(), wait);
      return;
    }
    if (problem.code === "counter_gap" && problem.expected) {
      this.#do({ kind: "renumber", client, from: counter, expected: problem.expected });
    } else {
      this.#do({ kind: "refused", client, counter, problem });
    }
    this.#land();
    this.#flush();
  }

  #unpause(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.pausing.v = false;
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
  /** True when the hub has it. It goes by itself: what waits to be sent is kept in this browser, and a secret must not be. */
  async fill(client: string, reply_to: number, form: Record<string, string>): Promise<boolean> {
    return (await this.#ask("messages", { client, counter: 1, reply_to, form })) !== undefined;
  }
  rate(
    answered: Answered | null,
    agent: number | null,
    bot: number | null,
    comment: string,
  ): Promise<unknown> {
    return this.#ask("rating", { answered, agent, bot, ...(comment ? { comment } : {}) });
  }
  /** True when the hub has it, also from an earlier time. */
  async report(position: number, better: string, comment: string): Promise<boolean> {
    const done = await this.#ask("reports", {
      position,
      ...(better ? { should_have_said: better } : {}),
      ...(comment ? { comment } : {}),
    });
    const known = done !== undefined || this.problem.v?.code === "already_reported";
    if (known && this.state.v) {
      this.problem.v = undefined;
      this.state.v = { ...this.state.v, reported: [...(this.state.v.reported ?? []), position] };
    }
    return known;
  }

  async #ask<T>(path: string, body: unknown): Promise<T | undefined> {
    this.busy.v = true;
    try {
      await this.start();
      const answer = await this.#call<T>(`conversation/${path}`, body);
      this.problem.v = undefined;
      return answer;
    } catch (error) {
      if (asProblem(error).code === "token_invalid") this.#failed(asProblem(error));
      else this.problem.v = asProblem(error);
      return undefined;
    } finally {
      this.busy.v = false;
    }
  }

  #do(action: Action<ChatEvent>): void {
    const before = this.timeline.v.pending;
    this.timeline.v = reduce(this.timeline.v, action);
    if (this.timeline.v.pending !== before) this.#persist();
  }

  #persist(): void {
    this.#memory.keepPending(this.timeline.v.pending, this.#clients);
  }
}

/** How long the hub asks to wait before the same is worth another try; undefined where it is not. */
export function pauseAsked({ code, status, retry_after }: Problem): number | undefined {
  if (!retry_after || ![429, 503, 507].includes(status ?? 0) || code === "too_many_clients") return undefined;
  return retry_after * 1_000;
}

/** The one for networks that let no socket through, fetched where it is needed. */
function streamOf(hub: string): OpenTransport {
  return (handlers) => {
    let real: Transport | undefined;
    let gone = false;
    import("./parts/stream.ts").then(
      ({ streamTransport }) => {
        if (!gone) real = streamTransport(hub, t("unreachable"))(handlers);
      },
      () => handlers.closed(),
    );
    return {
      send: (frame) => real?.send(frame),
      close: () => {
        gone = true;
        real?.close();
      },
    };
  };
}

/** Whom a token names. Not checked here: it only tells one customer of this browser from another. */
function subjectOf(token: string): string | undefined {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    return String((JSON.parse(atob(payload)) as { sub?: unknown }).sub);
  } catch {
    return undefined;
  }
}
