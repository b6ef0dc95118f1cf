/**
 * The desk's live picture: every row this reader may see, kept right by one stream, and the chats that stand open.
 * After a break the hub either replays what was missed or sends a fresh snapshot; the page does not care which.
 */
import { untrack } from "svelte";
import { asProblem } from "../../shared/problem.ts";
import { Line, socketTransport, socketUrl, type LineState } from "../../shared/socket.ts";
import { ticking } from "./clock.svelte.ts";
import { hub } from "./hub.svelte.ts";
import { hasDraft, keep, kept } from "./kept.ts";
import { OpenChat } from "./open-chat.svelte.ts";
import { byName, inList } from "./rows.ts";
import type {
  Alert,
  Board,
  Counts,
  Directory,
  DeskClientFrame,
  Mention,
  MentionPage,
  Problem,
  RowPage,
} from "../../shared/api.ts";
import type { ChatRow, Frame, ListName, SavedReply } from "./wire.ts";

export { inList } from "./rows.ts";

export const LISTS: readonly ListName[] = [
  "mine",
  "offered",
  "waiting",
  "messages",
  "bot",
  "mentions",
  "snoozed",
  "closed",
  "all",
];
const NO_COUNTS: Counts = {
  offered: 0,
  mine: 0,
  waiting: 0,
  messages: 0,
  bot: 0,
  snoozed: 0,
  mentions: 0,
  reports_new: 0,
};
const ACTIVITY_MS = 30_000;
const PAGE = 100;
/** How many chats stand open at most: one works on a handful, and each is watched. */
const OPEN = 12;
/** How many chats' reading marks this browser keeps. */
const MARKS = 500;
/** While a key was pressed this shortly ago, an offer waits beside the text. */
export const WRITING_MS = 20_000;

export type ListState = {
  kind: "loading" | "ready" | "failed";
  cursor: string | null;
  problem?: Problem;
};
export type Filter = { inbox: string; queue: string; tag: string };
export const NO_FILTER: Filter = { inbox: "", queue: "", tag: "" };
/** An offer that came to nothing without this reader's answer. */
export type Missed = {
  offer: string;
  row: ChatRow;
  at: number;
  how: "lapsed" | "taken" | "withdrawn";
  by: string | null;
};

export class Desk {
  rows = $state.raw<ReadonlyMap<string, ChatRow>>(new Map());
  counts = $state.raw<Counts>(NO_COUNTS);
  link = $state.raw<LineState>({ kind: "stopped", attempt: 0 });
  list = $state.raw<ListName>("mine");
  lists = $state.raw<Partial<Record<ListName, ListState>>>({});
  filter = $state.raw<Filter>(NO_FILTER);
  mentions = $state.raw<readonly Mention[]>([]);
  directory = $state.raw<Directory | undefined>();
  /** How long the customer waited to whom a person came last, in ms. */
  lastWaited = $state.raw<number | null>(null);
  missed = $state.raw<readonly Missed[]>([]);
  /** Ids of the chats that stand open, in their order; of each one looked at, its log. */
  tabs = $state.raw<readonly string[]>([]);
  open = $state.raw<OpenChat | undefined>();
  /** When a key was last pressed in a text box, by this browser's clock. */
  wroteAt = $state.raw(0);

  /** The supervisor's figures, while somebody looks at them; and what is wrong right now. */
  board = $state.raw<Board | undefined>();
  alerts = $state.raw<readonly Alert[]>([]);
  /** The disk of the hub is full: everything can be read, nothing new is kept. */
  storageFull = $state(false);

  #chats = new Map<string, OpenChat>();
  #looked = $state.raw<Readonly<Record<string, number>>>({});
  #line: Line;
  #cursor: string | undefined;
  #activityAt = 0;
  #inbound: ChatRow[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;
  #listeners: [string, EventListener][] = [];
  #answered = new Set<string>();
  #agent = "";
  #startedAt = 0;
  #boards = 0;

