/**
 * The desk's live picture: every row this reader may see, kept right by one stream. After a break the hub either
 * replays what was missed or sends a fresh snapshot; the page does not care which.
 */
import type {
  Counts,
  DeskClientFrame,
  DeskServerFrame,
  Directory,
  List,
  Row,
  RowPage,
} from "../../shared/api.ts";
import { Line, socketTransport, socketUrl, type LineState } from "../../shared/socket.ts";
import { OpenChat } from "./open-chat.svelte.ts";
import { hub } from "./hub.svelte.ts";

export const LISTS: readonly List[] = ["offered", "mine", "waiting", "messages", "bot", "all"];
const NO_COUNTS: Counts = { offered: 0, mine: 0, waiting: 0, messages: 0, bot: 0 };
const ACTIVITY_MS = 30_000;

export type ListState = { kind: "loading" | "ready" | "failed"; cursor: string | null };

export class Desk {
  rows = $state.raw<ReadonlyMap<string, Row>>(new Map());
  counts = $state.raw<Counts>(NO_COUNTS);
  link = $state.raw<LineState>({ kind: "stopped", attempt: 0 });
  list = $state.raw<List>("mine");
  lists = $state.raw<Partial<Record<List, ListState>>>({});
  open = $state.raw<OpenChat | undefined>();
  directory = $state.raw<Directory | undefined>();

  #line: Line;
  #cursor: string | undefined;
  #activityAt = 0;
  #inbound: Row[] = [];
  #inboundTimer: ReturnType<typeof setTimeout> | undefined;
  #listeners: [string, EventListener][] = [];

