/** What the hub refused, in the reader's language: by the code, for the hub's own sentences are English. */
import type { Problem } from "../shared/api.ts";
import { t, type Key } from "./texts.ts";

const WORDS: Partial<Record<string, Key>> = {
  unreachable: "unreachable",
  busy: "problem_fast",
  rate_limited: "problem_fast",
  too_many_asks: "problem_fast",
  too_many_connections: "problem_fast",
  too_many_attempts: "problem_fast",
  too_many_clients: "problem_fast",
  conversation_closed: "problem_moved",
  form_not_found: "problem_moved",
  bounces_exhausted: "problem_moved",
  no_messages: "problem_moved",
  not_allowed: "problem_moved",
  not_available: "problem_moved",
  not_waiting: "problem_moved",
  nothing_to_rate: "problem_moved",
  no_way_to_answer: "problem_contact",
  body_too_large: "problem_long",
  text_too_long: "problem_long",
  unknown_inbox: "problem_setup",
  blocked: "blocked",
  field_required: "problem_required",
  field_invalid: "problem_required",
  file_type_refused: "problem_file_type",
  file_too_large: "problem_long",
};

export function problemWords({ code, status }: Problem): string {
  return t(WORDS[code] ?? ((status ?? 0) >= 500 ? "problem_house" : "problem_other"), { code });
}
