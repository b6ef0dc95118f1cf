/**
 * The wire types of the hub's two surfaces, as the pages use them. Times are UTC milliseconds, ids are uuid strings,
 * cursors are opaque. Nothing here may be invented by a page: a field stands here because the hub sends or takes it.
 */

export type Problem = {
  type?: string;
  title: string;
  status?: number;
  detail?: string;
  code: string;
  expected?: number;
  used_at?: number;
  retry_after?: number;
};

// ---------------------------------------------------------------------------------------------- what is said

export type Choice = { label: string; value: string };

export type Part =
  | { type: "text"; text: string; markdown?: boolean; language?: string | null }
  | { type: "choices"; choices: Choice[] }
  | { type: "card"; kind: string; json: unknown }
  | { type: "link"; url: string; title?: string | null }
  | { type: "event"; name: string; json: unknown }
  | { type: "file"; blob: string; name: string; media_type: string; size: number }
  | { type: "location"; lat: number; lon: number; label?: string | null }
  | { type: "unknown"; media_type: string; json: unknown };

// ---------------------------------------------------------------------------------------------- the customer's side

export type Speaker = { kind: "customer" | "bot" | "agent" | "target"; name: string | null; human: boolean };

export type NoticeAction = "wait" | "leave_message" | "stay_with_bot" | "rate" | "talk_to_person";

export type ChatMessage = {
  type: "message";
  position: number;
  at: number;
  message: string;
  by: Speaker;
  parts: Part[];
  plain: string;
  client?: string | null;
  counter?: number | null;
  reply_to?: number | null;
  interrupted?: boolean;
};
export type ChatNotice = {
  type: "notice";
  position: number;
  at: number;
  code: string;
  language: string;
  words: string;
  values: Record<string, unknown>;
  actions: NoticeAction[];
};
export type Answered = "yes" | "partly" | "no";
export type Rating = { answered: Answered | null; agent: number | null; bot: number | null };
export type ChatRated = { type: "rated"; position: number; at: number } & Rating;
export type ChatTurning = { type: "closed" | "opened"; position: number; at: number; episode: number };
export type ChatEvent = ChatMessage | ChatNotice | ChatRated | ChatTurning;

export type HolderKind = "bot" | "queue" | "later" | "agent" | "target" | "nobody";

export type ChatState = {
  conversation: string;
  inbox: string;
  episode: number;
  language: string;
  holder: { kind: HolderKind; name: string | null; human: boolean };
  place: number | null;
  handover: { id: string; state: "waiting" | "offered" | "opening" } | null;
  reference: string | null;
  can: {
    write: boolean;
    ask_person: boolean;
    withdraw: boolean;
    leave_message: boolean;
    stay_with_bot: boolean;
    rate: boolean;
  };
  rating: { agent_name: string | null; bot_name: string | null } | null;
  last_position: number;
};

export type Inbox = {
  slug: string;
  name: string;
  bot_name: string | null;
  language: string;
  person_word?: string;
};

export type Started = {
  conversation: string;
  token: string;
  client: string;
  next_counter: number;
  cursor: string;
  state: ChatState;
};

export type ChatClientFrame =
  | { type: "hello"; token: string; after?: string; client?: string }
  | { type: "send"; client: string; counter: number; text?: string; choice?: Choice; reply_to?: number }
  | { type: "typing"; on: boolean }
  | { type: "seen"; position: number }
  | { type: "ping" };

export type ChatServerFrame =
  | { type: "welcome"; state: ChatState; cursor: string; next_counter?: number | null }
  | { type: "event"; event: ChatEvent; cursor: string }
  | { type: "state"; state: ChatState }
  | { type: "typing"; by: { kind: Speaker["kind"]; name: string | null }; on: boolean }
  | { type: "place"; place: number | null }
  | { type: "ack"; client: string; counter: number; position: number; at: number; message: string }
  | { type: "refused"; client: string; counter: number; problem: Problem }
  | { type: "pong" }
  | { type: "error"; problem: Problem };

export type PersonAnswer =
  | { kind: "queued"; place?: number | null }
  | { kind: "assigned"; agent_name: string }
  | { kind: "opening"; target_name: string }
  | { kind: "already"; where: string }
  | { kind: "refused"; reason: string };

export type MessageLeft = { reference: string; due: number | null };