  constructor() {
    this.#line = new Line({
      transports: [socketTransport(() => socketUrl(location.origin, "/api/v1/stream"))],
      hello: (): DeskClientFrame => ({
        type: "hello",
        csrf: hub.me?.csrf ?? "",
        ...(this.#cursor ? { after: this.#cursor } : {}),
      }),
      onFrame: (frame) => this.#take(frame as Frame),
      onState: (state) => {
        this.link = state;
        for (const chat of this.#chats.values()) chat.lineChanged(state.kind === "open");
      },
    });
  }

  /** For as long as this agent is logged in, whichever page is shown. Another agent starts from nothing. */
  start(agent: string): void {
    if (agent === this.#agent) return;
    this.stop();
    this.#agent = agent;
    this.#startedAt = ticking.read();
    this.#looked = kept<Record<string, number>>(agent, "looked") ?? {};
    this.tabs = (kept<string[]>(agent, "open") ?? []).slice(0, OPEN);
    this.#listen("online", () => this.#line.hurry());
    this.#listen("keydown", (event) => this.#key(event));
    this.#listen("pointerdown", () => this.#active());
    this.#listen("pointermove", () => this.#active());
    void ticking.set();
    this.#line.start();
    void this.loadDirectory();
    void this.loadList(this.list);
  }

  stop(): void {
    if (this.#agent === "") return;
    this.#agent = "";
    for (const [name, listener] of this.#listeners.splice(0)) removeEventListener(name, listener);
    clearTimeout(this.#inboundTimer);
    [this.#inboundTimer, this.#inbound, this.#cursor] = [undefined, [], undefined];
    this.#line.stop();
    for (const chat of this.#chats.values()) chat.stop();
    this.#chats.clear();
    this.#answered.clear();
    this.open = undefined;
    this.rows = new Map();
    this.counts = NO_COUNTS;
    [this.lists, this.filter, this.list] = [{}, NO_FILTER, "mine"];
    [this.mentions, this.missed, this.tabs, this.alerts] = [[], [], [], []];
    [this.directory, this.board] = [undefined, undefined];
  }

  #listen(name: string, listener: (event: Event) => void): void {
    addEventListener(name, listener, { passive: true });
    this.#listeners.push([name, listener]);
  }

  send(frame: DeskClientFrame): boolean {
    return this.#line.send(frame);
  }

  #key(event: Event): void {
    this.#active();
    const at = event.composedPath()[0];
    if (at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement) this.wroteAt = Date.now();
  }

  #active(): void {
    if (Date.now() - this.#activityAt < ACTIVITY_MS) return;
    if (this.send({ type: "activity" })) this.#activityAt = Date.now();
  }

  // ------------------------------------------------------------------------------------------ lists

  choose(list: ListName): void {
    this.list = list;
    if (!this.lists[list] || list === "closed" || list === "snoozed" || list === "mentions")
      void this.loadList(list);
  }

  narrow(filter: Filter): void {
    this.filter = filter;
    void this.loadList(this.list);
  }

  async loadList(list: ListName, more = false): Promise<void> {
    const before = this.lists[list];
    if (before?.kind !== "ready") this.#setList(list, { kind: "loading", cursor: null });
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (more && before?.cursor) query.set("cursor", before.cursor);
    try {
      if (list === "mentions") await this.#loadMentions(query, more);
      else await this.#loadRows(list, query);
    } catch (error) {
      if (this.#agent === "") return;
      // Said in the list itself; only a log-in that ended is for the whole page.
      const problem = asProblem(error);
      if (problem.status === 401) hub.report(error);
      this.#setList(list, { kind: "failed", cursor: null, problem });
    }
  }

  async #loadRows(list: ListName, query: URLSearchParams): Promise<void> {
    query.set("list", list);
    for (const [name, value] of Object.entries(this.filter)) if (value) query.set(name, value);
    const answer = await hub.get<RowPage>(`conversations?${query}`);
    if (this.#agent === "") return;
    this.#merge(answer.items);
    this.counts = answer.counts;
    if (answer.last_waited_ms !== undefined) this.lastWaited = answer.last_waited_ms;
    this.#setList(list, { kind: "ready", cursor: answer.cursor });
  }

  async #loadMentions(query: URLSearchParams, more: boolean): Promise<void> {
    query.set("state", "all");
    const answer = await hub.get<MentionPage>(`mentions?${query}`);
    if (this.#agent === "") return;
    this.mentions = more ? [...this.mentions, ...answer.items] : answer.items;
    this.counts = { ...this.counts, mentions: answer.counts.unread };
    this.#setList("mentions", { kind: "ready", cursor: answer.cursor });
  }

  async readMention(mention: Mention): Promise<void> {
    if (mention.read_at !== null) return;
    const done = await hub.try(() => hub.post(`mentions/${mention.id}/read`, {}));
    if (done === undefined) return;
    this.mentions = this.mentions.map((m) => (m.id === mention.id ? { ...m, read_at: ticking.read() } : m));
    this.counts = { ...this.counts, mentions: Math.max(0, this.counts.mentions - 1) };
  }

  #setList(list: ListName, state: ListState): void {
    this.lists = { ...this.lists, [list]: state };
  }

  async loadDirectory(): Promise<void> {
    this.directory = (await hub.try(() => hub.get<Directory>("directory"))) ?? this.directory;
  }

  get replies(): readonly SavedReply[] {
    return this.directory?.replies ?? [];
  }

  nameOf(id: string | null): string | null {
    if (!id) return null;
    if (id === hub.me?.agent) return hub.me.name;
    const d = this.directory;
    const all = d ? [...d.agents, ...d.queues, ...d.bots, ...d.targets, ...d.inboxes, ...(d.tags ?? [])] : [];
    return all.find((one) => one.id === id)?.name ?? null;
  }

  /** A page read over HTTP may be older than what the stream said meanwhile: the higher seq wins. */
  #merge(rows: readonly ChatRow[]): void {
    const next = new Map(this.rows);
    for (const row of rows) {
      const have = next.get(row.id);
      if (have && row.seq < have.seq) continue;
      if (have) this.#noticeMissed(have, row);
      next.set(row.id, row);
    }
    this.rows = next;
  }

  // ------------------------------------------------------------------------------------------ the stream

  #take(frame: Frame): void {
    switch (frame.type) {
      case "welcome":
        hub.me = frame.me;
        // Said anew right after this if it still is.
        this.storageFull = false;
        this.#cursor = frame.cursor;
        this.counts = frame.counts;
        if (frame.snapshot) {
          this.rows = new Map(frame.snapshot.map((row) => [row.id, row]));
          // The snapshot has the open ones; what else a list shows is asked for again.
          this.lists = {};
          this.#tidyTabs();
          void this.loadList(this.list);
        }
        for (const chat of this.#chats.values()) chat.lineChanged(true);
        this.alerts = [];
        if (this.#boards > 0) this.send({ type: "board", on: true });
        break;
      case "house":
        this.storageFull = frame.storage_full;
        break;
      case "row":
        this.#cursor = frame.cursor;
        this.counts = frame.counts;
        this.#inbound.push(frame.row);
        this.#inboundTimer ??= setTimeout(() => this.#drain(), 0);
        break;
      case "counts":
        this.counts = frame.counts;
        break;
      case "event":
        this.#chats.get(frame.conversation)?.event(frame.event);
        break;
      case "typing":
        this.#chats.get(frame.conversation)?.typing(frame.on ? frame.by : undefined);
        break;
      case "seen": {
        const chat = this.#chats.get(frame.conversation);
        if (chat) chat.seenTo = Math.max(chat.seenTo, frame.position);
        break;
      }
      case "viewing": {
        const chat = this.#chats.get(frame.conversation);
        if (chat) chat.viewers = frame.agents.filter((one) => one.id !== hub.me?.agent);
        break;
      }
      case "board":
        this.board = frame.board;
        this.alerts = frame.board.alerts;
        break;
      case "alert":
        this.#alert(frame.alert, frame.on);
        break;
      case "me":
        hub.me = { ...frame.me, csrf: frame.me.csrf || hub.me?.csrf || "" };
        break;
      case "error":
        if (frame.problem.code.startsWith("cursor")) this.#cursor = undefined;
        if (frame.problem.status === 401) hub.me = null;
        // Logged in anew in another tab: this page's token is old.
        if (frame.problem.code === "csrf_missing") void hub.load();
        break;
    }
  }

  #drain(): void {
    this.#inboundTimer = undefined;
    const rows = this.#inbound.splice(0);
    this.#merge(rows);
    for (const row of rows) this.#chats.get(row.id)?.rowChanged(row);
    if (this.list === "mentions" && rows.some((row) => row.mentions_me)) void this.loadList("mentions");
  }

  #alert(alert: Alert, on: boolean): void {
    const same = (one: Alert) => one.kind === alert.kind && one.queue?.id === alert.queue?.id;
    const others = this.alerts.filter((one) => !same(one));
    this.alerts = on ? [...others, alert] : others;
  }

  /** Asks for the live figures; every `true` needs its `false`. */
  watchBoard(on: boolean): void {
    const before = this.#boards > 0;
    this.#boards = Math.max(0, this.#boards + (on ? 1 : -1));
    if (this.#boards > 0 !== before) this.send({ type: "board", on });
  }

  // ------------------------------------------------------------------------------------------ offers

  get offersToMe(): ChatRow[] {
    return [...this.rows.values()]
      .filter((row) => row.offer && row.offer.to.id === hub.me?.agent && row.state === "open")
      .sort((a, b) => (a.offer?.due ?? 0) - (b.offer?.due ?? 0));
  }

  /** Accepts what the reader sees: the hub hands over history up to this seq and sends the rest live. */
  async accept(row: ChatRow): Promise<boolean> {
    return this.#answer(row, "accept", { offer: row.offer?.id, as_of: row.seq });
  }

  async decline(row: ChatRow): Promise<boolean> {
    return this.#answer(row, "decline", { offer: row.offer?.id });
  }

  async #answer(row: ChatRow, how: "accept" | "decline", body: unknown): Promise<boolean> {
    if (row.offer) this.#answered.add(row.offer.id);
    const done = await hub.try(() => hub.post(`conversations/${row.id}/${how}`, body));
    if (done === undefined) void this.loadList(this.list);
    return done !== undefined;
  }

  #noticeMissed(before: ChatRow, after: ChatRow): void {
    const offer = before.offer;
    if (!offer || offer.to.id !== hub.me?.agent || after.offer?.id === offer.id) return;
    if (this.#answered.delete(offer.id) || after.holder.id === hub.me?.agent) return;
    const taken = after.holder.kind === "agent" && after.holder.id !== before.holder.id;
    const how = taken ? "taken" : ticking.read() >= offer.due - 1_500 ? "lapsed" : "withdrawn";
    const missed: Missed = {
      offer: offer.id,
      row: before,
      at: ticking.read(),
      how,
      by: taken ? after.holder.name : null,
    };
    this.missed = [missed, ...this.missed.filter((m) => m.offer !== offer.id)].slice(0, 5);
  }

  dismissMissed(offer: string): void {
    this.missed = this.missed.filter((m) => m.offer !== offer);
  }

  // ------------------------------------------------------------------------------------------ open chats

  /**
   * Shows a chat and keeps it among the open ones. One that was only looked at makes room for the next; what is the
   * reader's own, or holds an unsent text, stays until it is put away.
   */
  show(id: string | null): void {
    if (id === (this.open?.id ?? null)) return;
    const before = this.open;
    before?.leave();
    if (before && before.id !== id && !this.#stays(before.id)) this.#forget(before.id);
    if (id === null) {
      this.open = undefined;
      return;
    }
    let chat = this.#chats.get(id);
    if (!chat) {
      chat = new OpenChat(id, this);
      this.#chats.set(id, chat);
      void chat.load();
    }
    if (!this.tabs.includes(id)) this.#setTabs([...this.tabs, id]);
    this.open = chat;
    chat.visit();
  }

  /** Among the open ones, without coming to the front. */
  addTab(id: string): void {
    if (!this.tabs.includes(id)) this.#setTabs([...this.tabs, id]);
  }

  /** Puts a chat away; says which one stands in its place. */
  putAway(id: string): string | null {
    const at = this.tabs.indexOf(id);
    const rest = this.tabs.filter((one) => one !== id);
    if (this.open?.id === id) {
      this.open.leave();
      this.open = undefined;
    }
    this.#forget(id);
    return rest[Math.min(Math.max(at, 0), rest.length - 1)] ?? null;
  }

  #stays(id: string): boolean {
    const row = this.rows.get(id);
    const mine = row?.state === "open" && row.holder.kind === "agent" && row.holder.id === hub.me?.agent;
    const chat = this.#chats.get(id);
    const worked = chat?.touched && chat.detail?.state === "open";
    return mine || hasDraft(this.#agent, id) || Boolean(worked || chat?.timeline.pending.length);
  }

  #forget(id: string): void {
    this.#chats.get(id)?.stop();
    this.#chats.delete(id);
    this.#setTabs(this.tabs.filter((one) => one !== id));
  }

  /** Chats of an earlier visit that have been closed or passed on meanwhile stand open no longer. */
  #tidyTabs(): void {
    const live = (id: string) => this.rows.has(id) || this.#chats.has(id) || hasDraft(this.#agent, id);
    if (!this.tabs.every(live)) this.#setTabs(this.tabs.filter(live));
  }

  #setTabs(tabs: readonly string[]): void {
    const over = tabs.slice(0, Math.max(0, tabs.length - OPEN)).filter((id) => id !== this.open?.id);
    for (const id of over) {
      this.#chats.get(id)?.stop();
      this.#chats.delete(id);
    }
    this.tabs = tabs.filter((id) => !over.includes(id));
    keep(this.#agent, "open", this.tabs);
  }

  /** The next chat that wants this reader: unanswered first, the oldest of them. */
  nextOfMine(except: string): string | undefined {
    return inList(this.rows.values(), "mine").find((row) => row.id !== except)?.id;
  }

  // ------------------------------------------------------------------------------------------ what was read

  /** Something came from the customer since this reader last looked at the end of the chat. */
  unread(row: ChatRow): boolean {
    if (row.state === "closed" || row.last?.by !== "customer") return false;
    return row.last.at > (this.#looked[row.id] ?? this.#startedAt);
  }

  lookedAt(id: string, at: number): void {
    if ((this.#looked[id] ?? 0) >= at) return;
    const entries = Object.entries({ ...this.#looked, [id]: at });
    entries.sort(([, a], [, b]) => b - a);
    this.#looked = Object.fromEntries(entries.slice(0, MARKS));
    keep(this.#agent, "looked", this.#looked);
  }

  lookedUntil(id: string): number | undefined {
    return this.#looked[id];
  }

  get colleagues(): Directory["agents"] {
    return (this.directory?.agents ?? []).filter((agent) => agent.id !== hub.me?.agent).sort(byName);
  }
}

export const desk = new Desk();

// Nobody has to remember to start or stop it: it lives exactly as long as somebody is logged in.
$effect.root(() => {
  $effect(() => {
    const agent = hub.me?.agent;
    untrack(() => (agent ? desk.start(agent) : hub.me === null && desk.stop()));
  });
});
