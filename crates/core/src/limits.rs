//! Every bound of the product, by name. Spans are milliseconds unless the name says otherwise.

use crate::ids::Ms;

const SECOND: Ms = 1_000;
const MINUTE: Ms = 60 * SECOND;
const HOUR: Ms = 60 * MINUTE;
/// A day.
pub const DAY: Ms = 24 * HOUR;

/// Characters in one message.
pub const TEXT_CHARS: usize = 20_000;
/// Parts in one message.
pub const PARTS: usize = 32;
/// Characters in a name that is shown.
pub const NAME_CHARS: usize = 80;
/// Characters in a note, a wrap-up, a brief's note.
pub const NOTE_CHARS: usize = 10_000;
/// Lines of each kind in a brief.
pub const BRIEF_LINES: usize = 50;
/// Bytes of a request body.
pub const BODY_BYTES: usize = 256 * 1024;
/// Bytes of one frame on a socket.
pub const FRAME_BYTES: usize = 256 * 1024;
/// Bytes of variables that a bot or a page may attach.
pub const VARIABLES_BYTES: usize = 16 * 1024;
/// Client copies that may send in one conversation.
pub const CLIENTS: usize = 256;
/// Asks whose replies are still told apart from repeats.
pub const RECENT_ASKS: usize = 32;
/// Messages that a bot may send in answer to one ask.
pub const REPLIES_PER_ASK: u16 = 32;
/// Open asks in one conversation; a customer who writes faster is answered in order.
pub const OPEN_ASKS: usize = 64;
/// Guests beside a holder.
pub const GUESTS: usize = 4;
/// Waiting conversations in one queue, unless it says otherwise.
pub const WAITING: u32 = 10_000;
/// Chats that an agent has at once, unless the account says otherwise.
pub const CAPACITY: u32 = 4;
/// Ordinary hand-backs in one episode.
pub const HAND_BACKS: u32 = 3;
/// Failures of a bot in one episode.
pub const BOT_FAILURES: u32 = 2;

/// Typing is shown when a bot takes this long.
pub const BOT_TYPING: Ms = SECOND;
/// "Still working on it." after this.
pub const BOT_STILL: Ms = 8 * SECOND;
/// A silent bot has failed after this, unless its connection says otherwise.
pub const BOT_LIMIT: Ms = 20 * SECOND;
/// The longest limit that a bot connection may set.
pub const BOT_LIMIT_MOST: Ms = 5 * MINUTE;
/// How long a bot's reply address is good.
pub const REPLY_ADDRESS: Ms = 15 * MINUTE;
/// An offer from a queue.
pub const OFFER: Ms = 30 * SECOND;
/// An offer from a colleague.
pub const TRANSFER_OFFER: Ms = 60 * SECOND;
/// An agent's reachability after the last sign of life.
pub const AGENT_LEASE: Ms = 45 * SECOND;
/// An unreachable agent's unanswered chats are offered again after this much more.
pub const AGENT_LOST: Ms = 45 * SECOND;
/// No key and no pointer for this long, and an unanswered offer: away.
pub const AGENT_IDLE: Ms = 10 * MINUTE;
/// A live wait is asked "what else?" after this.
pub const WAIT_CHOICE: Ms = 10 * MINUTE;
/// A live wait is over after this and becomes a promise.
pub const WAIT_OVER: Ms = 60 * MINUTE;
/// A target has this long to say accepted, waiting or refused.
pub const TARGET_OPENING: Ms = 30 * SECOND;
/// A quiet bot chat closes.
pub const QUIET: Ms = 30 * MINUTE;
/// A customer unanswered by an agent: told to the supervisor.
pub const UNANSWERED: Ms = 5 * MINUTE;
/// A customer unanswered by an agent: offered again.
pub const UNANSWERED_OFFER: Ms = 15 * MINUTE;
/// An agent chat in which nobody says anything.
pub const AGENT_QUIET: Ms = 24 * HOUR;
/// A chat lent to a bot returns.
pub const LENDING: Ms = 10 * MINUTE;
/// A draft waits this long for approval.
pub const DRAFT: Ms = 2 * MINUTE;
/// An agent's word may be undone for this long, unless the desk says otherwise.
pub const UNDO: Ms = 5 * SECOND;
/// The longest time that the desk may set for it.
pub const UNDO_MOST: Ms = 30 * SECOND;
/// A chat may be put away for this long at most.
pub const SNOOZE: Ms = 14 * DAY;
/// Everybody who serves a line is full and somebody waits there for so long: supervisors are told.
pub const OVER_LOAD: Ms = 2 * MINUTE;
/// A reader's looks into one chat of a colleague are logged once in this time.
pub const LOOK_AGAIN: Ms = 15 * MINUTE;
/// Looks that an agent's state remembers to tell a repeat.
pub const LOOKS: usize = 64;
/// Words of one conversation that may be undone at one time.
pub const HELD: usize = 16;
/// Tags on one conversation.
pub const TAGS: usize = 20;
/// Characters of a tag's name.
pub const TAG_CHARS: usize = 40;
/// Tags that a team may have.
pub const TAGS_KNOWN: usize = 500;
/// Saved replies of the team, and of each agent.
pub const SAVED_REPLIES: usize = 1_000;
/// Characters of the word that is typed for a saved reply.
pub const SHORTCUT_CHARS: usize = 32;
/// Ways in which a closed chat may be filed.
pub const DISPOSITIONS: usize = 100;
/// Bytes of what an agent sets for their own screen.
pub const PREFERENCES_BYTES: usize = 16 * 1024;
/// People whom one note may call.
pub const MENTIONS: usize = 10;
/// Reports in one conversation.
pub const REPORTS: usize = 100;
/// Characters of an address at which a customer can be reached.
pub const CONTACT_CHARS: usize = 200;
/// The short form of a notice whose fact has not come.
pub const NOTICE_SHORT: Ms = 10 * SECOND;
/// A word after closing goes to the last agent's stretch for this long, where the inbox says so.
pub const REOPEN: Ms = 3 * DAY;
/// A courtesy after closing wakes nobody for this long.
pub const COURTESY: Ms = 2 * MINUTE;
/// Open time in which a left message is to be answered.
pub const PROMISE_OPEN_TIME: Ms = 8 * HOUR;
/// Without hours, a left message is to be answered within this.
pub const PROMISE: Ms = DAY;
/// A promise is escalated this long before its deadline.
pub const PROMISE_NEAR: Ms = 2 * HOUR;

