/**
 * One line to the hub that heals itself: opens a transport, says hello with the last cursor, hands on frames, and
 * opens again after a break with growing, scattered pauses. It knows no frame but the heartbeat; what a frame means
 * is for the caller.
 *
 *   connecting -> open -> waiting -> connecting …            stop() ends it from anywhere
 *
 * Clock, randomness and transports are arguments, so that every path can be tested without waiting.
 */
export type LineState = { kind: "connecting" | "open" | "waiting" | "stopped"; attempt: number };

export type TransportHandlers = {
  open(): void;
  frame(frame: unknown): void;
  closed(): void;
};
export type Transport = { send(frame: unknown): void; close(): void };
export type OpenTransport = (handlers: TransportHandlers) => Transport;

export type Timers = {
  set(run: () => void, ms: number): unknown;
  clear(timer: unknown): void;
  random(): number;
};

export const browserTimers: Timers = {
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as number),
  random: () => Math.random(),
};

export const SILENCE_LIMIT_MS = 45_000;
/** The hub, too, takes a client for gone from which it hears nothing. */
export const PING_MS = 20_000;
export const OPEN_LIMIT_MS = 10_000;
export const FIRST_PAUSE_MS = 400;
export const LONGEST_PAUSE_MS = 15_000;
/** After this many failures to open in a row, the other transport is tried. */
export const FAILURES = 2;
/** The same for a transport that has worked here: then it is the hub that is away, not the network that forbids. */
export const FAILURES_ONCE_OPEN = 8;

export type LineOptions = {
  /** The usual transport, and the one for networks that let no socket through. */
  transports: [OpenTransport, ...OpenTransport[]];
  /** Sent as the first frame of each transport, asked anew each time because it holds the cursor. */
  hello(): unknown;
  onFrame(frame: { type: string }): void;
  onState(state: LineState): void;
  timers?: Timers;
};

export function pauseBefore(attempt: number, random: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt - 1, 10));
  // Half fixed, half scattered: a thousand pages do not come back in the same instant after a restart.
  return Math.round(longest / 2 + (longest / 2) * random);
}

export class Line {
  #options: LineOptions;
  #timers: Timers;
  #transport: Transport | undefined;
  #generation = 0;
  #attempt = 0;
  #unopened = 0;
  #using = 0;
  #worked = new Set<number>();
  #state: LineState = { kind: "stopped", attempt: 0 };
  #limit: unknown;
  #pause: unknown;
  #ping: unknown;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#timers = options.timers ?? browserTimers;
  }

  get state(): LineState {
    return this.#state;
  }

  start(): void {
    if (this.#state.kind === "stopped") this.#connect();
  }

  stop(): void {
    this.#drop();
    this.#timers.clear(this.#pause);
    this.#set("stopped");
  }

  /** False when the line is not open: the caller keeps what must not be lost. */
  send(frame: unknown): boolean {
    if (this.#state.kind !== "open" || !this.#transport) return false;
    this.#transport.send(frame);
    return true;
  }

  /** The network came back or the page is looked at again: do not sit out the pause. */
  hurry(): void {
    if (this.#state.kind !== "waiting") return;
    this.#timers.clear(this.#pause);
    this.#connect();
  }

  /** Something is wrong that only a fresh start cures (a lost acknowledgement, a foreign cursor). */
  restart(): void {
    if (this.#state.kind === "stopped") return;
    this.#broken();
  }

  #set(kind: LineState["kind"]): void {
    this.#state = { kind, attempt: this.#attempt };
    this.#options.onState(this.#state);
  }

  #connect(): void {
    const generation = ++this.#generation;
    const mine = (run: () => void) => {
      if (generation === this.#generation) run();
    };
    this.#set("connecting");
    this.#watch(OPEN_LIMIT_MS);
    const open = this.#options.transports[this.#using];
    try {
      this.#transport = open?.({
        open: () =>
          mine(() => {
            this.#watch(SILENCE_LIMIT_MS);
            this.#transport?.send(this.#options.hello());
          }),
        frame: (frame) =>
          mine(() => {
            this.#watch(SILENCE_LIMIT_MS);
            if (!isFrame(frame)) return;
            if (frame.type !== "error" && this.#state.kind === "connecting") {
              this.#attempt = 0;
              this.#unopened = 0;
              this.#worked.add(this.#using);
              this.#pingLater();
              this.#set("open");
            }
            this.#options.onFrame(frame);
          }),
        closed: () => mine(() => this.#broken()),
      });
    } catch {
      this.#broken();
    }
  }

  #pingLater(): void {
    this.#timers.clear(this.#ping);
    this.#ping = this.#timers.set(() => {
      this.send({ type: "ping" });
      this.#pingLater();
    }, PING_MS);
  }

  #watch(limit: number): void {
    this.#timers.clear(this.#limit);
    this.#limit = this.#timers.set(() => this.#broken(), limit);
  }

  #drop(): void {
    this.#generation += 1;
    this.#timers.clear(this.#limit);
    this.#timers.clear(this.#ping);
    const transport = this.#transport;
    this.#transport = undefined;
    try {
      transport?.close();
    } catch {
      // A transport that cannot even close is gone all the same.
    }
  }

  #broken(): void {
    if (this.#state.kind === "connecting") {
      this.#unopened += 1;
      if (this.#unopened >= (this.#worked.has(this.#using) ? FAILURES_ONCE_OPEN : FAILURES)) {
        this.#using = (this.#using + 1) % this.#options.transports.length;
        this.#unopened = 0;
      }
    }
    this.#drop();
    this.#attempt += 1;
    this.#set("waiting");
    this.#timers.clear(this.#pause);
    this.#pause = this.#timers.set(() => this.#connect(), pauseBefore(this.#attempt, this.#timers.random()));
  }
}

function isFrame(frame: unknown): frame is { type: string } {
  return (
    typeof frame === "object" && frame !== null && typeof (frame as { type?: unknown }).type === "string"
  );
}

export function socketTransport(url: () => string): OpenTransport {
  return (handlers) => {
    const socket = new WebSocket(url());
    socket.onopen = () => handlers.open();
    socket.onmessage = (message) => {
      try {
        handlers.frame(JSON.parse(String(message.data)));
      } catch {
        // Not a frame of ours: the silence limit decides whether the line is alive.
      }
    };
    socket.onclose = () => handlers.closed();
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
      },
      close: () => {
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
      },
    };
  };
}

export function socketUrl(base: string, path: string): string {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
