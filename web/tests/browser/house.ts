/** What a house sets up before its customers come: inboxes with a look, bots that say what a test wants. */
import { createServer } from "node:http";
import { deflateSync } from "node:zlib";
import type { WidgetSettings } from "../../shared/api.ts";
import type { Hub } from "./hub.ts";
import { ANA } from "./people.ts";

const SECRET = "a secret of more than sixteen bytes";

/** The first administrator, who needs no page for what a test prepares. */
export class House {
  #origin: string;
  #headers: Record<string, string> = { "content-type": "application/json" };
  private constructor(origin: string) {
    this.#origin = origin;
  }

  static async setUp(hub: Hub): Promise<House> {
    const house = new House(hub.origin);
    const answer = await fetch(`${hub.origin}/api/v1/setup`, {
      method: "POST",
      headers: house.#headers,
      body: JSON.stringify({
        secret: hub.setupLink.slice(hub.setupLink.indexOf("#") + 1),
        ...ANA,
        time_zone: "Europe/Berlin",
        language: "en",
      }),
    });
    if (!answer.ok) throw new Error(`setup: ${await answer.text()}`);
    house.#headers.cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    house.#headers["x-baton-csrf"] = ((await answer.json()) as { csrf: string }).csrf;
    return house;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#origin}/api/v1/${path}`, {
      method,
      headers: this.#headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text ? JSON.parse(text) : null) as T;
  }
}

/** A bot that answers each text, or the value of what was chosen, by what `answer` makes of it: texts, or messages with parts. */
export async function openBot(
  answer: (text: string) => unknown[],
): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      type Said = { text: string; parts: { type: string; name?: string; json?: { value?: string } }[] };
      const { message } = JSON.parse(Buffer.concat(chunks).toString()) as { message?: Said | null };
      const chosen = message?.parts.find((part) => part.name === "choice")?.json?.value;
      const messages = message ? answer(chosen ?? message.text) : [];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(messages.length > 0 ? { messages } : { silent: true }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the bot has no port");
  return { url: `http://127.0.0.1:${address.port}/turn`, close: () => server.close() };
}

type Made = { id: string };

export async function makeBot(ana: House, name: string, url: string): Promise<string> {
  const { id } = await ana.call<Made>("POST", "bots", {
    card: { name, role: { kind: "bot", limit: 10_000 } },
    plugin: { kind: "http", url, secret: SECRET, limit_ms: 8_000, allow_private: true },
  });
  return id;
}

/** An inbox of its own, with the bot of the demo unless another is named. */
export async function makeInbox(
  ana: House,
  slug: string,
  widget: Partial<WidgetSettings>,
  bot?: string,
): Promise<string> {
  const { queues, bots } = await ana.call<{
    queues: { id: string; kind: string }[];
    bots: { id: string }[];
  }>("GET", "directory");
  const { id } = await ana.call<Made>("POST", "inboxes", {
    card: {
      slug,
      name: "Fernweh Outdoors",
      bot: bot ?? bots[0]?.id,
      destination: { kind: "queue", id: queues.find((queue) => queue.kind === "live")?.id },
      later: queues.find((queue) => queue.kind === "later")?.id,
    },
    widget,
  });
  return id;
}

/** A picture of so many points: real bytes, for a hub that looks into them. */
export function png(width: number, height: number): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      rows.set([(x * 255) / width, (y * 255) / height, 140], y * (width * 3 + 1) + 1 + x * 3);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** `zlib.crc32` is not in every Node that builds this. */
function crc(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}