  constructor() {
    this.#line = new Line({
      transports: [socketTransport(() => socketUrl(location.origin, "/api/v1/stream"))],
      hello: (): DeskClientFrame => ({
        type: "hello",
        csrf: hub.me?.csrf ?? "",
        ...(this.#cursor ? { after: this.#cursor } : {}),
      }),
      onFrame: (frame) => this.#take(frame as DeskServerFrame),
      onState: (state) => {
        this.link = state;
        this.open?.lineChanged(state.kind === "open");
      },
    });
  }

  start(): void {
    this.#listen("online", () => this.#line.hurry());
    this.#listen("keydown", () => this.#active());
    this.#listen("pointerdown", () => this.#active());
    this.#listen("pointermove", () => this.#active());
    this.#line.start();
    void this.loadDirectory();
    void this.loadList(this.list);
  }

  stop(): void {
    for (const [name, listener] of this.#listeners.splice(0)) removeEventListener(name, listener);
    this.#line.stop();
    this.open?.stop();
    this.open = undefined;
  }

  #listen(name: string, listener: () => void): void {
    addEventListener(name, listener, { passive: true });
    this.#listeners.push([name, listener]);
  }

  send(frame: DeskClientFrame): boolean {
    return this.#line.send(frame);
  }

  #active(): void {
    if (Date.now() - this.#activityAt < ACTIVITY_MS) return;
    if (this.send({ type: "activity" })) this.#activityAt = Date.now();
  }

  // ------------------------------------------------------------------------------------------ lists

  choose(list: List): void {
    this.list = list;
    if (!this.lists[list]) void this.loadList(list);
  }

  async loadList(list: List, more = false): Promise<void> {
    const before = this.lists[list];
    if (before?.kind !== "ready") this.#setList(list, { kind: "loading", cursor: null });
    try {
      const page = more && before?.cursor ? `&cursor=${encodeURIComponent(before.cursor)}` : "";
      const answer = await hub.get<RowPage>(`conversations?list=${list}&limit=50${page}`);
      this.#merge(answer.items);
      this.counts = answer.counts;
      this.#setList(list, { kind: "ready", cursor: answer.cursor });
    } catch (error) {
      this.#setList(list, { kind: "failed", cursor: null });
      hub.report(error);
    }
  }

  #setList(list: List, state: ListState): void {
    this.lists = { ...this.lists, [list]: state };
  }

  async loadDirectory(): Promise<void> {
    this.directory = (await hub.try(() => hub.get<Directory>("directory"))) ?? this.directory;
  }

  nameOf(id: string | null): string | null {
    if (!id) return null;
    if (id === hub.me?.agent) return hub.me.name;
    const d = this.directory;
    const all = d ? [...d.agents, ...d.queues, ...d.bots, ...d.targets, ...d.inboxes] : [];
    return all.find((one) => one.id === id)?.name ?? null;
  }

  /** A page read over HTTP may be older than what the stream said meanwhile: the higher seq wins. */
  #merge(rows: readonly Row[]): void {
    const next = new Map(this.rows);
    for (const row of rows) {
      const have = next.get(row.id);
      if (!have || row.seq >= have.seq) next.set(row.id, row);
    }
    this.rows = next;
  }

  // ------------------------------------------------------------------------------------------ the stream

  #take(frame: DeskServerFrame): void {
    switch (frame.type) {
      case "welcome":
        hub.me = frame.me;
        this.#cursor = frame.cursor;
        this.counts = frame.counts;
        if (frame.snapshot) {
          this.rows = new Map(frame.snapshot.map((row) => [row.id, row]));
          // The snapshot has the open ones; what else a list shows is asked for again.
          this.lists = {};
          void this.loadList(this.list);
        }
        this.open?.lineChanged(true);
        break;
      case "row":
        this.#cursor = frame.cursor;
        this.counts = frame.counts;
        this.#inbound.push(frame.row);
        this.#inboundTimer ??= setTimeout(() => this.#drain(), 0);
        break;
      case "event":
        if (frame.conversation === this.open?.id) this.open.event(frame.event);
        break;
      case "typing":
        if (frame.conversation === this.open?.id) this.open.typing(frame.on ? frame.by : undefined);
        break;
      case "seen":
        if (frame.conversation === this.open?.id) this.open.seenTo = frame.position;
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
      case "pong":
        break;
    }
  }

  #drain(): void {
    this.#inboundTimer = undefined;
    const rows = this.#inbound.splice(0);
    this.#merge(rows);
    for (const row of rows) if (row.id === this.open?.id) this.open.rowChanged(row);
  }

  // ------------------------------------------------------------------------------------------ offers

  get offersToMe(): Row[] {
    return [...this.rows.values()]
      .filter((row) => row.offer && row.offer.to.id === hub.me?.agent && row.state === "open")
      .sort((a, b) => (a.offer?.due ?? 0) - (b.offer?.due ?? 0));
  }

  /** Accepts what the reader sees: the hub hands over history up to this seq and sends the rest live. */
  async accept(row: Row): Promise<boolean> {
    return this.#answer(row, "accept", { offer: row.offer?.id, as_of: row.seq });
  }

  async decline(row: Row): Promise<boolean> {
    return this.#answer(row, "decline", { offer: row.offer?.id });
  }

  async #answer(row: Row, how: "accept" | "decline", body: unknown): Promise<boolean> {
    const done = await hub.try(() => hub.post(`conversations/${row.id}/${how}`, body));
    if (done === undefined) void this.loadList(this.list);
    return done !== undefined;
  }

  // ------------------------------------------------------------------------------------------ one chat

  show(id: string | null): void {
    if (id === (this.open?.id ?? null)) return;
    this.open?.stop();
    this.open = id ? new OpenChat(id, this) : undefined;
    void this.open?.load();
  }
}

/** The rows of a list in the order in which they want attention. */
export function inList(rows: Iterable<Row>, list: List): Row[] {
  const mine = [...rows].filter((row) => row.lists.includes(list));
  const lastAt = (row: Row) => row.last?.at ?? row.opened_at;
  switch (list) {
    case "offered":
      return mine.sort((a, b) => (a.offer?.due ?? 0) - (b.offer?.due ?? 0));
    case "waiting":
      return mine.sort(
        (a, b) => b.priority - a.priority || (a.waiting_since ?? a.since) - (b.waiting_since ?? b.since),
      );
    case "messages":
      return mine.sort((a, b) => (a.later?.due ?? Infinity) - (b.later?.due ?? Infinity));
    case "mine":
      return mine.sort(
        (a, b) =>
          (a.unanswered_since ?? Infinity) - (b.unanswered_since ?? Infinity) || lastAt(b) - lastAt(a) || 0,
      );
    default:
      return mine.sort((a, b) => lastAt(b) - lastAt(a));
  }
}
