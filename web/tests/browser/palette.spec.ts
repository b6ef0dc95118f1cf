/** Everything by key: the palette, keys that one can change, and keys that leave writing alone. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Agent, Complaints, launch, openContext, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

type Press = {
  key: string;
  code?: string;
  keyCode?: number;
  shiftKey?: boolean;
  ctrlKey?: boolean;
  altKey?: boolean;
  altGraph?: boolean;
  isComposing?: boolean;
};

/** A key as another keyboard sends it. */
async function press(page: Page, init: Press): Promise<void> {
  await page.evaluate(({ altGraph, keyCode, ...rest }) => {
    const event = new KeyboardEvent("keydown", { ...rest, bubbles: true, cancelable: true, composed: true });
    if (keyCode !== undefined) Object.defineProperty(event, "keyCode", { value: keyCode });
    if (altGraph)
      Object.defineProperty(event, "getModifierState", { value: (name: string) => name === "AltGraph" });
    (document.activeElement ?? document.body).dispatchEvent(event);
  }, init);
}

describe.skipIf(missing)("keys and the palette", () => {
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
    await page.goto(`${hub.origin}/console`);
    await page.getByRole("navigation", { name: "Places" }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    complaints.none();
  });
  const palette = () => page.getByRole("dialog", { name: "Actions and chats" });
  const at = (path: string) => page.waitForURL(`**${path}`);

  it("opens_by_ctrl_k_finds_by_a_few_letters_and_runs_by_enter", async () => {
    await page.keyboard.press("Control+k");
    await palette().waitFor();
    await accessible(page, "the palette");
    await page.keyboard.type("sett");
    await page
      .getByRole("option", { name: /settings/i })
      .first()
      .waitFor();
    await shoot(page, "palette");
    await page.keyboard.press("Enter");
    await at("/console/settings");
    await palette().waitFor({ state: "detached" });
  });

  it("walks_by_arrows_says_what_is_chosen_and_leaves_by_escape", async () => {
    await page.keyboard.press("Control+k");
    const box = palette().getByRole("combobox");
    await box.waitFor();
    const first = await box.getAttribute("aria-activedescendant");
    await page.keyboard.press("ArrowDown");
    expect(await box.getAttribute("aria-activedescendant")).not.toBe(first);
    await page.keyboard.press("Escape");
    await palette().waitFor({ state: "detached" });
  });

  it("goes_places_by_two_strokes_and_by_a_sign_of_a_german_keyboard", async () => {
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await at("/console/help");
    await accessible(page, "help");
    await shoot(page, "help");
    // "/" is Shift and 7 on a German keyboard.
    await press(page, { key: "/", code: "Digit7", shiftKey: true });
    await at("/console/search");
    // The page takes the caret when it has come: only then can one leave its box.
    const box = page.getByRole("searchbox", { name: "Search in all conversations" });
    await box.and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await at("/console");
  });

  it("leaves_letters_alone_where_one_writes_and_while_an_input_method_composes", async () => {
    await page.goto(`${hub.origin}/console/settings/tags`);
    const box = page.getByRole("textbox", { name: "New tag" });
    await box.click();
    await page.keyboard.type("gh?");
    expect(await box.inputValue()).toBe("gh?");
    expect(page.url()).toMatch(/settings\/tags$/);
    await box.fill("");
    await box.blur();
    await press(page, { key: "?", code: "Minus", isComposing: true });
    await press(page, { key: "?", keyCode: 229 });
    await press(page, { key: "k", code: "KeyK", ctrlKey: true, altKey: true, altGraph: true });
    expect(await page.getByRole("dialog").count()).toBe(0);
    // With Ctrl it acts from a text box too.
    await box.click();
    await page.keyboard.press("Control+k");
    await palette().waitFor();
    await page.keyboard.press("Escape");
    expect(await box.evaluate((node) => node === document.activeElement), "the focus is back").toBe(true);
    await box.blur();
  });

  it("a_key_can_be_changed_and_stays_changed_after_a_reload", async () => {
    const saved = () =>
      page.waitForResponse(
        (answer) => answer.url().endsWith("/me/preferences") && answer.request().method() === "PUT",
      );
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keys of the desk" });
    await dialog.waitFor();
    await accessible(page, "the keys");
    await dialog.getByRole("button", { name: /^go to help/i }).click();
    const kept = saved();
    await page.keyboard.press("y");
    await dialog.getByRole("button", { name: /^go to help: y\s+Change/i }).waitFor();
    await kept;
    await shoot(page, "keys");
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("navigation", { name: "Places" }).waitFor();
    await page.keyboard.press("y");
    await at("/console/help");

    // A key that another action had: that one has none now, and it says so.
    await page.keyboard.press("?");
    await dialog.getByRole("button", { name: /^go to search/i }).click();
    const moved = saved();
    await page.keyboard.press("y");
    await dialog.getByText(/That key was for: go to help/).waitFor();
    await moved;
    await dialog.getByRole("button", { name: "All keys as they were" }).click();
    await dialog.getByRole("button", { name: /^go to help: g\s*h\s+Change/i }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("the_tour_is_offered_once_shows_the_keys_and_stays_away_afterwards", async () => {
    await page.goto(`${hub.origin}/console`);
    await page.getByText("New here?").waitFor();
    await page.getByRole("button", { name: "Show me" }).click();
    await page.getByRole("dialog", { name: "Chats come to you" }).waitFor();
    await accessible(page, "the tour");
    const kept = page.waitForResponse(
      (answer) => answer.url().endsWith("/me/preferences") && answer.request().method() === "PUT",
    );
    for (let i = 0; i < 4; i += 1) await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await kept;
    const read = page.waitForResponse((answer) => answer.url().endsWith("/me/preferences"));
    await page.reload();
    await read;
    await page.getByRole("tab", { name: /^Mine/ }).waitFor();
    expect(await page.getByText("New here?").count()).toBe(0);
  });
});
