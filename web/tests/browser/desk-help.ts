/** Customers without a page, and what a page is measured by. */
import type { CDPSession, Page } from "playwright-core";
import { expect } from "vitest";

/** A customer without a page: what they do goes straight to the hub, as any channel would. */
export class Caller {
  private constructor(
    readonly origin: string,
    readonly conversation: string,
    readonly token: string,
    readonly client: string,
    public counter: number,
  ) {}

  static async start(origin: string, name: string | undefined, inbox = "demo"): Promise<Caller> {
    const client = crypto.randomUUID();
    const answer = await fetch(`${origin}/chat/v1/conversations`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ inbox, client, language: "en", ...(name ? { name } : {}) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const { conversation, token } = (await answer.json()) as { conversation: string; token: string };
    return new Caller(origin, conversation, token, client, 1);
  }

  async post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.origin}/chat/v1/conversation/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  async say(text: string): Promise<void> {
    await this.post("messages", { client: this.client, counter: this.counter++, text });
  }
  async askPerson(): Promise<void> {
    await this.post("person", {});
  }
  /** What this customer has been sent so far. */
  async reads(): Promise<string> {
    const answer = await fetch(`${this.origin}/chat/v1/conversation/events?limit=500`, {
      headers: { authorization: `Bearer ${this.token}` },
    });
    return answer.text();
  }
}

/**
 * The tasks of the page's main thread with the time that the processor spent on each. Wall time would measure the
 * machine that the tests share; this is what the page itself costs.
 */
export class Tasks {
  readonly #session: CDPSession;
  readonly #events: {
    name: string;
    ph: string;
    pid: number;
    tid: number;
    tdur?: number;
    args?: { name?: string };
  }[] = [];
  private constructor(session: CDPSession) {
    this.#session = session;
    session.on("Tracing.dataCollected", ({ value }) => this.#events.push(...(value as never[])));
  }
  static async start(page: Page): Promise<Tasks> {
    const tasks = new Tasks(await page.context().newCDPSession(page));
    await tasks.#session.send("Tracing.start", {
      transferMode: "ReportEvents",
      traceConfig: { includedCategories: ["toplevel"], excludedCategories: ["*"] },
    });
    return tasks;
  }
  async end(): Promise<number[]> {
    const complete = new Promise((done) => this.#session.once("Tracing.tracingComplete", done));
    await this.#session.send("Tracing.end");
    await complete;
    const mains = new Set(
      this.#events
        .filter((e) => e.ph === "M" && e.name === "thread_name" && e.args?.name === "CrRendererMain")
        .map((e) => `${e.pid}/${e.tid}`),
    );
    return this.#events
      .filter((e) => e.ph === "X" && e.name.endsWith("RunTask") && mains.has(`${e.pid}/${e.tid}`))
      .map((e) => (e.tdur ?? 0) / 1000)
      .sort((a, b) => b - a);
  }
}

/** Nothing to be scrolled sideways, and all that can be touched is large enough for a finger. */
export async function fits(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const small: string[] = [];
    for (const node of document.querySelectorAll<HTMLElement>(
      "button, a[href], input, select, textarea, [role=tab]",
    )) {
      const box = node.getBoundingClientRect();
      if (box.width === 0 || box.height === 0 || node.closest(".b-hidden, [inert]")) continue;
      if (node.matches(".b-hidden, p a, li a, li .go, .bubble a")) continue;
      // What is drawn smaller than it can be hit: a point 19 px above or below its middle is still its own.
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (y < 20 || y > innerHeight - 20 || x < 0 || x > innerWidth) continue;
      const hit = (dx: number, dy: number) => {
        const at = document.elementFromPoint(
          Math.min(innerWidth - 1, Math.max(0, x + dx)),
          Math.min(innerHeight - 1, Math.max(0, y + dy)),
        );
        return at !== null && (node.contains(at) || at.contains(node));
      };
      const high = box.height >= 39.5 || (hit(0, -19) && hit(0, 19));
      const wide = box.width >= 39.5 || (hit(-19, 0) && hit(19, 0));
      if (!high || !wide)
        small.push(
          `${node.tagName} ${node.getAttribute("aria-label") ?? node.textContent?.trim().slice(0, 30)} ${Math.round(box.width)}x${Math.round(box.height)}`,
        );
    }
    return { small, wider: document.documentElement.scrollWidth - innerWidth };
  });
  expect(found.wider).toBeLessThanOrEqual(0);
  expect(found.small).toEqual([]);
}