// ---------------------------------------------------------------------------------------------- people's side

export type Role = "agent" | "supervisor" | "administrator";

export type Me = {
  agent: string;
  name: string;
  mail: string;
  role: Role;
  csrf: string;
  presence: { available: boolean; reachable: boolean; by: "self" | "system" };
  capacity: number;
  load: number;
  queues: string[];
};

export type List = "offered" | "mine" | "waiting" | "messages" | "bot" | "all" | "closed";
export type Counts = { offered: number; mine: number; waiting: number; messages: number; bot: number };

export type Named = { id: string; name: string };
export type Offer = { id: string; to: Named; giver: Named | null; due: number; note: string | null };

export type Row = {
  id: string;
  reference: string | null;
  inbox: Named;
  customer: { name: string | null };
  language: string;
  state: "open" | "closed";
  holder: { kind: HolderKind; id: string | null; name: string | null };
  baton: number;
  seq: number;
  opened_at: number;
  since: number;
  waiting_since: number | null;
  unanswered_since: number | null;
  place: number | null;
  priority: number;
  queue: Named | null;
  offer: Offer | null;
  handover: { id: string; trigger: string; outcome: string | null } | null;
  reason: string | null;
  later: { due: number; contact: string | null } | null;
  last: { at: number; by: string; text: string } | null;
  rating: Rating | null;
  lists: List[];
};

export type Brief = {
  /** `turn`: the position at which it was settled; 0 if at none. */
  settled: { fact: string; turn: number }[];
  promised: string[];
  do_not_ask: string[];
  note: string;
};

export type DeskCan =
  | "reply"
  | "note"
  | "accept"
  | "decline"
  | "pick"
  | "take_over"
  | "transfer"
  | "hand_back"
  | "close"
  | "join"
  | "leave";

/** A row says its reason in one sentence; here it stands with its grounds. */
export type Detail = Omit<Row, "reason"> & {
  reason: Reason | null;
  variables: Record<string, unknown>;
  brief: Brief | null;
  episodes: { episode: number; opened_at: number; closed_at: number | null }[];
  guests: Named[];
  told: string | null;
  can: Record<DeskCan, boolean>;
};
export type Reason = { trigger: string; evidence: string[]; from: string | null; at: number };

export type Actor = {
  kind: "customer" | "bot" | "agent" | "target" | "system" | "integration";
  id: string | null;
  name: string | null;
};
export type Fate = "shown" | "withheld" | "held" | "draft" | "released" | "interrupted" | "note" | "whisper";

export type DeskEvent = {
  seq: number;
  position: number | null;
  at: number;
  kind: string;
  actor: Actor;
  baton: number | null;
  fate: Fate | null;
  message: string | null;
  parts: Part[] | null;
  plain: string | null;
  client?: string | null;
  counter?: number | null;
  facts: Record<string, unknown>;
  body: Record<string, unknown> | null;
};

export type EventPage = { events: DeskEvent[]; first_seq: number; last_seq: number; more: boolean };
export type RowPage = { items: Row[]; cursor: string | null; counts: Counts };

export type Directory = {
  agents: (Named & { available: boolean; reachable: boolean; load: number; capacity: number })[];
  queues: (Named & { kind: "live" | "later"; open: boolean; waiting: number })[];
  bots: Named[];
  targets: Named[];
  inboxes: (Named & { slug: string })[];
};
export type TransferTo = { kind: "agent" | "queue" | "bot" | "target"; id: string };

export type DeskClientFrame =
  | { type: "hello"; csrf: string; after?: string }
  | { type: "watch"; conversation: string; after: number }
  | { type: "unwatch"; conversation: string }
  | { type: "typing"; conversation: string; on: boolean }
  | { type: "activity" }
  | { type: "ping" };

export type DeskServerFrame =
  | { type: "welcome"; me: Me; cursor: string; snapshot: Row[] | null; counts: Counts }
  | { type: "row"; row: Row; counts: Counts; cursor: string }
  | { type: "event"; conversation: string; event: DeskEvent }
  | { type: "typing"; conversation: string; by: { kind: string; name: string | null }; on: boolean }
  | { type: "seen"; conversation: string; position: number }
  | { type: "me"; me: Me }
  | { type: "pong" }
  | { type: "error"; problem: Problem };
