/**
 * What a newcomer's first handover has come to, read from its log alone: a step is done when its event is there, not when
 * something was clicked. Each done step names the event that shows it.
 */
import type { DeskEvent } from "../../shared/api.ts";

export type StepKey = "asked" | "wanted" | "answered" | "handed_back" | "closed";
export type Step = {
  key: StepKey;
  /** The event that made it true. */
  seq: number | undefined;
  values: Record<string, string | number>;
};
export type Story = {
  steps: readonly Step[];
  /** From asking for a person until one held the chat. */
  untilPersonMs: number | undefined;
  messages: number;
  /** Places of the customer's view that the log does not have. */
  lost: number;
};

const holderOf = (event: DeskEvent) =>
  event.kind === "holder-set" ? (event.facts.holder as { kind?: string } | undefined)?.kind : undefined;
const said = (event: DeskEvent, by: string) =>
  event.kind === "said" && event.actor.kind === by && event.position !== null;

export function story(events: readonly DeskEvent[]): Story {
  const after = (seq: number | undefined, is: (event: DeskEvent) => boolean) =>
    seq === undefined ? undefined : events.find((event) => event.seq > seq && is(event));
  const step = (key: StepKey, event?: DeskEvent, values: Step["values"] = {}): Step => ({
    key,
    seq: event?.seq,
    values: event ? values : {},
  });

  const question = events.find((event) => said(event, "customer"));
  const answer = after(question?.seq, (event) => said(event, "bot"));
  const asked = events.find((event) => event.kind === "handover-asked");
  const taken = after(asked?.seq, (event) => holderOf(event) === "agent");
  const reply = after(taken?.seq, (event) => said(event, "agent"));
  const back = after(taken?.seq, (event) => holderOf(event) === "bot");
  const brief = after(back?.seq, (event) => event.kind === "brief-acknowledged");
  const closed = after(taken?.seq, (event) => holderOf(event) === "nobody");
  const rated = after(taken?.seq, (event) => event.kind === "rated");
  const told = after(asked?.seq, (event) => event.kind === "told");

  const positions = events.flatMap((event) => (event.position === null ? [] : [event.position]));
  const messages = new Set(
    events.flatMap((event) => (event.kind === "said" && event.position !== null ? [event.position] : [])),
  );
  return {
    steps: [
      step("asked", answer, {
        name: answer?.actor.name ?? "",
        ms: answer && question ? Math.max(0, answer.at - question.at) : 0,
      }),
      step("wanted", asked, {
        trigger: String(asked?.facts.trigger ?? ""),
        told: told?.plain ?? "",
      }),
      step("answered", reply, { ms: taken && asked ? Math.max(0, taken.at - asked.at) : 0 }),
      step("handed_back", back && (brief ?? back), { brief: brief ? 1 : 0, name: brief?.actor.name ?? "" }),
      step("closed", closed && rated, {}),
    ],
    untilPersonMs: taken && asked ? Math.max(0, taken.at - asked.at) : undefined,
    messages: messages.size,
    lost: positions.length > 0 ? Math.max(...positions) - new Set(positions).size : 0,
  };
}
