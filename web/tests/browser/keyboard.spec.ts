/** The desk without a pointer: from log-in to a closed chat, on other keyboards, and while an input method composes. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Caller } from "./caller.ts";
import { Hub, obstacle } from "./hub.ts";
import { Agent, ANA, Complaints, launch, openContext, shoot, WAIT_MS } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const POLL = { timeout: WAIT_MS, interval: 50 };

/** Where the focus is, in words, and whether one can see it: a ring on it, or on what stands around it. */
async function focus(page: Page): Promise<{ what: string; seen: boolean }> {
  return page.evaluate(() => {
    const node = document.activeElement as HTMLElement | null;
    if (!node || node === document.body) return { what: "", seen: false };
    const ring = (one: Element | null) => {
      if (!one) return false;
      const style = getComputedStyle(one);
      return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    };
    // A box in a frame shows it by the frame; a dialog has its shadow in any case.
    const framed = (one: Element | null) =>
      Boolean(one?.matches(":focus-within:not(dialog)")) &&
      getComputedStyle(one as Element).boxShadow !== "none";
    const own = getComputedStyle(node);
    const { parentElement: parent } = node;
    const labelled = (node as HTMLInputElement).labels?.[0]?.textContent;
    return {
      what: (node.getAttribute("aria-label") ?? labelled ?? node.textContent).trim().replace(/\s+/g, " "),
      seen:
        ring(node) ||
        (node.matches(":focus-visible") && own.boxShadow !== "none") ||
        framed(parent) ||
        framed(parent?.parentElement ?? null),
    };
  });
}

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

/** A key as another keyboard sends it; says whether the page left it to the browser. */
async function press(page: Page, init: Press): Promise<boolean> {
  return page.evaluate(({ altGraph, keyCode, ...rest }) => {
    const event = new KeyboardEvent("keydown", { ...rest, bubbles: true, cancelable: true, composed: true });
    if (keyCode !== undefined) Object.defineProperty(event, "keyCode", { value: keyCode });
    if (altGraph)
      Object.defineProperty(event, "getModifierState", { value: (name: string) => name === "AltGraph" });
    return (document.activeElement ?? document.body).dispatchEvent(event);
  }, init);
}

