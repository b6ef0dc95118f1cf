/** Browser, pages and the people who use them. Everything is found as a reader finds it: by role and name. */
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";
import { chromium as executablePath, root } from "./hub.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = join(root, "target/screenshots");
mkdirSync(shots, { recursive: true });

export const WAIT_MS = 20_000;

export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
}

/** What a page complained about. A journey ends by asking that it is nothing. */
export class Complaints {
  #all: string[] = [];
  /** While the hub is dead on purpose a browser says so; that is no complaint about the page. */
  expectCut = false;

  #expected: RegExp[] = [];

  /** A refusal that the journey asks for; a browser writes it into its console. */
  expect(what: RegExp): void {
    this.#expected.push(what);
  }

  hear(what: string): void {
    if (this.#expected.some((one) => one.test(what))) return;
    const cut =
      /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|WebSocket connection/;
    if (this.expectCut && cut.test(what)) return;
    this.#all.push(what);
  }
  none(): void {
    expect(this.#all).toEqual([]);
  }
}

export type Look = {
  width?: number;
  height?: number;
  dark?: boolean;
  /** A phone: fingers, no pointer. */
  touch?: boolean;
  /** Logged in as somebody is in another context. */
  as?: BrowserContext;
};

export async function openContext(
  browser: Browser,
  complaints: Complaints,
  look: Look = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    colorScheme: look.dark ? "dark" : "light",
    locale: "en-GB",
    ...(look.touch ? { hasTouch: true, isMobile: true } : {}),
    ...(look.as ? { storageState: await look.as.storageState() } : {}),
  });
  context.setDefaultTimeout(WAIT_MS);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(
        `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  context.on("page", (page) => {
    page.on("console", (message) => {
      if (message.type() === "error") complaints.hear(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => complaints.hear(`${error.message}\n${error.stack ?? ""}`));
  });
  return context;
}

/** What fades in has come: a colour on its way is no colour that anybody reads. What turns for ever is not waited for. */
export async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = document
      .getAnimations()
      .filter(
        (one) => one.effect?.getComputedTiming().iterations !== Infinity && one.playState === "running",
      );
    const all = Promise.all(moving.map((one) => one.finished.catch(() => undefined)));
    await Promise.race([all, new Promise((go) => setTimeout(go, 2_000))]);
  });
}

/** Nothing serious or critical, inside the widget's shadow root too. */
export async function accessible(page: Page, what: string): Promise<void> {
  await still(page);
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    type Axe = { run(context: Document, options: object): Promise<{ violations: Violation[] }> };
    type Violation = { id: string; impact: string; nodes: { target: unknown[]; failureSummary: string }[] };
    const axe = (window as unknown as { axe: Axe }).axe;
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map((v) => ({
      id: v.id,
      impact: v.impact,
      where: v.nodes.map((n) => `${n.target.join(" ")}: ${n.failureSummary}`),
    }));
  });
  const bad = found.filter((v) => v.impact === "serious" || v.impact === "critical");
  expect(bad, `axe on ${what}`).toEqual([]);
}

export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/**
 * A shop on another origin, under a policy as strict as a careful shop's. `/?page=de` is its page in German; with
 * `&chat=ar` the snippet wants the chat in Arabic.
 */
export async function openShop(
  hub: string,
  inbox: string,
  /** Further attributes of the snippet. */
  snippet = "",
): Promise<{ origin: string; close: () => void }> {
  const socket = hub.replace(/^http/, "ws");
  const policy = [
    "default-src 'none'",
    `script-src ${hub}`,
    `connect-src ${hub} ${socket}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const page = (
    asked: URLSearchParams,
  ) => `<!doctype html><html lang="${asked.get("page") ?? "en"}"><head><meta charset="utf-8"><title>Fernweh Outdoors</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"></head>
    <body><main><h1>Fernweh Outdoors</h1><p>Boots, tents and coats for long ways.</p></main>
    <script src="${hub}/widget.js" data-inbox="${inbox}" data-language="${asked.get("chat") ?? ""}" ${snippet} defer></script>
    </body></html>`;
  const server: Server = createServer((request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
    response.end(page(new URL(request.url ?? "/", hub).searchParams));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the shop has no port");
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

/** A bot that takes every turn and answers none: with an error. */
export async function openBrokenBot(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(500, { "content-type": "text/plain" });
    response.end("out of order");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("the bot has no port");
  return { url: `http://127.0.0.1:${address.port}/turn`, close: () => server.close() };
}

export class Customer {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  static async visit(context: BrowserContext, shop: string): Promise<Customer> {
    const customer = new Customer(await context.newPage());
    await customer.page.goto(shop);
    await customer.open();
    return customer;
  }

  async open(): Promise<void> {
    await this.button(/^Open chat/).click();
    await this.box.waitFor();
  }
  async reload(): Promise<void> {
    await this.page.reload();
    await this.open();
  }

  get box(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }
  get messages(): Locator {
    return this.page.getByRole("region", { name: "Messages" });
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
  async say(text: string): Promise<void> {
    await this.box.fill(text);
    await this.button("Send").click();
  }
  async reads(text: string | RegExp): Promise<void> {
    await this.messages.getByText(text).first().waitFor();
  }
  /** How many runs of messages the assistant has begun. */
  async fromAssistant(): Promise<number> {
    return this.messages.getByText("assistant", { exact: true }).count();
  }
  /** How often a text stands in the chat: lost is 0, doubled is 2. */
  async times(text: string): Promise<number> {
    return this.messages.getByText(text, { exact: true }).count();
  }
}

export const ANA = { name: "Ana", mail: "ana@example.com", passphrase: "correct horse battery staple" };

export class Agent {
  readonly page: Page;
  readonly origin: string;
  constructor(page: Page, origin: string) {
    this.page = page;
    this.origin = origin;
  }

  /** The desk on a page of its own, or the half of /try that is the desk. */
  #desk(): Locator {
    const half = this.page.getByRole("region", { name: "Your side: the desk" });
    return this.page.url().endsWith("/try") ? half : this.page.getByRole("main");
  }

  /** The first administrator: from the one-time link to /try. */
  static async setUp(context: BrowserContext, origin: string, link: string): Promise<Agent> {
    const page = await context.newPage();
    await page.goto(link.startsWith("http") ? link : origin + link.slice(link.indexOf("/setup")));
    await page.getByLabel("Name").fill(ANA.name);
    await page.getByLabel("Mail").fill(ANA.mail);
    await page.getByLabel("Passphrase").fill(ANA.passphrase);
    await page.getByRole("button", { name: "Begin" }).click();
    await page.waitForURL("**/try");
    // /try makes whoever opens it available; a test that wants otherwise must not be overtaken by that.
    await page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();
    return new Agent(page, origin);
  }

  /** Somebody whose account Ana made. */
  static async logIn(
    context: BrowserContext,
    origin: string,
    mail: string,
    passphrase: string,
  ): Promise<Agent> {
    const page = await context.newPage();
    await page.goto(`${origin}/console`);
    await page.getByLabel("Mail").fill(mail);
    await page.getByLabel("Passphrase").fill(passphrase);
    await page.getByRole("button", { name: "Log in" }).click();
    const agent = new Agent(page, origin);
    await agent.tab("Mine").waitFor();
    return agent;
  }

  /** A call in Ana's name, for what has no page yet. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.page.evaluate(
      async ([method, path, body]) => {
        const me = (await (await fetch("/api/v1/me")).json()) as { csrf: string };
        const answer = await fetch(`/api/v1/${path}`, {
          method,
          headers: { "content-type": "application/json", "x-baton-csrf": me.csrf },
          body: body === "" ? undefined : body,
        });
        return { ok: answer.ok, text: await answer.text() };
      },
      [method, path, body === undefined ? "" : JSON.stringify(body)] as const,
    );
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.text}`);
    return (answer.text ? JSON.parse(answer.text) : null) as T;
  }

  async desk(): Promise<void> {
    await this.page.goto(`${this.origin}/console`);
    await this.tab("Mine").waitFor();
  }
  tab(name: string): Locator {
    return this.page.getByRole("tab", { name: new RegExp(`^${name}`) });
  }
  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }
  get reply(): Locator {
    return this.page.getByRole("textbox", { name: /^Reply to / });
  }
  get messages(): Locator {
    return this.#desk().getByRole("region", { name: "Messages" });
  }
  async available(yes: boolean): Promise<void> {
    const presence = this.page.getByRole("switch", { name: "Available for chats" });
    if ((await presence.getAttribute("aria-checked")) === String(yes)) return;
    await presence.click();
    await this.page.getByRole("switch", { name: "Available for chats", checked: yes }).waitFor();
  }
  async accept(): Promise<void> {
    await this.button("Accept").click();
    await this.reply.waitFor();
  }
  async replying(): Promise<void> {
    await this.button("Reply").click();
    await this.reply.waitFor();
  }
  async say(text: string): Promise<void> {
    await this.reply.fill(text);
    await this.#desk()
      .getByRole("button", { name: /^Send to / })
      .click();
  }
  async reads(text: string | RegExp): Promise<void> {
    await this.messages.getByText(text).first().waitFor();
  }
  async times(text: string): Promise<number> {
    return this.messages.getByText(text, { exact: true }).count();
  }
}
