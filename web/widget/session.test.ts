import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** A hub that answers each frame as the test says, and remembers what it was sent. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static OPEN = 1;
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    FakeSocket.all.push(this);
    queueMicrotask(() => this.onopen?.());
  }
  send(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(frame);
    if (frame.type === "hello") this.tell({ type: "welcome", state: STATE, cursor: "1-0", next_counter: 1 });
  }
  tell(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  close(): void {
    this.readyState = 3;
  }
  get messages(): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.type === "send");
  }
}

const STATE = { conversation: "c", holder: { kind: "bot" }, can: {}, last_position: 0 };

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  const page = { localStorage: memory(), sessionStorage: memory() };
  vi.stubGlobal("window", page);
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("document", { hidden: false, addEventListener: () => undefined });
  vi.stubGlobal("location", { origin: "https://shop.example", pathname: "/" });
  vi.stubGlobal("WebSocket", FakeSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const HUB = "https://hub.example";
const started = { conversation: "c", token: "t", client: "x", next_counter: 1, cursor: "1-0", state: STATE };

function answers(...all: [number, unknown, Record<string, string>?][]): ReturnType<typeof vi.fn> {
  const fetching = vi.fn(() => {
    const [status, body, headers] = all.length > 1 ? all.shift()! : all[0]!;
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers }));
  });
  vi.stubGlobal("fetch", fetching);
  return fetching;
}

async function session() {
  const { Session } = await import("./session.ts");
  const known = { slug: "demo", name: "Demo", language: "en", widget: {} } as never;
  return new Session({ hub: HUB, inbox: "demo", language: undefined, known, identity: undefined });
}

const refusal = (code: string, status: number, retry_after: number) => ({
  code,
  status,
  title: code,
  retry_after,
});

test.each([
  ["rate_limited", 429],
  ["busy", 503],
  ["storage_full", 507],
])("what is refused as %s goes again under its counter when the pause is over", async (code, status) => {
  answers([201, started]);
  const chat = await session();
  chat.say("Hello");
  chat.say("Are you there?");
  await vi.advanceTimersByTimeAsync(0);
  const socket = FakeSocket.all[0]!;
  const first = socket.messages[0]!;
  expect(first).toMatchObject({ counter: 1, text: "Hello" });
  socket.tell({ type: "refused", client: first.client, counter: 1, problem: refusal(code, status, 3) });
  expect(chat.pausing.v).toBe(true);
  expect(chat.timeline.v.pending.map((one) => one.state)).toEqual(["sending", "sending"]);
  // Neither what was refused nor what came after it before its time, also not over a new line.
  await vi.advanceTimersByTimeAsync(2_900);
  expect(socket.messages).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(socket.messages).toHaveLength(2);
  expect(socket.messages[1]).toEqual(first);
  expect(chat.pausing.v).toBe(false);
  socket.tell({ type: "ack", client: first.client, counter: 1, position: 1, at: 0, message: "m" });
  expect(socket.messages[2]).toMatchObject({ counter: 2, text: "Are you there?" });
  chat.stop();
});

test("a refusal that no waiting cures is shown at once", async () => {
  answers([201, started]);
  const chat = await session();
  chat.say("Hello");
  await vi.advanceTimersByTimeAsync(0);
  const socket = FakeSocket.all[0]!;
  const { client } = socket.messages[0]!;
  const problem = { code: "text_too_long", status: 422, title: "too long" };
  socket.tell({ type: "refused", client, counter: 1, problem });
  expect(chat.pausing.v).toBe(false);
  expect(chat.timeline.v.pending[0]?.state).toBe("failed");
  chat.stop();
});

test("a start that comes too fast is made again after the time that the hub told", async () => {
  const fetching = answers([429, refusal("rate_limited", 429, 5), { "retry-after": "5" }], [201, started]);
  const chat = await session();
  chat.say("Hello");
  await vi.advanceTimersByTimeAsync(4_500);
  expect(fetching).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(fetching).toHaveBeenCalledTimes(2);
  expect(FakeSocket.all[0]?.messages[0]).toMatchObject({ counter: 1, text: "Hello" });
  chat.stop();
});
