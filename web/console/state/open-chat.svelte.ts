/** The chat that stands open on the desk: its log, what may be done with it, and what was written to it. */
import type {
  Brief,
  DeskCan,
  DeskEvent,
  Detail,
  EventPage,
  Problem,
  Row,
  TransferTo,
} from "../../shared/api.ts";
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
import type { Desk } from "./desk.svelte.ts";
import { hub } from "./hub.svelte.ts";

const PAGE = 100;
const TYPING_SHOWN_MS = 6_000;

/**
 * The client id and counter of each conversation in this page. Never kept beyond the page: a duplicated tab would
 * count with the same id, and one of two different texts would be taken for a repeat.
 */
const clients = new Map<string, { client: string; next: number }>();
/** What stands in the boxes of a chat while another one is open. */
const drafts = new Map<string, { reply: string; note: string }>();

export class OpenChat {
  readonly id: string;
  detail = $state.raw<Detail | undefined>();
  timeline = $state.raw<Timeline<DeskEvent>>(emptyTimeline);
  failed = $state.raw<Problem | undefined>();
  typist = $state.raw<{ kind: string; name: string | null } | undefined>();
  seenTo = $state.raw(0);
  loadingEarlier = $state.raw(false);
  busy = $state.raw(false);
  /** It is no longer this reader's: passed on, or out of their queues. */
  gone = $state.raw(false);
  reply = $state.raw("");
  note = $state.raw("");

  #desk: Desk;
  #stopped = false;
  #sending = false;
  #failures = 0;
  #typingLimit: ReturnType<typeof setTimeout> | undefined;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  #inbound: DeskEvent[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string, desk: Desk) {
    this.id = id;
    this.#desk = desk;
    const kept = drafts.get(id);
    this.reply = kept?.reply ?? "";
    this.note = kept?.note ?? "";
    for (const pending of readPending(id)) this.#do({ kind: "send", pending });
  }

  get row(): Row | undefined {
    return this.#desk.rows.get(this.id);
  }

  stop(): void {
    this.#stopped = true;
    drafts.set(this.id, { reply: this.reply, note: this.note });
    clearTimeout(this.#typingLimit);
    clearTimeout(this.#detailTimer);
    this.#desk.send({ type: "unwatch", conversation: this.id });
  }

  // ------------------------------------------------------------------------------------------ what comes in

  async load(): Promise<void> {
    this.failed = undefined;
    try {
      const [detail, page] = await Promise.all([
        hub.get<Detail>(`conversations/${this.id}`),
        hub.get<EventPage>(`conversations/${this.id}/events?limit=${PAGE}`),
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

  async earlier(): Promise<void> {
    if (this.loadingEarlier || this.timeline.whole) return;
    this.loadingEarlier = true;
    const page = await hub.try(() =>
      hub.get<EventPage>(`conversations/${this.id}/events?before=${this.timeline.first}&limit=${PAGE}`),
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
      hub.get<EventPage>(`conversations/${this.id}/events?after=${this.timeline.last}&limit=500`),
    );
    if (!page || this.#stopped) return;
    this.#do({ kind: "events", events: page.events });
    this.#watch();
  }

  rowChanged(row: Row): void {
    if (!this.detail || row.seq !== this.detail.seq || row.baton !== this.detail.baton) this.#refreshSoon();
  }

  #refreshSoon(): void {
    clearTimeout(this.#detailTimer);
    this.#detailTimer = setTimeout(() => void this.#refresh(), 40);
  }

  async #refresh(): Promise<void> {
    try {
      const detail = await hub.get<Detail>(`conversations/${this.id}`);
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

  say(text: string): void {
    const mine = clients.get(this.id) ?? { client: newId(), next: 1 };
    clients.set(this.id, mine);
    const counter = nextCounter(this.timeline, mine.client, mine.next);
    const pending: Pending = {
      key: newId(),
      client: mine.client,
      counter,
      at: Date.now(),
      text,
      as_of: this.timeline.last,
      state: "sending",
    };
    this.#do({ kind: "send", pending });
    void this.#flush();
  }

  retry(pending: Pending): void {
    this.drop(pending);
    this.say(pending.text);
  }

  drop(pending: Pending): void {
    this.#do({ kind: "drop", key: pending.key });
  }

  async #flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let head = headOf(this.timeline); head && !this.#stopped; head = headOf(this.timeline)) {
      const { client, counter, text, as_of } = head;
      try {
        const done = await hub.post<{ seq: number }>(`conversations/${this.id}/messages`, {
          client,
          counter,
          text,
          as_of,
        });
        this.#failures = 0;
        const mine = clients.get(this.id);
        if (mine?.client === client) mine.next = Math.max(mine.next, counter + 1);
        this.#do({ kind: "ack", client, counter, number: done.seq });
      } catch (error) {
        const problem = asProblem(error);
        if (problem.code === "counter_gap" && problem.expected) {
          this.#do({ kind: "renumber", client, from: counter, expected: problem.expected });
        } else if (problem.code === "unreachable" || (problem.status ?? 0) >= 500) {
          // Not known whether it arrived: the same counter again, until there is an answer.
          this.#failures += 1;
          await new Promise((go) => setTimeout(go, pauseBefore(this.#failures, Math.random())));
        } else {
          this.#do({ kind: "refused", client, counter, problem });
          if (problem.status === 401) hub.report(error);
        }
      }
    }
    this.#sending = false;
  }

  async addNote(text: string): Promise<void> {
    const done = await hub.try(() => hub.post(`conversations/${this.id}/notes`, { text }));
    // Nothing that was typed gets lost: a note that did not go through stands in its box again.
    if (done === undefined) this.note = this.note ? `${text}\n${this.note}` : text;
  }

  // ------------------------------------------------------------------------------------------ what may be done

  can(what: DeskCan): boolean {
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
  join(): Promise<boolean> {
    return this.#act("join", {});
  }
  leave(): Promise<boolean> {
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

  async #act(path: string, body: unknown): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    const answer = await hub.try(() => hub.post<unknown>(`conversations/${this.id}/${path}`, body));
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

function isDetail(answer: unknown): answer is Detail {
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
