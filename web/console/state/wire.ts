/** Names that the desk gives to the hub's wire types, and the one list that is not a list of rows. */
import type { Detail, DeskServerFrame, List, Reply, Row } from "../../shared/api.ts";

export type ListName = List | "mentions";
export type ChatRow = Row;
/** A hub that is older than these pages leaves members out; what needs them is then not shown. */
export type ChatDetail = Detail;
export type Can = keyof Detail["can"];
export type SavedReply = Reply;
export type Frame = DeskServerFrame;

/** A number inside the fate of what was said, whichever way the fate is written. */
export function inFate(facts: Record<string, unknown>, name: string): number | undefined {
  const fate = facts.fate;
  if (typeof fate !== "object" || fate === null) return undefined;
  const places = [fate, ...Object.values(fate)] as unknown[];
  for (const place of places) {
    const value = typeof place === "object" && place ? (place as Record<string, unknown>)[name] : undefined;
    if (typeof value === "number") return value;
  }
  return undefined;
}
