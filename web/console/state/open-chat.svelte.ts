/** One chat that stands open on the desk: its log, what may be done with it, and what is being written to it. */
import type { Brief, DeskEvent, EventPage, Problem, TransferTo, Viewer } from "../../shared/api.ts";
import { assembled } from "../../shared/client.ts";
import { newId } from "../../shared/ids.ts";
import { asProblem, HubError } from "../../shared/problem.ts";
import {
  emptyTimeline,
  headOf,
  nextCounter,
  reduce,
  type Action,
  type Pending,
  type Timeline,
} from "../../shared/reducer.ts";
import { pauseBefore } from "../../shared/socket.ts";
import { Attachment, type Stored } from "./attachments.svelte.ts";
import { ticking } from "./clock.svelte.ts";
import type { Desk } from "./desk.svelte.ts";
import { hub } from "./hub.svelte.ts";
import { keepDraft, keptDraft } from "./kept.ts";
import { inFate, type Can, type ChatDetail, type ChatRow } from "./wire.ts";

const FIRST_PAGE = 100;
const PAGE = 200;
const LONG_PAGE = 500;
const TYPING_SHOWN_MS = 6_000;
/** As long as the hub holds a reply, where it does not say until when. */
const HELD_MS = 5_000;
export const FILES = 10;

/**
 * The client id and counter of each conversation in this page. Never kept beyond the page: a duplicated tab would
 * count with the same id, and one of two different texts would be taken for a repeat.
 */
const clients = new Map<string, { client: string; next: number }>();

/** What goes out with a text beyond it. Kept with the pending text, so that it survives a reload. */
type Outgoing = Pending & { file?: Stored; hold?: boolean };
export type HeldReply = { seq: number; until: number; text: string };

export class OpenChat {
  readonly id: string;
  detail = $state.raw<ChatDetail | undefined>();
  timeline = $state.raw<Timeline<DeskEvent>>(emptyTimeline);
  failed = $state.raw<Problem | undefined>();
  typist = $state.raw<{ kind: string; name: string | null } | undefined>();
  viewers = $state.raw<readonly Viewer[]>([]);
  seenTo = $state.raw(0);
  loadingEarlier = $state.raw(false);
  busy = $state.raw(false);
  /** It is no longer this reader's: passed on, or out of their queues. */
  gone = $state.raw(false);
  mode = $state.raw<"reply" | "note">("reply");
  files = $state.raw<readonly Attachment[]>([]);
  /** Where the reader stood when they left for another chat: the key of an entry and its distance from the top. */
  stood: { key: string; offset: number } | undefined;
  /** The customer's words after this moment are new to the reader; set when the chat comes to the front. */
  newAfter = $state.raw(Infinity);
  /** An event to go to and mark, by its seq. */
  target = $state.raw<number | undefined>();
  /** The reader wrote or did something here: then it stays among the open chats. */
  touched = false;

  #looking: boolean;
  #reply = $state.raw("");
  #note = $state.raw("");
  #desk: Desk;
  #agent: string;
  #stopped = false;
  #sending = false;
  #failures = 0;
  #typingLimit: ReturnType<typeof setTimeout> | undefined;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  #inbound: DeskEvent[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;

