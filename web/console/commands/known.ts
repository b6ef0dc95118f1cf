/**
 * The inbox's actions as the list of keys shows them while another page is open: the inbox registers what runs them. A
 * test holds this beside what it registers.
 */
import type { Command } from "./registry.svelte.ts";

type Known = Omit<Command, "run" | "when">;

const chat = (id: string, title: Command["title"], key?: string): Known => ({
  id,
  title,
  group: "chat",
  ...(key ? { key } : {}),
});
const list = (id: string, title: Command["title"], key: string): Known => ({ id, title, key, group: "list" });

export const KNOWN: readonly Known[] = [
  chat("accept", "key_accept", "a"),
  chat("decline", "key_decline", "d"),
  chat("pick", "key_pick", "p"),
  chat("take-over", "key_take", "o"),
  chat("reply", "key_reply", "r"),
  chat("note", "key_note", "n"),
  chat("transfer", "key_transfer", "t"),
  chat("reassign", "key_reassign", "shift+t"),
  chat("hand-back", "key_hand_back", "h"),
  chat("close", "key_close", "e"),
  chat("reopen", "key_reopen", "shift+o"),
  chat("snooze", "key_snooze", "z"),
  chat("wake", "wake", "shift+z"),
  chat("tags", "key_tags", "l"),
  chat("join", "key_join", "shift+j"),
  chat("leave", "key_leave"),
  chat("block", "key_block", "shift+b"),
  chat("unblock", "unblock"),
  chat("undo", "key_undo", "mod+z"),
  chat("context", "key_context", "i"),
  { id: "saved-replies", title: "saved_replies", key: "s", group: "composer" },
  list("next", "key_next", "j"),
  list("previous", "key_prev", "k"),
  list("open-next", "key_open_next", "."),
  list("open-previous", "key_open_prev", ","),
  list("put-away", "key_open_close", "x"),
];
