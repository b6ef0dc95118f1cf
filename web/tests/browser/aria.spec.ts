/**
 * What the key screens say to those who hear them: their accessible tree, held beside a file in `aria/`. A change of a
 * name, a role or the order is seen here before a screen reader's user finds it. `UPDATE_ARIA=1` writes the files anew;
 * the difference is for a person to read.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { Agent, Complaints, Customer, launch, openContext, openShop, shoot, WAIT_MS } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const folder = join(import.meta.dirname, "aria");
const updating = process.env.UPDATE_ARIA === "1";
const SETTLE_MS = 250;

/** Without what differs from run to run: times, days, ids, references, addresses of this machine. */
function plain(snapshot: string): string {
  const text = snapshot
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replace(/\bB-[0-9A-Z]{4,10}\b/g, "B-REFERENCE")
    .replace(/https?:\/\/(127\.0\.0\.1|localhost):\d+/g, "ORIGIN")
    .replace(/\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? \d{1,2} [A-Z]\w+/g, "DAY")
    .replace(/\b(tomorrow|yesterday|(Mon|Tue|Wed|Thu|Fri|Sat|Sun)) (?=\d{1,2}:\d{2})/g, "")
    .replace(/\b\d{1,2}:\d{2}(:\d{2})?\b/g, "TIME")
    .replace(/(time: |B-REFERENCE )now\b/g, "$1TIME")
    .replace(/\b(just now|\d+ (sec|min)[a-z.]*( ago)?)(?![\w-])/g, "TIME")
    .replace(/\b\d+ ms\b/g, "N ms");
  // Of long lists, as of all time zones, what is chosen: they are the browser's and not ours.
  const short = text.replace(/(?:^ *- option ".*\n){16,}/gm, (all) => {
    const lines = all.split("\n").slice(0, -1);
    const chosen = lines.filter((line) => line.includes("[selected]"));
    return `${[...chosen, `${/^ */.exec(all)?.[0] ?? ""}- option "…"`].join("\n")}\n`;
  });
  return `${short.trimEnd()}\n`;
}

describe.skipIf(missing)("the accessible tree", () => {
  let hub: Hub;
  let browser: Browser;
  let shop: { origin: string; close: () => void };
  let deskContext: BrowserContext;
  let ana: Agent;
  let customer: Customer;
  let page: Page;
  const complaints = new Complaints();

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    hub = await Hub.start();
    browser = await launch();
    shop = await openShop(hub.origin, "demo");
    deskContext = await openContext(browser, complaints);
    ana = await Agent.setUp(deskContext, hub.origin, hub.setupLink);
    page = ana.page;
    await page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();
    // Nothing that comes and goes by the clock.
    await ana.call("PUT", "me/preferences", { tour_done: true });
    await ana.call("PUT", "desk-settings", { dispositions: [], hold_seconds: 0 });
    await ana.desk();
    customer = await Customer.visit(await openContext(browser, complaints), shop.origin);
  });
  afterAll(async () => {
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });
  afterEach(async (test) => {
    if (test.task.result?.state === "fail") {
      await shoot(page, `failed-${test.task.name.replace(/\W+/g, "_")}-desk`);
      await shoot(customer.page, `failed-${test.task.name.replace(/\W+/g, "_")}-customer`);
    }
    complaints.none();
  });

  /** Once it is quiet it says what the file says. */
  async function says(name: string, what: Locator): Promise<void> {
    await what.waitFor();
    const file = join(folder, `${name}.yml`);
    const now = async () => plain(await what.ariaSnapshot());
    if (updating || !existsSync(file)) {
      expect(updating, `${file} is missing: UPDATE_ARIA=1 writes it`).toBe(true);
      let before = "";
      await expect
        .poll(
          async () => {
            const was = before;
            before = await now();
            return was === before;
          },
          { timeout: WAIT_MS, interval: SETTLE_MS },
        )
        .toBe(true);
      writeFileSync(file, before);
      return;
    }
    const expected = readFileSync(file, "utf8");
    await expect.poll(now, { timeout: WAIT_MS / 2, interval: SETTLE_MS, message: name }).toBe(expected);
  }
  const main = () => page.getByRole("main");
  const go = (path: string) => page.goto(`${hub.origin}/console${path}`);

  it("widget_with_messages", async () => {
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    await says("widget-messages", customer.page.getByRole("dialog"));
  });

  it("an_offer", async () => {
    await customer.button("Talk to a person").click();
    await ana.button("Accept").waitFor();
    await says("offer", page.getByRole("region", { name: "Offers" }).first());
  });

  it("the_desk_with_an_open_chat", async () => {
    await ana.accept();
    await ana.say("It comes tomorrow.");
    await customer.reads("It comes tomorrow.");
    await customer.say("Thank you");
    await ana.reads("Thank you");
    await says("desk-chat", main());
  });

  it("the_board", async () => {
    await go("/board?show=people");
    await main().getByRole("table").waitFor();
    await says("board", main());
  });

  it("reports", async () => {
    await customer.button("More about this answer").last().click();
    await customer.button("This answer was wrong").click();
    await customer.page
      .getByRole("textbox", { name: "What should it have said?" })
      .fill("It left on Monday.");
    await customer.button("Send report").click();
    await go("/reports");
    await main().getByText("It left on Monday.").waitFor();
    await says("reports", main());
  });

  it("the_search", async () => {
    type Found = { total: number; behind: number };
    await expect
      .poll(
        async () => {
          const { total, behind } = await ana.call<Found>("GET", "search?q=parcel");
          return total > 0 && behind === 0;
        },
        { timeout: WAIT_MS, interval: SETTLE_MS },
      )
      .toBe(true);
    await go("/search?q=parcel");
    await main().getByRole("article").first().waitFor();
    await says("search", main());
  });

  it("the_settings_of_an_inbox", async () => {
    await go("/settings/inboxes");
    await main().getByRole("heading", { level: 2 }).first().waitFor();
    await says("settings-inboxes", main());
  });

  it("widget_at_the_end", async () => {
    const { items } = await ana.call<{ items: { id: string }[] }>("GET", "conversations?list=mine");
    for (const { id } of items) await ana.call("POST", `conversations/${id}/close`, {});
    // From its beginning, as one who comes back hears it.
    await customer.reload();
    await customer.page.getByRole("radio", { name: "Yes", exact: true }).check();
    await customer.button("Send rating").waitFor();
    await says("widget-rating", customer.page.getByRole("dialog"));
  });
});
