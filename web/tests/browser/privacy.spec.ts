/** What is personal: an inbox that keeps no card numbers, a rule that is tried before it is saved, a customer who is erased. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Caller } from "./desk-help.ts";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Agent, Complaints, launch, openContext, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const CARD = "4242 4242 4242 4242";

describe.skipIf(missing)("privacy", () => {
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

  it("an_inbox_says_what_is_never_kept_and_a_rule_is_tried_before_it_is_saved", async () => {
    await page.goto(`${hub.origin}/console/settings/inboxes`);
    await page.getByRole("heading", { name: "Privacy: what is never kept" }).waitFor();
    expect(await page.getByRole("switch", { name: /Card numbers/ }).getAttribute("aria-checked")).toBe(
      "true",
    );
    await page.getByRole("switch", { name: /Keep the original/ }).click();
    await page.getByRole("button", { name: "Add a pattern" }).click();
    await page.getByLabel("Shown instead").fill("customer number");
    await page.getByLabel("Pattern (regular expression)").fill("(");
    await page.getByLabel("Texts and files").fill("90");
    await page.getByRole("button", { name: "What would this erase?" }).click();
    await page.getByText("Now this would erase 0 chats, and 0 customers with everything.").waitFor();
    const bar = page.getByRole("group", { name: "Unsaved changes" });
    complaints.expect(/422/);
    await bar.getByRole("button", { name: /Save/ }).click();
    await page.getByText(/patterns\[0\]\.regex/).waitFor();
    await page.getByLabel("Pattern (regular expression)").fill("K-\\d{6}");
    await bar.getByRole("button", { name: /Save/ }).click();
    await bar.waitFor({ state: "hidden" });
    await accessible(page, "settings/inboxes with patterns");
    for (const look of [
      { dark: false, width: 1440, name: "light" },
      { dark: true, width: 1440, name: "dark" },
      { dark: false, width: 390, height: 844, name: "390" },
    ]) {
      const other = await openContext(browser, complaints, { ...look, as: context });
      const tab = await other.newPage();
      await tab.goto(`${hub.origin}/console/settings/inboxes`);
      const heading = tab.getByRole("heading", { name: "Privacy: how long words are kept" });
      await heading.scrollIntoViewIfNeeded({ timeout: 60_000 });
      await shoot(tab, `privacy-${look.name}`);
      await other.close();
    }
  }, 240_000);

  it("a_card_is_never_shown_until_somebody_looks_with_a_reason_and_an_erased_customer_is_unreadable", async () => {
    const kim = await Caller.start(hub.origin, "Kim Sommer");
    await kim.say(`my card is ${CARD} and I am K-123456`);
    await ana.call("POST", `conversations/${kim.conversation}/take-over`, {});
    await page.goto(`${hub.origin}/console/c/${kim.conversation}`);
    await page.getByText("my card is [card ending 4242] and I am [customer number]").first().waitFor();
    await page.getByRole("button", { name: "Show what was taken out" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Why").fill("a refund");
    await dialog.getByRole("button", { name: "Show it" }).click();
    await dialog.getByText(CARD).waitFor();
    await accessible(page, "what was taken out");
    await shoot(page, "privacy-revealed");
    await dialog.getByRole("button", { name: "Close" }).last().click();

    await page.getByRole("button", { name: "Erase this customer" }).click();
    const erase = dialog.getByRole("button", { name: "Erase", exact: true });
    await dialog.getByLabel("Why").fill("asked for it");
    expect(await erase.isDisabled(), "nobody is erased by mistake").toBe(true);
    await dialog.getByLabel("Type Kim Sommer to confirm").fill("Kim Sommer");
    await accessible(page, "erase a customer");
    await shoot(page, "privacy-erase");
    await erase.click();
    await page.getByText(/The customer was erased, with every word of theirs/).waitFor();
    await expect.poll(() => page.getByText("card ending 4242").count()).toBe(0);
    await shoot(page, "privacy-erased");
    expect(await kim.reads()).not.toContain("4242");
  }, 240_000);
});
