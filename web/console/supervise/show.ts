/** Each figure of the board is the count of a list; this names the lists, in the page's address too. */
import type { Board } from "../../shared/api.ts";

export type Show =
  | { kind: "chats"; list: "waiting" | "messages" | "overdue" | "bot" | "people" }
  | { kind: "agent"; id: string }
  | { kind: "handovers"; by?: "trigger" | "outcome" | "answer"; word?: string };

/** As it stands in the address: `waiting`, `agent.ID`, `handovers`, `handovers.trigger.phrase`. */
export function parseShow(text: string | null): Show | undefined {
  const [kind, first, second, ...rest] = (text ?? "").split(".");
  if (rest.length > 0) return undefined;
  switch (kind) {
    case "waiting":
    case "messages":
    case "overdue":
    case "bot":
    case "people":
      return first === undefined ? { kind: "chats", list: kind } : undefined;
    case "agent":
      return first && second === undefined ? { kind: "agent", id: first } : undefined;
    case "handovers":
      if (first === undefined) return { kind: "handovers" };
      return (first === "trigger" || first === "outcome" || first === "answer") && second
        ? { kind: "handovers", by: first, word: second }
        : undefined;
    default:
      return undefined;
  }
}

export function nameOfShow(show: Show): string {
  switch (show.kind) {
    case "chats":
      return show.list;
    case "agent":
      return `agent.${show.id}`;
    case "handovers":
      return show.by ? `handovers.${show.by}.${show.word ?? ""}` : "handovers";
  }
}

/** What the hub is asked for. */
export function pathOfShow(show: Show, board: Pick<Board, "since">): string {
  switch (show.kind) {
    case "chats":
      return show.list === "overdue"
        ? "conversations?list=messages&overdue=true&demo=none"
        : `conversations?list=${show.list}&demo=none`;
    case "agent":
      return `conversations?list=people&holder_id=${encodeURIComponent(show.id)}&demo=none`;
    case "handovers": {
      const filter = show.by ? `&${show.by}=${encodeURIComponent(show.word ?? "")}` : "";
      return `handovers?from=${board.since}${filter}`;
    }
  }
}

/** The figure whose list this is. */
export function countOfShow(show: Show, board: Board): number {
  switch (show.kind) {
    case "chats":
      return {
        waiting: board.waiting.count,
        messages: board.messages.count,
        overdue: board.messages.overdue,
        bot: board.with_bot,
        people: board.with_people,
      }[show.list];
    case "agent":
      return board.agents.find((agent) => agent.id === show.id)?.chats ?? 0;
    case "handovers": {
      const { handovers } = board;
      if (!show.by) return handovers.asked;
      if (show.by === "outcome" && show.word === "open") return handovers.open;
      const by = {
        trigger: handovers.by_trigger,
        outcome: handovers.by_outcome,
        answer: handovers.by_answer,
      };
      return by[show.by][show.word ?? ""] ?? 0;
    }
  }
}