/// A broken promise is said again after this.
pub const PROMISE_AGAIN: Ms = DAY;

/// Tries of one commit before 503.
pub const COMMIT_TRIES: u32 = 8;
/// Free keys of one conversation.
pub const FREE_KEYS: usize = 1_000;
/// How long a free key is kept.
pub const FREE_KEY: Ms = DAY;
/// How long start and administration keys are kept.
pub const START_KEY: Ms = 7 * DAY;
/// Events in one page.
pub const PAGE: usize = 500;
/// Rows in one list page.
pub const LIST_PAGE: usize = 200;
/// Commands waiting for the writer.
pub const WRITER_QUEUE: usize = 4_096;
/// Commands in one transaction, so that the first of them does not wait for thousands.
pub const WRITER_BATCH: usize = 1_024;
/// Queries waiting for a reader.
pub const READER_QUEUE: usize = 4_096;
/// Opened keys kept in memory.
pub const KEYS_OPEN: usize = 100_000;
/// Ends of streams (number, seq, chain) that the writer keeps in memory, at some 150 bytes each.
pub const STREAM_ENDS: usize = 262_144;
/// Events older than that are packed.
pub const PACK_AFTER: Ms = DAY;
/// How often it is noted how far the log has come, and looked for what is old.
pub const PACK_NOTE: Ms = HOUR;
/// Events that are packed before a pause.
pub const PACK_BITE: usize = 500;
/// The pause between two bites of packing.
pub const PACK_PAUSE: Ms = 20;
/// Events in one packed stretch.
pub const PACK_EVENTS: u64 = 256;
/// A packed stretch takes no further event when it has come to this size.
pub const PACK_BYTES: usize = 1 << 20;
/// Offsets whose order is written down in one row.
pub const PLACES_BLOCK: usize = 1_024;
/// Conversations kept in memory.
pub const STATES: usize = 50_000;
/// Hints that a slow reader may miss before it re-reads.
pub const HINTS: usize = 4_096;
/// Events of one open chat that its screens find in memory.
pub const RECENT_EVENTS: usize = 32;
/// List rows that wait to be written; more are written at once.
pub const ROWS_BEHIND: usize = 5_000;
/// Events read at once for one socket: the frames that wait for it.
pub const SOCKET_QUEUE: usize = 64;
/// Bytes waiting for one socket before it is dropped: more than the longest frame, a desk's first, with all its rows.
pub const SOCKET_BUFFER: usize = 4 * 1024 * 1024;
/// A heartbeat of a socket.
pub const HEARTBEAT: Ms = 20 * SECOND;
/// A socket that says nothing for this long is dropped.
pub const SOCKET_SILENT: Ms = 60 * SECOND;
/// Outside calls under way at once.
pub const OUTSIDE_CALLS: usize = 2_048;
/// Of them those to one bot or target: one that hangs never takes the workers of the others.
pub const OUTSIDE_CALLS_EACH: usize = 256;
/// One outside call.
pub const OUTSIDE_CALL: Ms = 10 * SECOND;
/// How long an outbox lease stands before another worker may look.
pub const OUTBOX_LEASE: Ms = 60 * SECOND;
/// Tries of one push before it is parked.
pub const PUSH_TRIES: u32 = 12;
/// A conversation's token.
pub const CHAT_TOKEN: Ms = 30 * DAY;
/// A log-in.
pub const LOG_IN: Ms = 14 * DAY;
/// The one-time set-up link.
pub const SETUP_LINK: Ms = HOUR;
/// Failed log-ins of one account or address in [`LOG_IN_WINDOW`].
pub const LOG_IN_FAILURES: u32 = 10;
/// The window of [`LOG_IN_FAILURES`].
pub const LOG_IN_WINDOW: Ms = 15 * MINUTE;
/// Deadlines fired in one round.
pub const TIMERS_ROUND: usize = 500;
/// Bytes of one file, unless the inbox says otherwise.
pub const FILE_BYTES: u64 = 10 * 1024 * 1024;
/// The most that an inbox may set as [`FILE_BYTES`].
pub const FILE_BYTES_MOST: u64 = 25 * 1024 * 1024;
/// Bytes of all files of one episode of a conversation.
pub const FILES_BYTES: u64 = 100 * 1024 * 1024;
/// Files of one episode of a conversation.
pub const FILES: u64 = 200;
/// Characters in a file's name.
pub const FILE_NAME_CHARS: usize = 120;
/// Uploads that one conversation has under way.
pub const UPLOADS: u32 = 3;
/// Uploads under way in all.
pub const UPLOADS_ALL: usize = 32;
/// An upload of which nothing comes for this long is dropped.
pub const UPLOAD_SILENT: Ms = 30 * SECOND;
/// An upload that takes longer is dropped.
pub const UPLOAD: Ms = 10 * MINUTE;
/// Contrast that a colour needs under white text (WCAG 2.2, 1.4.3).
pub const CONTRAST: f64 = 4.5;
/// Texts of the widget that an inbox may set.
pub const WIDGET_TEXTS: usize = 100;
/// Characters of one of them.
pub const WIDGET_TEXT_CHARS: usize = 500;
/// Questions before a chat.
pub const PRE_CHAT_FIELDS: usize = 8;
/// Options of one of them.
pub const PRE_CHAT_OPTIONS: usize = 30;
/// Characters of an answer in one line.
pub const PRE_CHAT_CHARS: usize = 200;
/// Characters of an answer in several lines.
pub const PRE_CHAT_AREA_CHARS: usize = 2_000;
/// Characters of a secret that a form asks for.
pub const SECRET_CHARS: usize = 200;
/// The longest life of a token by which a site says who its customer is.
pub const IDENTITY_TOKEN: Ms = DAY;
/// Its bytes.
pub const IDENTITY_TOKEN_BYTES: usize = 24 * 1024;
/// How far the clock of whoever signs may be off.
pub const CLOCK_SKEW: Ms = MINUTE;
/// A bot that is tried by an administrator answers within this.
pub const BOT_TRY: Ms = 30 * SECOND;
/// Characters of a question to the search.
pub const SEARCH_CHARS: usize = 400;
/// Words and phrases of a question to the search.
pub const SEARCH_TERMS: usize = 24;
/// Conversations in one page of what was found.
pub const SEARCH_PAGE: usize = 50;
/// Conversations that one search looks at: those that the reader may not see count, too.
pub const SEARCH_CHECKED: usize = 200;
/// Messages shown of one conversation that was found.
pub const SEARCH_HITS: usize = 3;
/// Messages opened of one conversation that was found.
pub const SEARCH_OPENED: usize = 24;
/// Events that the search index takes in at once.
pub const SEARCH_BATCH: usize = 1_000;
/// Words that the search can suggest.
pub const SEARCH_WORDS: usize = 100_000;
/// A new message is found after this, unless the index is behind.
pub const SEARCH_GATHER: Ms = 200;
/// Bytes of a refused upload that are still taken in and dropped, so that its sender reads why.
pub const UPLOAD_DROPPED: u64 = 16 * 1024 * 1024;
/// How long they are.
pub const UPLOAD_DROPPED_FOR: Ms = 5 * SECOND;

