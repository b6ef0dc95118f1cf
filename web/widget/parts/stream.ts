/**
 * Server-sent events and posts for networks that let no socket through. Read by `fetch`, because an EventSource
 * cannot bear a token outside the address. Speaks the same frames as the socket, so the line need not know.
 */
import type { ChatClientFrame, ChatServerFrame } from "../../shared/api.ts";
import { asProblem, call } from "../../shared/problem.ts";
import type { OpenTransport } from "../../shared/socket.ts";

export function streamTransport(base: string, unreachable: string): OpenTransport {
  return (handlers) => {
    const stop = new AbortController();
    let headers: Record<string, string> = {};

    const post = async (path: string, body: unknown) =>
      call<Record<string, never>>(
        new URL(`/chat/v1/conversation/${path}`, base).href,
        { body, headers },
        unreachable,
      );

    const say = async (frame: ChatClientFrame) => {
      if (frame.type === "hello") {
        headers = { authorization: `Bearer ${frame.token}` };
        void listen(frame.after ?? undefined);
      } else if (frame.type === "send") {
        const { type: _, ...body } = frame;
        try {
          const done = await post("messages", body);
          handlers.frame({ ...(done as object), type: "ack", client: frame.client, counter: frame.counter });
        } catch (error) {
          const problem = asProblem(error);
          // Without an answer nothing is known: the line breaks, and the text goes again under the same counter.
          const told = problem.retry_after !== undefined;
          if (problem.code === "unreachable" || ((problem.status ?? 0) >= 500 && !told)) handlers.closed();
          else handlers.frame({ type: "refused", client: frame.client, counter: frame.counter, problem });
        }
      } else if (frame.type !== "ping") {
        const { type, ...body } = frame;
        await post(type, body).catch(() => undefined);
      }
    };

    const listen = async (after: string | undefined) => {
      const url = new URL("/chat/v1/conversation/stream", base);
      if (after) url.searchParams.set("after", after);
      try {
        const answer = await fetch(url, {
          headers: { ...headers, accept: "text/event-stream" },
          signal: stop.signal,
        });
        if (!answer.ok || !answer.body) {
          const problem = (await answer.json().catch(() => ({ code: "stream", title: "" }))) as unknown;
          handlers.frame({ type: "error", problem } as ChatServerFrame);
          return handlers.closed();
        }
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          rest += value.replaceAll("\r\n", "\n");
          const blocks = rest.split("\n\n");
          rest = blocks.pop() ?? "";
          for (const block of blocks) deliver(block);
        }
      } catch {
        // Cut: falls through to closed.
      }
      handlers.closed();
    };

    const deliver = (block: string) => {
      const data = block
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trimStart())
        .join("\n");
      // A comment keeps the line warm and counts as having heard something.
      if (!data) return handlers.frame({ type: "pong" });
      try {
        handlers.frame(JSON.parse(data));
      } catch {
        // Not ours.
      }
    };

    queueMicrotask(() => {
      if (!stop.signal.aborted) handlers.open();
    });
    return {
      send: (frame) => void say(frame as ChatClientFrame),
      close: () => stop.abort(),
    };
  };
}
