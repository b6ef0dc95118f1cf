/** What a shop's visitors need of the chat, whatever their browser forbids. No agent takes part. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Complaints, Customer, launch, openContext, openShop, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

describe.skipIf(missing)("the chat on a shop's page", () => {
  let hub: Hub;
  let browser: Browser;
  let shop: { origin: string; close: () => void };

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    shop = await openShop(hub.origin, "demo");
  });
  afterAll(async () => {
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });

  async function answered(customer: Customer, question: string): Promise<void> {
    const before = await customer.fromAssistant();
    await customer.say(question);
    await customer.reads(question);
    await expect.poll(() => customer.fromAssistant(), { timeout: 15_000 }).toBeGreaterThan(before);
    expect(await customer.times(question)).toBe(1);
  }

  it("a_visitor_who_does_not_chat_pays_for_a_button", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    const taken: string[] = [];
    page.on("request", (request) => {
      if (request.url().startsWith(hub.origin)) taken.push(new URL(request.url()).pathname);
    });
    await page.goto(shop.origin);
    await page.getByRole("button", { name: "Open chat" }).waitFor();
    expect(taken).toEqual(["/widget.js", "/chat/v1/inboxes/demo"]);
    const size = await page.evaluate(
      () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
    );
    expect(size, "the page did not grow").toBe(0);
    await accessible(page, "the launcher");
    await context.close();
    complaints.none();
  });

  it("launcher_panel_and_messages_come_in_25_000_bytes", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    const sizes = new Map<string, number>();
    const reading: Promise<void>[] = [];
    page.on("response", (response) => {
      const { origin, pathname } = new URL(response.url());
      if (origin === hub.origin && pathname.endsWith(".js"))
        reading.push(
          response.body().then((body) => void sizes.set(pathname, gzipSync(body, { level: 9 }).length)),
        );
    });
    await page.goto(shop.origin);
    const customer = new Customer(page);
    await customer.open();
    await answered(customer, "Where is my parcel?");
    await Promise.all(reading);
    expect([...sizes.keys()], "launcher, chat, texts").toHaveLength(3);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(25_000);
    await context.close();
    complaints.none();
  });

  it("nothing_of_the_page_moves_when_the_chat_comes", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    await context.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    const page = await context.newPage();
    await page.goto(shop.origin);
    const main = page.getByRole("main");
    const before = await main.boundingBox();
    const customer = new Customer(page);
    await customer.open();
    await answered(customer, "Where is my parcel?");
    expect(await main.boundingBox()).toEqual(before);
    const [header, box] = [page.locator("baton-chat header"), customer.box];
    const places = [await header.boundingBox(), await box.boundingBox()];
    await answered(customer, "What are your opening hours?");
    expect([await header.boundingBox(), await box.boundingBox()], "nor what stands in the panel").toEqual(
      places,
    );
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
    expect(shifts.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.01);
    await context.close();
    complaints.none();
  });

  it("above_a_phones_keyboard_the_box_and_the_last_message_stay_in_sight", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints, { width: 390, height: 844 });
    // What a phone tells of its keyboard: the page keeps its height, less of it is seen.
    await context.addInitScript(() => {
      const view = Object.assign(new EventTarget(), { height: 844, offsetTop: 0, width: 390, scale: 1 });
      Object.defineProperty(window, "visualViewport", { value: view });
    });
    const customer = await Customer.visit(context, shop.origin);
    await answered(customer, "Where is my parcel?");
    await customer.page.evaluate(() => {
      Object.assign(window.visualViewport ?? {}, { height: 420, offsetTop: 60 });
      window.visualViewport?.dispatchEvent(new Event("resize"));
    });
    const panel = customer.page.getByRole("dialog");
    await expect.poll(() => panel.boundingBox()).toEqual({ x: 0, y: 60, width: 390, height: 420 });
    const box = await customer.box.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(480);
    const last = customer.messages.getByRole("button", { name: "What if it never comes?" });
    await expect.poll(async () => (await last.boundingBox())?.y ?? 999).toBeLessThan(box?.y ?? 0);
    await shoot(customer.page, "widget-keyboard-phone");
    await context.close();
    complaints.none();
  });

  it("a_chat_works_in_a_frame_that_may_keep_nothing", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    // A frame of no origin: no storage, no cookies, and every request is one from elsewhere.
    const outer = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(
        `<!doctype html><title>A portal</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" title="shop" src="${shop.origin}" width="900" height="800"></iframe>`,
      );
    });
    await new Promise<void>((done) => outer.listen(0, "127.0.0.1", done));
    await page.goto(`http://127.0.0.1:${(outer.address() as AddressInfo).port}`);
    const frame = page.frameLocator("iframe");
    await frame.getByRole("button", { name: "Open chat" }).click();
    await frame.getByRole("textbox", { name: "Message", exact: true }).fill("Where is my parcel?");
    await frame.getByRole("button", { name: "Send", exact: true }).click();
    await frame.getByText(/^Parcels leave our warehouse/).waitFor();
    await context.close();
    outer.close();
    complaints.none();
  });

  it("a_chat_works_where_sockets_are_forbidden", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    await context.routeWebSocket(/\/chat\/v1\/socket/, (socket) => socket.close());
    const customer = await Customer.visit(context, shop.origin);
    await answered(customer, "Where is my parcel?");
    await answered(customer, "What are your opening hours?");
    await customer.reload();
    await customer.reads("What are your opening hours?");
    await context.close();
    complaints.none();
  });

  it("a_chat_works_where_storage_is_forbidden", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    await context.addInitScript(() => {
      for (const name of ["localStorage", "sessionStorage"])
        Object.defineProperty(window, name, {
          get() {
            throw new DOMException("forbidden", "SecurityError");
          },
        });
    });
    const customer = await Customer.visit(context, shop.origin);
    await answered(customer, "Where is my parcel?");
    await context.close();
    complaints.none();
  });

  it("two_tabs_of_one_browser_are_one_chat", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    const first = await Customer.visit(context, shop.origin);
    await answered(first, "Where is my parcel?");
    const second = await Customer.visit(context, shop.origin);
    await second.reads("Where is my parcel?");
    await answered(second, "What are your opening hours?");
    await first.reads("What are your opening hours?");
    await first.say("Thank you from the first tab");
    await second.reads("Thank you from the first tab");
    for (const customer of [first, second]) {
      expect(await customer.times("Where is my parcel?")).toBe(1);
      expect(await customer.times("Thank you from the first tab")).toBe(1);
    }
    await context.close();
    complaints.none();
  });

  it("what_was_written_while_the_hub_was_away_outlives_a_reload", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints);
    const customer = await Customer.visit(context, shop.origin);
    await answered(customer, "Where is my parcel?");
    // The shop stays up, the hub goes: the page reloads, but cannot fetch its chat until the hub is back.
    complaints.expectCut = true;
    await hub.kill();
    await customer.page.getByText("The connection is lost").first().waitFor();
    await customer.say("Do you repair tents?");
    // The first question may wait too: the hub may have gone before its acknowledgement came.
    await customer.page.getByText("Waiting for the connection").first().waitFor();
    await shoot(customer.page, "widget-unsent");
    await hub.run();
    await customer.reload();
    await customer.reads("Do you repair tents?");
    await customer.page
      .getByText(/Waiting for the connection|Sending/)
      .first()
      .waitFor({ state: "detached" });
    expect(await customer.times("Do you repair tents?")).toBe(1);
    expect(await customer.times("Where is my parcel?")).toBe(1);
    await context.close();
    complaints.none();
  });

  it("a_text_that_is_too_long_cannot_be_sent_and_says_why", async () => {
    const complaints = new Complaints();
    const context = await openContext(browser, complaints, { width: 390, height: 844 });
    const customer = await Customer.visit(context, shop.origin);
    await customer.box.fill("a".repeat(20_001));
    await customer.page.getByText("1 character too many").waitFor();
    expect(await customer.button("Send").isDisabled()).toBe(true);
    await accessible(customer.page, "a text that is too long");
    const panel = await customer.page.getByRole("dialog").boundingBox();
    expect(panel, "a phone's screen is filled").toEqual({ x: 0, y: 0, width: 390, height: 844 });
    await context.close();
    complaints.none();
  });
});