/// Messages a minute in one chat by its customer, unless the settings say otherwise; as many at once.
pub const CHAT_MESSAGES: u32 = 120;
/// Requests and frames a minute under one chat's token.
pub const CHAT_REQUESTS: u32 = 600;
/// Chats a minute that one address begins.
pub const STARTS: u32 = 120;
/// Log-ins a minute that one address tries, right or wrong.
pub const LOG_INS: u32 = 60;
/// Requests and frames a minute of one account or key.
pub const API_REQUESTS: u32 = 3_000;
/// Calls a minute that bots and targets make about one chat.
pub const HOOK_REQUESTS: u32 = 1_200;
/// Messages a minute of all customers of one inbox.
pub const INBOX_MESSAGES: u32 = 60_000;
/// Chats a minute that are begun in one inbox.
pub const INBOX_STARTS: u32 = 12_000;
/// Callers whom one rate remembers; those that may do nearly everything again are forgotten first.
pub const RATE_KEYS: usize = 100_000;
/// A frame that comes too fast waits so long at most before it is refused; meanwhile its socket is not read.
pub const SLOW_DOWN: Ms = 5 * SECOND;
/// Accounts and addresses of which failed log-ins are remembered.
pub const LOG_IN_KEYS: usize = 10_000;
/// Connections at once, unless the settings or the system's file descriptors say less.
pub const CONNECTIONS: usize = 100_000;
/// Connections at once from one address that is not this machine's.
pub const CONNECTIONS_PER_ADDRESS: usize = 2_000;
/// Sockets and streams of one chat at once.
pub const SOCKETS_PER_CHAT: usize = 32;
/// File descriptors that are kept for files and outside calls.
pub const DESCRIPTORS_KEPT: u64 = 2_560;
/// Connections that are told why they are refused, at once; more are just closed.
pub const REFUSALS_TOLD: usize = 64;
/// A connection brings the head of its next request within this. Longer than proxies keep an idle connection.
pub const REQUEST_HEAD: Ms = 75 * SECOND;
/// A request is answered within this; uploads have [`UPLOAD`].
pub const REQUEST: Ms = MINUTE;
/// A client that takes no bytes for this long is dropped.
pub const WRITE_STALLED: Ms = 30 * SECOND;
/// A frame leaves within this, or its reader is dropped.
pub const FRAME_LEAVES: Ms = 10 * SECOND;
/// Bytes of a request's head.
pub const HEAD_BYTES: usize = 64 * 1024;
/// Passphrases that are hashed at once: each takes tens of milliseconds of a core.
pub const HASHING: usize = 2;
/// Work for bots and targets that is leased at once.
pub const OUTBOX_BATCH: usize = 64;
/// How often it is looked whether a full disk has room again.
pub const DISK_LOOK: Ms = 2 * SECOND;
/// Patterns of its own that an inbox may set.
pub const PATTERNS: usize = 20;
/// Characters of one of them.
pub const PATTERN_CHARS: usize = 500;
/// Bytes that one of them may take when it is compiled.
pub const PATTERN_BYTES: usize = 256 * 1024;
/// Bytes of one text that is looked through at once; what is longer is not let in unread.
pub const REDACT_BYTES: usize = 256 * 1024;
/// The longest time that a retention rule may name, in days.
pub const RETENTION_DAYS: u32 = 3_650;
/// Conversations that one round of the retention rules looks at.
pub const RETENTION_ROUND: usize = 200;
/// Between two rounds while there is more to look at.
pub const RETENTION_NEXT: Ms = 2 * SECOND;
/// Between two rounds when everything was looked at.
pub const RETENTION_REST: Ms = 10 * MINUTE;
/// Conversations that the dry run of a rule looks at.
pub const RETENTION_DRY: usize = 100_000;
/// Conversations of one person that an export holds.
pub const EXPORT_CONVERSATIONS: usize = 1_000;
/// Characters of the reason that somebody gives for a look at, a copy or an erasure of what is personal.
pub const REASON_CHARS: usize = 500;
