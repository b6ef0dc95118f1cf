/** An agent is called: by sounds that can be muted, and by the desktop while the page is out of sight. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { Agent, Complaints, launch, openContext } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

type Heard = { notes: number; shown: { title: string; body: string }[]; hide: boolean };

describe.skipIf(missing)("calls to an agent", () => {
  let hub: Hub;
  let browser: Browser;
  let context: BrowserContext;
  let ana: Agent;
  let page: Page;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    context = await openContext(browser, complaints);
    // What would ring and what would pop up is written down instead.
    await context.addInitScript(() => {
      const heard: Heard = { notes: 0, shown: [], hide: false };
      Object.assign(window, { heard });
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...at: [number?]) {
        heard.notes += 1;
        start.apply(this, at);
      };
      Object.defineProperty(document, "hidden", { get: () => heard.hide });
      class Shown extends EventTarget {
        static permission = "granted";
        static requestPermission = () => Promise.resolve("granted");
        onclick: (() => void) | null = null;
        constructor(title: string, options: { body?: string }) {
          super();
          heard.shown.push({ title, body: options.body ?? "" });
        }
        close() {}
      }
      Object.assign(window, { Notification: Shown });
    });
    ana = await Agent.setUp(context, hub.origin, hub.setupLink);
    page = ana.page;
    await page.goto(`${hub.origin}/console/board`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    // The first press wakes the sound, as browsers want it.
    await page.keyboard.press("Escape");
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    complaints.none();
  });

  const heard = () => page.evaluate(() => (window as unknown as { heard: Heard }).heard);
  async function customerWantsAPerson(): Promise<{ id: string; token: string }> {
    const call = async (path: string, token: string, body: unknown) => {
      const answer = await fetch(`${hub.origin}/chat/v1/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as { token: string; conversation: string };
    };
    const started = await call("conversations", "", {
      inbox: "demo",
      client: crypto.randomUUID(),
      name: "Kim",
    });
    await call("conversation/person", started.token, {});
    return { id: started.conversation, token: started.token };
  }
  async function decline(id: string): Promise<void> {
    const { offer } = await ana.call<{ offer: { id: string } | null }>("GET", `conversations/${id}`);
    if (offer) await ana.call("POST", `conversations/${id}/decline`, { offer: offer.id });
  }

  it("an_offer_rings_on_any_page_again_until_it_is_answered_and_counts_in_the_navigation", async () => {
    const { id } = await customerWantsAPerson();
    await page.waitForFunction(() => (window as unknown as { heard: Heard }).heard.notes >= 3);
    await page.getByRole("link", { name: /^Inbox\s*1\s*offered to you/ }).waitFor();
    await page.waitForFunction(() => (window as unknown as { heard: Heard }).heard.notes >= 6);
    expect((await heard()).shown, "nothing pops up over a page in sight").toEqual([]);
    await decline(id);
  });

  it("nothing_rings_when_sounds_are_muted", async () => {
    await page.keyboard.press("Shift+M");
    await page.getByRole("button", { name: "Mute sounds", pressed: true }).waitFor();
    const before = (await heard()).notes;
    const { id } = await customerWantsAPerson();
    await page.getByRole("link", { name: /^Inbox\s*1\s*offered to you/ }).waitFor();
    expect((await heard()).notes).toBe(before);
    await decline(id);
    await page.keyboard.press("Shift+M");
    await page.getByRole("button", { name: "Mute sounds", pressed: false }).waitFor();
  });

  it("the_desktop_is_asked_while_the_page_is_out_of_sight_with_the_reason", async () => {
    await page.goto(`${hub.origin}/console/settings/me`);
    await page.getByRole("switch", { name: "Notify me" }).click();
    await page.keyboard.press("Escape");
    await page.evaluate(() => ((window as unknown as { heard: Heard }).heard.hide = true));
    const { id } = await customerWantsAPerson();
    await page.waitForFunction(() => (window as unknown as { heard: Heard }).heard.shown.length > 0);
    expect((await heard()).shown[0]?.title).toBe("Kim wants a person");
    await decline(id);
  });
});
