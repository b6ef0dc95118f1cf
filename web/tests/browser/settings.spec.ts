/** The settings, as an administrator sets up a house: each page in its states, and what it saves is kept by the hub. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Agent, Complaints, launch, openContext, openShop, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const SECTIONS = ["me", "inboxes", "bots", "people", "hours", "replies", "tags", "closing", "widget"];

describe.skipIf(missing)("settings", () => {
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
    ana = await Agent.setUp(context, hub.origin, hub.setupLink);
    page = ana.page;
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    complaints.none();
  });

  const open = async (section: string, on: Page = page) => {
    await on.goto(`${hub.origin}/console/settings/${section}`);
    await on.getByRole("main").getByRole("heading", { level: 2 }).first().waitFor();
  };
  const save = async () => {
    const bar = page.getByRole("group", { name: "Unsaved changes" });
    await bar.getByRole("button", { name: /Save|Create/ }).click();
    await bar.waitFor({ state: "hidden" });
  };

  it("have_no_serious_finding_on_any_page_in_either_theme_and_fit_a_phone", async () => {
    for (const look of [
      { dark: false, width: 1440, name: "light" },
      { dark: true, width: 1440, name: "dark" },
      { dark: false, width: 390, height: 844, name: "390" },
    ]) {
      const other = await openContext(browser, complaints, { ...look, as: context });
      const tab = await other.newPage();
      for (const section of SECTIONS) {
        await open(section, tab);
        await tab.getByRole("status", { name: "Loading" }).first().waitFor({ state: "detached" });
        await accessible(tab, `settings/${section} ${look.name}`);
        expect(await tab.evaluate(() => document.documentElement.scrollWidth), section).toBeLessThanOrEqual(
          look.width,
        );
        await shoot(tab, `settings-${section}-${look.name}`);
      }
      await other.close();
    }
  }, 240_000);

  it("a_bot_is_tried_with_its_confidence_and_its_time", async () => {
    await open("bots");
    const panel = page.getByRole("region", { name: "Try it" });
    await panel.getByRole("textbox", { name: "Ask a question" }).fill("Where is my parcel?");
    await page.keyboard.press("Enter");
    await panel.getByText(/Parcels leave our warehouse/).waitFor();
    await panel.getByText(/^\d+% sure$/).waitFor();
    await panel.getByText(/^\d+ ms$/).waitFor();
    await shoot(page, "settings-bots-tried");
    const { items } = await ana.call<{ items: unknown[] }>("GET", "conversations?list=all");
    expect(items, "a trial begins no chat").toEqual([]);
  });

  it("an_agent_is_invited_and_can_log_in_with_what_is_passed_on", async () => {
    await open("people");
    await page.getByRole("button", { name: "Invite the first agent" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Ben Okafor");
    await dialog.getByLabel("Mail").fill("ben@example.com");
    const passphrase = await dialog.getByLabel("Passphrase").inputValue();
    await dialog.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("dialog", { name: "Pass this on" }).getByText(passphrase).waitFor();
    await shoot(page, "settings-people-invited");
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("cell", { name: /Ben Okafor/ }).waitFor();

    const other = await openContext(browser, complaints);
    complaints.expect(/401 \(Unauthorized\).*\/me$/);
    const ben = await Agent.logIn(other, hub.origin, "ben@example.com", passphrase);
    await ben.page.goto(`${hub.origin}/console/settings/people`);
    await ben.page.getByText("These settings are for administrators").waitFor();
    await ben.page.goto(`${hub.origin}/console/board`);
    await ben.page.getByText("This page is for supervisors").waitFor();
    await shoot(ben.page, "not-for-you");
    await other.close();
  });

  it("hours_are_set_by_the_week_and_refused_where_they_cannot_be", async () => {
    await open("hours");
    await page.getByText("Weekly hours", { exact: true }).click();
    await page.getByLabel("Monday, from").fill("17:00");
    await page.getByLabel("Monday, until").fill("09:00");
    await page.getByRole("alert").getByText("It ends before it begins.").waitFor();
    await page.getByLabel("Monday, from").fill("08:00");
    await page.getByLabel("Monday, until").fill("12:00");
    await page.getByRole("button", { name: "Add a span on Monday" }).click();
    await page.getByRole("switch", { name: "Saturday" }).click();
    await page.getByLabel("Day", { exact: true }).fill("2026-12-25");
    await page.getByRole("button", { name: "Add day" }).click();
    await shoot(page, "settings-hours-week");
    await accessible(page, "settings/hours with a week");
    await save();
    await page.reload();
    await page.getByLabel("Monday, from").first().waitFor();
    expect(await page.getByLabel("Monday, from").first().inputValue()).toBe("08:00");
    expect(await page.getByLabel("Monday, from").count()).toBe(2);
    expect(await page.getByRole("switch", { name: "Saturday" }).getAttribute("aria-checked")).toBe("true");
    await page.getByText(/25 December 2026|December 25 2026/).waitFor();
  });

  it("a_saved_reply_a_tag_and_a_result_are_made_and_reach_the_directory", async () => {
    await open("replies");
    await page.getByText("No saved replies yet").waitFor();
    await shoot(page, "settings-replies-empty");
    await page.getByRole("button", { name: "New reply" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Short name").fill("label");
    await dialog.getByLabel("Title").fill("Return label");
    await dialog.getByLabel("Text").fill("The **label** is in your mail.");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("cell", { name: "/label" }).waitFor();

    await open("tags");
    await page.getByRole("textbox", { name: "New tag" }).fill("refund");
    await page.keyboard.press("Enter");
    await page.getByRole("cell", { name: "refund", exact: true }).waitFor();

    await open("closing");
    await page.getByRole("textbox", { name: "New result" }).fill("Sent a label");
    await page.keyboard.press("Enter");
    await page.getByText("Sent a label").waitFor();
    await save();

    const directory = await ana.call<{
      tags: { name: string }[];
      replies: { shortcut: string }[];
      dispositions: string[];
    }>("GET", "directory");
    expect(directory.tags.map((one) => one.name)).toContain("refund");
    expect(directory.replies.map((one) => one.shortcut)).toContain("label");
    expect(directory.dispositions).toContain("Sent a label");
  });

  it("the_widget_is_designed_beside_the_real_one_and_the_first_chat_turns_the_line_green", async () => {
    await open("widget");
    await page.getByText("Waiting for the first chat from your site.").waitFor();
    const preview = page.frameLocator("iframe");
    await preview.getByText("Can I return boots that I wore once?").waitFor();
    await page.getByRole("button", { name: "Colour #b91c1c" }).click();
    await page.getByText(/White on it: \d/).waitFor();
    await page.getByLabel("Title").fill("Boot doctor");
    await preview.getByText("Boot doctor").waitFor();
    await shoot(page, "settings-widget-designed");
    await save();

    const shop = await openShop(hub.origin, "demo");
    const visitor = await openContext(browser, complaints);
    const site = await visitor.newPage();
    await site.goto(shop.origin);
    await site.getByRole("button", { name: /^Open chat/ }).click();
    await site.getByRole("textbox", { name: "Message", exact: true }).fill("Hello");
    await site.keyboard.press("Enter");
    await page.getByText(/It works: the latest chat came .* from 127\.0\.0\.1:/).waitFor();
    await shoot(page, "settings-widget-green");
    await visitor.close();
    shop.close();
  });

  it("a_list_shows_its_four_states", async () => {
    const path = "**/api/v1/replies";
    let go: () => void = () => undefined;
    const held = new Promise<void>((done) => (go = done));
    await page.route(path, async (route) => {
      await held;
      await route.fulfill({
        status: 503,
        json: { code: "unavailable", title: "The hub is starting.", status: 503 },
      });
    });
    complaints.expect(/503/);
    await open("replies");
    await page.getByRole("status", { name: "Loading" }).first().waitFor();
    await shoot(page, "settings-replies-loading");
    go();
    await page.getByRole("alert").getByText("The hub is starting.").waitFor();
    await accessible(page, "a list that failed");
    await shoot(page, "settings-replies-failed");
    await page.unroute(path);
    await page.route(path, (route) =>
      route.fulfill({
        json: {
          items: Array.from({ length: 10_000 }, (_, i) => ({
            id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
            version: 1,
            shortcut: `r${i}`,
            title: `Reply ${i}`,
            text: "Thank you for your patience.",
            language: null,
            queue: null,
            personal: false,
          })),
        },
      }),
    );
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("cell", { name: "/r0", exact: true }).waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(80);
    await shoot(page, "settings-replies-many");
    await page.unroute(path);
  });
});

