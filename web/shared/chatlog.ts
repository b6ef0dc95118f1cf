/**
 * From the log as a customer is sent it to what their screen shows, in the order of positions. Pure; core's golden
 * vectors (golden/) hold it to what core says that the customer sees.
 */
import type { ChatEvent, ChatMessage, ChatNotice, ChatRated, ChatTurning } from "./api.ts";

export type ChatLine =
  | { kind: "message"; event: ChatMessage; edited: boolean }
  | { kind: "notice"; event: ChatNotice }
  | { kind: "rated"; event: ChatRated }
  | { kind: "opened"; event: ChatTurning };

export function chatLines(events: readonly ChatEvent[]): ChatLine[] {
  const lines: ChatLine[] = [];
  const at = new Map<string, number>();
  for (const event of events) {
    switch (event.type) {
      case "message":
        at.set(event.message, lines.length);
        lines.push({ kind: "message", event, edited: false });
        break;
      case "edited": {
        // The new words stand where the old ones stood; they are known by the new name from then on.
        const index = at.get(event.old);
        const line = index === undefined ? undefined : lines[index];
        if (index === undefined || line?.kind !== "message") break;
        const { message, parts, plain } = event;
        lines[index] = { kind: "message", event: { ...line.event, message, parts, plain }, edited: true };
        at.set(message, index);
        break;
      }
      case "notice":
        lines.push({ kind: "notice", event });
        break;
      case "rated":
        lines.push({ kind: "rated", event });
        break;
      case "opened":
        lines.push({ kind: "opened", event });
        break;
      default:
        // It holds its position and shows nothing.
        break;
    }
  }
  return lines;
}
