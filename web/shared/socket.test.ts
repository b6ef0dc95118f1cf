import { describe, expect, it } from "vitest";
import {
  Line,
  LONGEST_PAUSE_MS,
  OPEN_LIMIT_MS,
  pauseBefore,
  PING_MS,
  SILENCE_LIMIT_MS,
  type LineState,
  type OpenTransport,
  type Timers,
  type TransportHandlers,
} from "./socket.ts";

/** A clock that is moved by hand. */
class HandClock implements Timers {
  now = 0;
  #due: { at: number; run: () => void }[] = [];
  set(run: () => void, ms: number): unknown {
    const timer = { at: this.now + ms, run };
    this.#due.push(timer);
    return timer;
  }
  clear(timer: unknown): void {
    this.#due = this.#due.filter((t) => t !== timer);
  }
  random(): number {
    return 1;
  }
  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#due.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.clear(next);
      this.now = next.at;
      next.run();
    }
    this.now = until;
  }
}

function setUp() {
  const clock = new HandClock();
  const opened: { name: string; handlers: TransportHandlers; sent: unknown[]; closed: boolean }[] = [];
  const transport =
    (name: string): OpenTransport =>
    (handlers) => {
      const one = { name, handlers, sent: [] as unknown[], closed: false };
      opened.push(one);
      return { send: (f) => one.sent.push(f), close: () => (one.closed = true) };
    };
  const states: LineState["kind"][] = [];
  const frames: string[] = [];
  let cursor: string | undefined;
  const line = new Line({
    transports: [transport("socket"), transport("stream")],
    hello: () => ({ type: "hello", after: cursor }),
    onFrame: (f) => frames.push(f.type),
    onState: (s) => states.push(s.kind),
    timers: clock,
  });
  const last = () => {
    const one = opened[opened.length - 1];
    if (!one) throw new Error("nothing was opened");
    return one;
  };
  return { clock, opened, states, frames, line, last, setCursor: (c: string) => (cursor = c) };
}

describe("the line", () => {
  it("is open after the first frame and says hello with its last cursor after a break", () => {
    const t = setUp();
    t.line.start();
    t.last().handlers.open();
    expect(t.last().sent).toEqual([{ type: "hello", after: undefined }]);
    expect(t.line.send({ type: "typing" })).toBe(false);
    t.last().handlers.frame({ type: "welcome" });
    expect(t.line.state.kind).toBe("open");
    t.setCursor("c9");
    t.last().handlers.closed();
    t.clock.pass(1000);
    t.last().handlers.open();
    expect(t.opened).toHaveLength(2);
    expect(t.last().sent).toEqual([{ type: "hello", after: "c9" }]);
  });

  it("opens anew when nothing was heard for the limit, and not before", () => {
    const t = setUp();
    t.line.start();
    t.last().handlers.open();
    t.last().handlers.frame({ type: "welcome" });
    t.clock.pass(SILENCE_LIMIT_MS - 1);
    t.last().handlers.frame({ type: "pong" });
    t.clock.pass(SILENCE_LIMIT_MS - 1);
    expect(t.line.state.kind).toBe("open");
    t.clock.pass(1);
    expect(t.line.state.kind).toBe("waiting");
    expect(t.opened[0]?.closed).toBe(true);
  });

  it("is heard by the hub while nobody writes", () => {
    const t = setUp();
    t.line.start();
    t.last().handlers.open();
    t.last().handlers.frame({ type: "welcome" });
    t.clock.pass(PING_MS * 2);
    expect(t.last().sent.slice(1)).toEqual([{ type: "ping" }, { type: "ping" }]);
  });

  it("gives up on a transport that never answers and tries the other after two", () => {
    const t = setUp();
    t.line.start();
    t.clock.pass(OPEN_LIMIT_MS);
    t.clock.pass(1000);
    t.last().handlers.closed();
    t.clock.pass(2000);
    expect(t.opened.map((o) => o.name)).toEqual(["socket", "socket", "stream"]);
  });

  it("keeps to a transport that has worked while the hub is away for a moment", () => {
    const t = setUp();
    t.line.start();
    t.last().handlers.open();
    t.last().handlers.frame({ type: "welcome" });
    for (let i = 0; i < 4; i += 1) {
      t.last().handlers.closed();
      t.line.hurry();
    }
    expect(t.opened.map((o) => o.name)).toEqual(["socket", "socket", "socket", "socket", "socket"]);
  });

  it("waits longer after each failure, never longer than the longest pause", () => {
    const pauses = [1, 2, 3, 4, 20, 2000].map((n) => pauseBefore(n, 1));
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBe(LONGEST_PAUSE_MS);
    expect(pauseBefore(3, 0)).toBe(pauseBefore(3, 1) / 2);
  });

  it("does not sit out the pause when the network is back", () => {
    const t = setUp();
    t.line.start();
    t.last().handlers.closed();
    expect(t.opened).toHaveLength(1);
    t.line.hurry();
    expect(t.opened).toHaveLength(2);
  });

  it("ignores what an old transport still says", () => {
    const t = setUp();
    t.line.start();
    const old = t.last();
    old.handlers.closed();
    t.clock.pass(1000);
    old.handlers.frame({ type: "event" });
    old.handlers.closed();
    expect(t.frames).toEqual([]);
    expect(t.opened).toHaveLength(2);
  });

  it("stays silent once stopped", () => {
    const t = setUp();
    t.line.start();
    t.line.stop();
    t.clock.pass(60_000);
    expect(t.opened).toHaveLength(1);
    expect(t.line.state.kind).toBe("stopped");
  });
});