describe.skipIf(missing)("the demo data", () => {
  it("are_named_on_every_page_marked_among_the_people_and_gone_when_removed", async () => {
    const complaints = new Complaints();
    const hub = await Hub.start("--demo-data");
    const browser = await launch();
    try {
      const context = await openContext(browser, complaints);
      const ana = await Agent.setUp(context, hub.origin, hub.setupLink);
      const { page } = ana;
      for (const path of ["", "/search", "/board", "/settings/people"]) {
        await page.goto(`${hub.origin}/console${path}`);
        await page.getByText("Demo data, not in your figures.").waitFor();
      }
      await page.getByRole("cell", { name: /Ben \(demo\)/ }).waitFor();
      await shoot(page, "settings-people-demo");
      const before = await ana.call<{ present: boolean; conversations: number }>("GET", "demo");
      expect(before.conversations).toBeGreaterThan(0);

      await page.getByRole("button", { name: "Remove" }).click();
      const dialog = page.getByRole("dialog", { name: "Remove the demo data?" });
      await dialog.getByText(`${before.conversations} demo chats go for good`).waitFor();
      await accessible(page, "the question before the demo data go");
      await dialog.getByRole("button", { name: "Remove" }).click();
      await page.getByText("The demo data are gone.").waitFor();
      await page.getByText("Demo data, not in your figures.").waitFor({ state: "detached" });
      const { items } = await ana.call<{ items: unknown[] }>("GET", "conversations?list=all");
      expect(items).toEqual([]);
      await context.close();
      complaints.none();
    } finally {
      await browser.close();
      await hub.stop();
    }
  });
});