describe.skipIf(missing)("by keyboard alone", () => {
  let hub: Hub;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    complaints.expect(/401.*\/api\/v1\/me/);
    const first = await openContext(browser, complaints);
    const ana = await Agent.setUp(first, hub.origin, hub.setupLink);
    // /try makes its newcomer available by itself.
    await ana.page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();
    await ana.desk();
    await ana.available(false);
    await first.close();
    context = await openContext(browser, complaints);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });
  afterEach(async (test) => {
    if (test.task.result?.state === "fail")
      await shoot(page, `failed-${test.task.name.replace(/\W+/g, "_")}`);
  });

  const keys = () => page.keyboard;
  const dialog = () => page.getByRole("dialog");
  const messages = () => page.getByRole("region", { name: "Messages" });
  const isOn = (what: Locator) => what.evaluate((node) => node === document.activeElement);
  /** The focus is there, and one sees it. */
  async function on(what: Locator): Promise<void> {
    await what.waitFor();
    await expect.poll(() => isOn(what), { ...POLL, message: String(what) }).toBe(true);
    const now = await focus(page);
    expect(now.seen, `the focus on “${now.what}” is seen`).toBe(true);
  }
  /** By Tab, as far as it is; on every stop of the way one sees where one is. */
  async function tabTo(what: Locator, most = 40): Promise<void> {
    const way: string[] = [];
    for (let i = 0; i < most; i += 1) {
      await keys().press("Tab");
      const now = await focus(page);
      if (now.what)
        expect(now.seen, `the focus on “${now.what}” is seen, after ${way.join(", ")}`).toBe(true);
      if (await isOn(what)) return;
      way.push(now.what.slice(0, 30) || "the page");
    }
    throw new Error(`${what} is not reached by Tab: ${way.join(", ")}`);
  }

  it("from_log_in_to_a_closed_chat_by_keyboard_alone", async () => {
    await page.goto(`${hub.origin}/console`);
    const mail = page.getByLabel("Mail");
    await mail.waitFor();
    if (!(await isOn(mail))) await tabTo(mail);
    await on(mail);
    await keys().type(ANA.mail);
    await tabTo(page.getByLabel("Passphrase"));
    await keys().type(ANA.passphrase);
    await shoot(page, "keyboard-log-in");
    await keys().press("Enter");

    await page.getByRole("tab", { name: /^Mine/ }).waitFor();
    const presence = page.getByRole("switch", { name: "Available for chats" });
    await tabTo(presence);
    await shoot(page, "keyboard-available");
    await keys().press("Space");
    await page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();

    const caller = await Caller.start(hub.origin, "Yuki");
    await caller.say("Is the Kolk in stock?");
    await caller.askPerson();
    await page.getByText("Yuki asks for a person").first().waitFor();
    await shoot(page, "keyboard-offer");
    await keys().press("a");
    const reply = page.getByRole("textbox", { name: "Reply to Yuki" });
    await reply.waitFor();
    await messages().getByText("Is the Kolk in stock?").waitFor();

    await keys().press("r");
    await on(reply);
    await keys().type("Yes, three of them.");
    await keys().press("Enter");
    await messages().getByText("Yes, three of them.", { exact: true }).waitFor();
    await on(reply);
    await expect.poll(() => caller.reads(), POLL).toContain("Yes, three of them.");

    await keys().press("Escape");
    await keys().press("n");
    const note = page.getByRole("textbox", { name: "Note" });
    await on(note);
    await keys().type("Shelf 14");
    await keys().press("Enter");
    await messages().getByText("Shelf 14").waitFor();
    await on(note);
    await shoot(page, "keyboard-note");
    expect(await caller.reads()).not.toContain("Shelf 14");

    // Each question opens with the focus in it, keeps it, and Escape gives it back.
    for (const [key, title, field] of [
      ["t", "Transfer Yuki", "To"],
      ["h", "Hand Yuki back to the assistant", "What is settled"],
    ] as const) {
      await keys().press("Escape");
      await keys().press(key);
      const question = page.getByRole("dialog", { name: title });
      await question.waitFor();
      await on(question.getByLabel(field, { exact: true }));
      const buttons = question.getByRole("button");
      for (let i = 0; i < 12; i += 1) {
        await keys().press("Tab");
        const now = await focus(page);
        if (now.what) expect(now.seen, `${title}: the focus on “${now.what}” is seen`).toBe(true);
        const inside = await question.evaluate(
          (node) => node.contains(document.activeElement) || document.activeElement === document.body,
        );
        expect(inside, `${title}: Tab stays inside`).toBe(true);
      }
      expect(await buttons.count()).toBeGreaterThanOrEqual(2);
      await keys().press("Escape");
      await question.waitFor({ state: "detached" });
    }
    await page
      .getByText(/With you/)
      .first()
      .waitFor();

    await keys().press("e");
    const question = page.getByRole("dialog", { name: "Close the chat with Yuki" });
    await on(question.getByLabel("Result"));
    await keys().press("ArrowDown");
    await tabTo(question.getByLabel("Wrap-up"));
    await keys().type("In stock, told so");
    await shoot(page, "keyboard-close");
    await tabTo(question.getByRole("button", { name: "Close chat" }));
    await keys().press("Enter");
    await messages()
      .getByText(/^Filed as: Solved. In stock, told so/)
      .waitFor();
    await page.getByRole("button", { name: "Reopen" }).waitFor();
    await shoot(page, "keyboard-closed");
    complaints.none();
  });

  /** A customer whom Ana has, open on her desk. */
  async function withKim(text: string): Promise<Caller> {
    const caller = await Caller.start(hub.origin, "Kim");
    await caller.say(text);
    await page.evaluate(async (conversation) => {
      const me = (await (await fetch("/api/v1/me")).json()) as { csrf: string };
      await fetch(`/api/v1/conversations/${conversation}/take-over`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-baton-csrf": me.csrf },
        body: "{}",
      });
    }, caller.conversation);
    await page.goto(`${hub.origin}/console/c/${caller.conversation}`);
    await page.getByRole("textbox", { name: "Reply to Kim" }).waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    return caller;
  }
  const reply = () => page.getByRole("textbox", { name: "Reply to Kim" });

  it("the_palette_does_what_its_name_says_and_a_pointer_is_not_needed", async () => {
    await withKim("One");
    await keys().press("Control+k");
    const palette = page.getByRole("dialog", { name: "Actions and chats" });
    await on(palette.getByRole("combobox"));
    await keys().type("write a note");
    await palette.getByRole("option", { name: /write a note/i, selected: true }).waitFor();
    await keys().press("Enter");
    await palette.waitFor({ state: "detached" });
    await on(page.getByRole("textbox", { name: "Note" }));
    // From inside a text it opens, too, and leaves what was written.
    await keys().type("half a sen");
    await keys().press("Control+k");
    await on(palette.getByRole("combobox"));
    await keys().press("Escape");
    await on(page.getByRole("textbox", { name: "Note" }));
    expect(await page.getByRole("textbox", { name: "Note" }).inputValue()).toBe("half a sen");
    await keys().press("Control+a");
    await keys().press("Delete");
    complaints.none();
  });

  it("a_german_keyboard_means_what_is_printed_on_it", async () => {
    await withKim("Zwei");
    const address = page.url();
    // Letters that English has no action for, and the third sign of a key, are nobody's.
    for (const one of [
      { key: "ö", code: "Semicolon" },
      { key: "ä", code: "Quote" },
      { key: "ß", code: "Minus" },
      { key: "Dead", code: "Equal" },
      { key: "@", code: "KeyQ", ctrlKey: true, altKey: true, altGraph: true },
      { key: "€", code: "KeyE", ctrlKey: true, altKey: true, altGraph: true },
      { key: "€", code: "KeyE", altGraph: true },
      { key: "{", code: "Digit7", ctrlKey: true, altKey: true, altGraph: true },
      // "y" is printed where an English board has "z".
      { key: "y", code: "KeyZ" },
    ] satisfies Press[])
      expect(await press(page, one), `${one.key} is left to the browser`).toBe(true);
    expect(await dialog().count()).toBe(0);
    expect(page.url()).toBe(address);
    await press(page, { key: "z", code: "KeyY" });
    await page.getByRole("dialog", { name: "Put Kim away" }).waitFor();
    await keys().press("Escape");
    await dialog().waitFor({ state: "detached" });
    // "?" is Shift and ß.
    await press(page, { key: "?", code: "Minus", shiftKey: true });
    await page.getByRole("dialog", { name: "Keys of the desk" }).waitFor();
    await keys().press("Escape");
    await dialog().waitFor({ state: "detached" });

    // In the text they are text: nothing is taken away from it.
    await keys().press("r");
    await on(reply());
    for (const one of [
      { key: "€", code: "KeyE", ctrlKey: true, altKey: true, altGraph: true },
      { key: "z", code: "KeyY" },
      { key: "ö", code: "Semicolon" },
    ] satisfies Press[])
      expect(await press(page, one), one.key).toBe(true);
    await keys().insertText("Schöne Größe, 5 €");
    expect(await reply().inputValue()).toBe("Schöne Größe, 5 €");
    expect(await dialog().count()).toBe(0);
    await keys().press("Control+a");
    await keys().press("Delete");
    complaints.none();
  });

  it("keys_belong_to_an_input_method_while_it_composes", async () => {
    const kim = await withKim("さん");
    // Outside a text no action runs.
    await press(page, { key: "e", code: "KeyE", isComposing: true });
    await press(page, { key: "Process", code: "KeyE", keyCode: 229 });
    await press(page, { key: "e", code: "KeyE", keyCode: 229 });
    expect(await dialog().count()).toBe(0);

    await keys().press("r");
    await on(reply());
    const session = await context.newCDPSession(page);
    await session.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    expect(await reply().inputValue()).toBe("にほん");
    // The Enter that chooses a word: said in either of the two ways that browsers have.
    await press(page, { key: "Enter", code: "Enter", isComposing: true });
    await press(page, { key: "Enter", code: "Enter", keyCode: 229 });
    expect(await reply().inputValue()).toBe("にほん");
    expect(await messages().getByText("にほん").count()).toBe(0);
    await session.send("Input.insertText", { text: "日本" });
    expect(await reply().inputValue()).toBe("日本");
    // And the one that sends.
    await keys().press("Enter");
    await messages().getByText("日本", { exact: true }).waitFor();
    await expect.poll(() => kim.reads(), POLL).toContain("日本");
    expect(await kim.reads()).not.toContain("にほん");
    await shoot(page, "keyboard-input-method");
    complaints.none();
  });
});