  /** `looking`: an old chat beside the present one; nothing is drafted there and nothing watched. */
  constructor(id: string, desk: Desk, looking = false) {
    this.id = id;
    this.#looking = looking;
    this.#desk = desk;
    this.#agent = hub.me?.agent ?? "";
    if (looking) return;
    const draft = keptDraft(this.#agent, id);
    this.#reply = draft.reply;
    this.#note = draft.note;
    for (const pending of readPending(id)) this.#do({ kind: "send", pending });
  }

  get row(): ChatRow | undefined {
    return this.#desk.rows.get(this.id);
  }

  get reply(): string {
    return this.#reply;
  }
  set reply(text: string) {
    this.#reply = text;
    keepDraft(this.#agent, this.id, { reply: text, note: this.#note });
  }
  get note(): string {
    return this.#note;
  }
  set note(text: string) {
    this.#note = text;
    keepDraft(this.#agent, this.id, { reply: this.#reply, note: text });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#typingLimit);
    clearTimeout(this.#detailTimer);
    for (const file of this.files) file.stop();
    if (!this.#looking) this.#desk.send({ type: "unwatch", conversation: this.id });
  }

  /** The chat comes to the front. */
  visit(): void {
    this.newAfter = this.#desk.lookedUntil(this.id) ?? Infinity;
  }

  leave(): void {
    this.tellTyping(false);
  }

  /** The reader has the end of the chat before their eyes. */
  looked(): void {
    const last = this.timeline.events.at(-1);
    if (last) this.#desk.lookedAt(this.id, Math.max(last.at, this.row?.last?.at ?? 0));
  }

  // ------------------------------------------------------------------------------------------ what comes in

  async load(): Promise<void> {
    this.failed = undefined;
    try {
      const [detail, page] = await Promise.all([
        hub.get<ChatDetail>(`conversations/${this.id}`),
        hub.get<EventPage>(`conversations/${this.id}/events?limit=${FIRST_PAGE}`),
      ]);
      if (this.#stopped) return;
      this.detail = detail;
      const first = page.events[0]?.seq ?? 1;
      this.#do({ kind: "load", events: page.events, whole: first <= Math.max(1, page.first_seq) });
      this.#watch();
      void this.#flush();
    } catch (error) {
      if (this.#stopped) return;
      if (error instanceof HubError && error.problem.status === 401) hub.report(error);
      else this.failed = asProblem(error);
    }
  }

  async earlier(limit = PAGE): Promise<boolean> {
    if (this.loadingEarlier || this.timeline.whole) return false;
    this.loadingEarlier = true;
    const page = await hub.try(() =>
      hub.get<EventPage>(`conversations/${this.id}/events?before=${this.timeline.first}&limit=${limit}`),
    );
    if (page && !this.#stopped) {
      const first = page.events[0]?.seq ?? 1;
      this.#do({
        kind: "earlier",
        events: page.events,
        whole: page.events.length === 0 || first <= 1 || !page.more,
      });
    }
    this.loadingEarlier = false;
    return page !== undefined;
  }

  /** Goes to an event, also one that is not here yet. By seq, or by the position that customers count. */
  async goTo(place: { seq: number } | { position: number }): Promise<void> {
    const find = () =>
      this.timeline.events.find((e) => ("seq" in place ? e.seq >= place.seq : e.position === place.position));
    const above = () =>
      "seq" in place
        ? this.timeline.first > place.seq
        : (this.timeline.events.find((e) => e.position !== null)?.position ?? Infinity) > place.position;
    while (above() && !this.timeline.whole && !this.#stopped) if (!(await this.earlier(LONG_PAGE))) break;
    this.target = find()?.seq;
  }

  lineChanged(open: boolean): void {
    if (!open || this.#stopped) return;
    if (!this.detail) {
      void this.load();
      return;
    }
    this.#watch();
    this.#refreshSoon();
    void this.#flush();
  }

  #watch(): void {
    if (this.#looking) return;
    this.#desk.send({ type: "watch", conversation: this.id, after: this.timeline.last });
  }

  event(event: DeskEvent): void {
    this.#inbound.push(event);
    this.#inboundTimer ??= setTimeout(() => {
      this.#inboundTimer = undefined;
      const events = this.#inbound.splice(0);
      this.#do({ kind: "events", events });
      if (events.some((e) => e.kind === "said" && e.actor.kind === "customer")) this.typing(undefined);
      if (this.timeline.gap) void this.#heal();
    }, 0);
  }

  async #heal(): Promise<void> {
    const page = await hub.try(() =>
      hub.get<EventPage>(`conversations/${this.id}/events?after=${this.timeline.last}&limit=${LONG_PAGE}`),
    );
    if (!page || this.#stopped) return;
    this.#do({ kind: "events", events: page.events });
    this.#watch();
  }

  rowChanged(row: ChatRow): void {
    if (!this.detail || row.seq !== this.detail.seq || row.baton !== this.detail.baton) this.#refreshSoon();
  }

  #refreshSoon(): void {
    clearTimeout(this.#detailTimer);
    this.#detailTimer = setTimeout(() => void this.#refresh(), 40);
  }

  async #refresh(): Promise<void> {
    try {
      const detail = await hub.get<ChatDetail>(`conversations/${this.id}`);
      if (!this.#stopped && detail.seq >= (this.detail?.seq ?? 0)) this.detail = detail;
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.problem.status === 403 || error.problem.status === 404) this.gone = true;
      else if (!error.offline) hub.report(error);
    }
  }

  typing(by: { kind: string; name: string | null } | undefined): void {
    clearTimeout(this.#typingLimit);
    this.typist = by;
    if (by) this.#typingLimit = setTimeout(() => (this.typist = undefined), TYPING_SHOWN_MS);
  }

  // ------------------------------------------------------------------------------------------ what goes out

  tellTyping(on: boolean): void {
    this.#desk.send({ type: "typing", conversation: this.id, on });
  }

  attach(files: Iterable<File>): void {
    const added = [...files].slice(0, FILES - this.files.length).map((file) => new Attachment(this.id, file));
    this.files = [...this.files, ...added];
    for (const one of added) void one.send();
  }

  detach(file: Attachment): void {
    file.stop();
    this.files = this.files.filter((one) => one !== file);
  }

  /** Sends what stands in the box and the files beside it; the text goes with the first of them. */
  sendReply(): void {
    const text = this.#reply.trim();
    const stored = this.files.flatMap((file) => (file.stored ? [file.stored] : []));
    if (text === "" && stored.length === 0) return;
    this.touched = true;
    this.reply = "";
    this.files = [];
    if (stored.length === 0) this.say(text);
    stored.forEach((file, i) => this.say(i === 0 ? text : "", file));
  }

  say(text: string, file?: Stored): void {
    const mine = clients.get(this.id) ?? { client: newId(), next: 1 };
    clients.set(this.id, mine);
    const counter = nextCounter(this.timeline, mine.client, mine.next);
    const pending: Outgoing = {
      key: newId(),
      client: mine.client,
      counter,
      at: ticking.read(),
      text,
      as_of: this.timeline.last,
      state: "sending",
      ...(file ? { file } : {}),
      ...(this.canUndo ? { hold: true } : {}),
    };
    this.#do({ kind: "send", pending });
    void this.#flush();
  }

  fileOf(pending: Pending): Stored | undefined {
    return (pending as Outgoing).file;
  }

  retry(pending: Pending): void {
    this.drop(pending);
    this.say(pending.text, this.fileOf(pending));
  }

  drop(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let head = headOf(this.timeline); head && !this.#stopped; head = headOf(this.timeline)) {
      const { client, counter, text, as_of, file, hold } = head as Outgoing;
      try {
        const done = await hub.post<{ seq: number }>(`conversations/${this.id}/messages`, {
          client,
          counter,
          ...(file ? { file: { blob: file.blob, ...(text ? { text } : {}) } } : { text }),
          as_of,
          ...(hold ? { hold } : {}),
        });
        this.#failures = 0;
        const mine = clients.get(this.id);
        if (mine?.client === client) mine.next = Math.max(mine.next, counter + 1);
        this.#do({ kind: "ack", client, counter, number: done.seq });
      } catch (error) {
        const problem = asProblem(error);
        if (problem.code === "counter_gap" && problem.expected) {
          this.#do({ kind: "renumber", client, from: counter, expected: problem.expected });
        } else if (
          problem.code === "unreachable" ||
          (problem.status ?? 0) >= 500 ||
          problem.code === "rate_limited"
        ) {
          // Not known whether it arrived, or not taken just now: the same counter again, until there is an answer.
          this.#failures += 1;
          const told = (problem.retry_after ?? 0) * 1_000;
          const pause = Math.max(told, pauseBefore(this.#failures, Math.random()));
          await new Promise((go) => setTimeout(go, pause));
        } else {
          this.#do({ kind: "refused", client, counter, problem });
          if (problem.status === 401) hub.report(error);
        }
      }
    }
    this.#sending = false;
  }

  async addNote(mentions: readonly string[]): Promise<void> {
    const text = this.#note.trim();
    if (text === "") return;
    this.touched = true;
    this.note = "";
    const body = { text, ...(mentions.length > 0 ? { mentions } : {}) };
    const done = await hub.try(() => hub.post(`conversations/${this.id}/notes`, body));
    // Nothing that was typed gets lost: a note that did not go through stands in its box again.
    if (done === undefined) this.note = this.#note ? `${text}\n${this.#note}` : text;
  }

  // ------------------------------------------------------------------------------------------ taking back

  /** The hub holds replies for a moment and can be asked to forget one. */
  get canUndo(): boolean {
    return this.detail !== undefined && "undo" in this.detail.can;
  }

  /** This agent's replies that the customer does not have yet, the newest last. */
  get held(): HeldReply[] {
    if (!this.canUndo) return [];
    const out = new Map<number, HeldReply>();
    for (const event of this.timeline.events.slice(-60)) {
      const of = event.kind === "undone" ? Number(event.facts.of) : inFate(event.facts, "of");
      if (of) out.delete(of);
      if (event.fate !== "held" || event.actor.id !== this.#agent) continue;
      out.set(event.seq, { seq: event.seq, until: this.heldUntil(event), text: event.plain ?? "" });
    }
    return [...out.values()];
  }

  heldUntil(event: DeskEvent): number {
    const said = this.detail?.held?.find((one) => one.seq === event.seq)?.until;
    return said ?? inFate(event.facts, "due") ?? event.at + HELD_MS;
  }

  async undo(reply: HeldReply): Promise<boolean> {
    const done = await hub.try(() => hub.post(`conversations/${this.id}/messages/${reply.seq}/undo`, {}));
    if (done === undefined) return false;
    this.mode = "reply";
    this.reply = this.#reply.trim() === "" ? reply.text : `${reply.text}\n${this.#reply}`;
    return true;
  }

  // ------------------------------------------------------------------------------------------ what may be done

  can(what: Can): boolean {
    return this.detail?.can[what] ?? false;
  }

  accept(offer: string): Promise<boolean> {
    return this.#act("accept", { offer, as_of: this.timeline.last });
  }
  decline(offer: string): Promise<boolean> {
    return this.#act("decline", { offer });
  }
  pick(): Promise<boolean> {
    return this.#act("pick", {});
  }
  takeOver(): Promise<boolean> {
    return this.#act("take-over", {});
  }
  /** The customer of that chat is this one. */
  samePerson(conversation: string): Promise<boolean> {
    return this.#act("same-person", { conversation });
  }
  join(): Promise<boolean> {
    return this.#act("join", {});
  }
  leaveVoice(): Promise<boolean> {
    return this.#act("leave", {});
  }
  transfer(to: TransferTo, note: string): Promise<boolean> {
    return this.#act("transfer", { to, ...(note ? { note } : {}) });
  }
  cancelTransfer(): Promise<boolean> {
    return this.#act("transfer/cancel", {});
  }
  handBack(brief: Brief): Promise<boolean> {
    return this.#act("hand-back", { brief });
  }
  close(disposition: string, wrapUp: string): Promise<boolean> {
    return this.#act("close", {
      ...(disposition ? { disposition } : {}),
      ...(wrapUp ? { wrap_up: wrapUp } : {}),
    });
  }

  reopen(): Promise<boolean> {
    return this.#act("reopen", {});
  }
  snooze(until: number): Promise<boolean> {
    return this.#act("snooze", { until });
  }
  wake(): Promise<boolean> {
    return this.#act("wake", {});
  }
  setTags(tags: readonly string[]): Promise<boolean> {
    return this.#act("tags", { tags }, "PUT");
  }
  setCustomer(change: Partial<{ name: string; language: string; person_first: boolean; contact: string }>) {
    return this.#act("customer", change, "PUT");
  }
  block(reason: string): Promise<boolean> {
    return this.#act("block", { reason });
  }
  unblock(): Promise<boolean> {
    return this.#act("unblock", {});
  }

  /** What the hub found in the people's stretch; nothing where it has no such call. */
  proposal(): Promise<Brief | undefined> {
    return hub.get<Brief>(`conversations/${this.id}/brief`).catch(() => undefined);
  }

  async #act(path: string, body: unknown, method: "POST" | "PUT" = "POST"): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.touched = true;
    const where = assembled(`conversations/${this.id}/${path}`);
    const answer = await hub.try(() =>
      method === "PUT" ? hub.put<unknown>(where, body) : hub.post<unknown>(where, body),
    );
    this.busy = false;
    if (answer === undefined) {
      this.#refreshSoon();
      return false;
    }
    // An empty answer: done, and with that no longer ours to see.
    if (!isDetail(answer)) this.gone = true;
    else if (answer.seq >= (this.detail?.seq ?? 0)) this.detail = answer;
    else this.#refreshSoon();
    return true;
  }

  #do(action: Action<DeskEvent>): void {
    const before = this.timeline.pending;
    this.timeline = reduce(this.timeline, action);
    if (this.timeline.pending !== before) writePending(this.id, this.timeline.pending);
  }
}

function isDetail(answer: unknown): answer is ChatDetail {
  return typeof answer === "object" && answer !== null && "can" in answer;
}

/** Replies that a reload cuts off are sent again under their old numbers: the hub takes each once. */
function readPending(id: string): Pending[] {
  try {
    return JSON.parse(sessionStorage.getItem(`baton:desk:${id}`) ?? "[]") as Pending[];
  } catch {
    return [];
  }
}

function writePending(id: string, pending: readonly Pending[]): void {
  const unsent = pending.filter((p) => p.state === "sending");
  try {
    if (unsent.length > 0) sessionStorage.setItem(`baton:desk:${id}`, JSON.stringify(unsent));
    else sessionStorage.removeItem(`baton:desk:${id}`);
  } catch {
    // Without storage a reload loses what was not yet sent; nothing else.
  }
}
