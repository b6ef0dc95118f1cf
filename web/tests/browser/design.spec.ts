/** The design language on its page: readable in both themes, usable by keyboard, as long a list as one likes. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Complaints, launch, openContext, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

describe.skipIf(missing)("the design language", () => {
  let hub: Hub;
  let browser: Browser;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  it("has_no_serious_finding_in_either_theme", async () => {
    const context = await openContext(browser, complaints, { height: 3600 });
    const page = await context.newPage();
    await page.goto(`${hub.origin}/console/design`);
    await page.getByRole("heading", { name: "Design language" }).waitFor();
    await accessible(page, "the design page");
    await shoot(page, "design");
    await context.close();
    complaints.none();
  });

  it("shows_of_10000_rows_only_those_in_view_and_reaches_the_last_by_key", async () => {
    const context = await openContext(browser, complaints, { height: 3600 });
    const page = await context.newPage();
    await page.goto(`${hub.origin}/console/design`);
    const table = page.getByRole("table", { name: "Chats light" });
    await table.waitFor();
    expect(await table.getAttribute("aria-rowcount")).toBe("10001");
    expect(await table.getByRole("row").count()).toBeLessThan(40);
    const body = page.getByRole("rowgroup", { name: "Chats light" });
    await body.evaluate((node) => (node.scrollTop = node.scrollHeight));
    await table.getByRole("cell", { name: "10000" }).waitFor();
    expect(await table.getByRole("row").count()).toBeLessThan(40);
    await body.evaluate((node) => (node.scrollTop = 0));
    await table.getByRole("button").first().focus();
    for (let i = 0; i < 20; i += 1) await page.keyboard.press("ArrowDown");
    await page.waitForFunction(
      () => document.activeElement?.closest("[data-at]")?.getAttribute("data-at") === "20",
    );
    await context.close();
    complaints.none();
  });

  it("gives_the_focus_back_when_a_dialog_or_a_menu_closes", async () => {
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    await page.goto(`${hub.origin}/console/design`);
    const light = page.getByRole("region", { name: "Light" });
    const opener = light.getByRole("button", { name: "Dialog" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    expect(
      await dialog.evaluate((node) => node.contains(document.activeElement)),
      "the focus stays inside",
    ).toBe(true);
    await accessible(page, "a dialog");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await opener.evaluate((node) => node === document.activeElement)).toBe(true);

    const menu = light.getByRole("button", { name: "More" });
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Snooze" }).waitFor();
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toMatch(/^Tag/);
    await page.keyboard.press("b");
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toMatch(/^Block/);
    await page.keyboard.press("Escape");
    await page.getByRole("menuitem", { name: "Snooze" }).waitFor({ state: "hidden" });
    expect(await menu.evaluate((node) => node === document.activeElement)).toBe(true);
    await context.close();
    complaints.none();
  });

  it("gives_each_control_40_px_to_a_finger_and_needs_no_sideways_scroll", async () => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.goto(`${hub.origin}/console/design`);
    await page.getByRole("heading", { name: "Design language" }).waitFor();
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          "main button:not(.open), main select, main input:not([type=radio], [type=checkbox])",
        ),
      ]
        .map((node) => ({ node, box: node.getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && box.height < 40)
        .map(
          ({ node, box }) => `${node.textContent?.trim() || node.getAttribute("aria-label")}: ${box.height}`,
        ),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.screenshot({ path: "../target/screenshots/design-390.png" });
    await context.close();
  });
});
