/**
 * What opening a chat costs, in what does not depend on the machine: requests of the page, bytes that come, queries of
 * the store. How long it takes is measured by `baton bench desk`.
 */
import type { Browser, BrowserContext, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { Agent, Complaints, launch, openContext } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const MESSAGES = 500;
const LAST = "these are the very last words";

describe.skipIf(missing)("the weight of opening a chat", () => {
  let hub: Hub;
  let browser: Browser;
  let context: BrowserContext;
  let ana: Agent;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    context = await openContext(browser, complaints);
    ana = await Agent.setUp(context, hub.origin, hub.setupLink);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  /** A chat of so many messages that Ana holds; all of them by the public surface. */
  async function chat(name: string): Promise<string> {
    const client = crypto.randomUUID();
    const post = async (path: string, token: string, body: unknown) => {
      const answer = await fetch(`${hub.origin}/chat/v1/${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return (await answer.json()) as { conversation: string; token: string };
    };
    const started = await post("conversations", "", { inbox: "demo", client, language: "en", name });
    await ana.call("POST", `conversations/${started.conversation}/take-over`, {});
    for (let counter = 1; counter <= MESSAGES; counter++) {
      const text = counter === MESSAGES ? LAST : `word ${counter} of ${MESSAGES}`;
      await post("conversation/messages", started.token, { client, counter, text });
    }
    return started.conversation;
  }

  async function storeReads(): Promise<number> {
    const metrics = await (await fetch(`${hub.origin}/metrics`)).text();
    return Number(/^baton_store_reads_total (\d+)/m.exec(metrics)?.[1] ?? NaN);
  }

  /** What the network brings from now on. */
  async function weigh(session: CDPSession) {
    const weight = { requests: 0, bytes: 0 };
    await session.send("Network.enable");
    session.on("Network.requestWillBeSent", () => weight.requests++);
    session.on("Network.loadingFinished", (event) => (weight.bytes += event.encodedDataLength));
    session.on(
      "Network.webSocketFrameReceived",
      (event) => (weight.bytes += event.response.payloadData.length),
    );
    return weight;
  }

  it("opening_a_chat_of_500_messages_takes_few_requests_bytes_and_queries", async () => {
    const id = await chat("Weight Customer");
    await ana.desk();
    const row = ana.page.getByRole("link", { name: /Weight Customer/ }).first();
    await row.waitFor();
    const session = await context.newCDPSession(ana.page);
    const weight = await weigh(session);
    const before = await storeReads();
    await row.click();
    await ana.reads(LAST);
    // The panel beside the chat belongs to it.
    await ana.page.getByText("First time here, as far as is known.").waitFor();
    const reads = (await storeReads()) - before;
    console.log(`opening a chat: ${weight.requests} requests, ${weight.bytes} bytes, ${reads} queries`);
    expect(ana.page.url()).toContain(id);
    expect(weight.requests).toBeLessThanOrEqual(6);
    expect(weight.bytes).toBeLessThanOrEqual(150_000);
    expect(reads).toBeLessThanOrEqual(60);
    complaints.none();
  });
});
