/** A form that asks for a secret: typed unseen, kept nowhere in the page, shown to nobody who may not see it. */
import type { Browser, BrowserContext, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import {
  accessible,
  Agent,
  Complaints,
  Customer,
  launch,
  openContext,
  openShop,
  shoot,
  type Look,
} from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const PIN = "zirbenholz 0417";
const FORM = {
  title: "Please confirm that it is you",
  text: "We unblock the card then.",
  fields: [
    { key: "order", label: "Order number", kind: "text" },
    { key: "pin", label: "PIN", kind: "secret", required: true },
    { key: "code", label: "Code from the message", kind: "secret", one_time: true },
  ],
};

describe.skipIf(missing)("secret fields", () => {
  let hub: Hub;
  let shop: Awaited<ReturnType<typeof openShop>>;
  let browser: Browser;
  let context: BrowserContext;
  let ana: Agent;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    shop = await openShop(hub.origin, "demo");
    browser = await launch();
    context = await openContext(browser, complaints);
    ana = await Agent.setUp(context, hub.origin, hub.setupLink);
    // No offer takes a seat that a chat of this test needs.
    await ana.available(false);
  });
  afterAll(async () => {
    await browser?.close();
    shop?.close();
    await hub?.stop();
    complaints.none();
  });

  const stored = (customer: Customer) =>
    customer.page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }));

  /** A customer whose chat Ana has, with a form of hers in it. */
  async function asked(look: Look = {}, path = "/"): Promise<{ kim: Customer; chat: string }> {
    const kim = new Customer(await (await openContext(browser, complaints, look)).newPage());
    await kim.page.goto(shop.origin + path);
    await kim.page.locator("button").first().click();
    await kim.page.getByRole("textbox").first().fill("my card is blocked");
    await kim.page.keyboard.press("Enter");
    await expect.poll(() => stored(kim)).toMatch(/conversation/);
    const chat = /"conversation\\?":\\?"([^"\\]+)/.exec(await stored(kim))?.[1] ?? "";
    await ana.call("POST", `conversations/${chat}/take-over`, {});
    const client = crypto.randomUUID();
    await ana.call("POST", `conversations/${chat}/messages`, { client, counter: 1, form: FORM });
    await form(kim).waitFor();
    return { kim, chat };
  }
  const close = (chat: string) => ana.call("POST", `conversations/${chat}/close`, {});
  const form = (kim: Customer): Locator => kim.page.getByRole("form", { name: FORM.title });

  it("a_secret_is_typed_unseen_sent_once_and_shown_as_hidden", async () => {
    const { kim, chat } = await asked();
    const pin = form(kim).getByLabel("PIN", { exact: true });
    const code = form(kim).getByLabel("Code from the message (optional)");
    expect([await pin.getAttribute("type"), await pin.getAttribute("autocomplete")]).toEqual([
      "password",
      "off",
    ]);
    expect(await code.getAttribute("autocomplete")).toBe("one-time-code");
    await form(kim).getByText("Only those it is meant for can see this.").first().waitFor();
    const hint = await pin.getAttribute("aria-describedby");
    expect(await kim.page.locator(`#${hint}`).textContent()).toMatch(/not kept in the chat/);

    // By keyboard alone: type, look, hide, send.
    await form(kim).getByLabel("Order number (optional)").fill("7731");
    await pin.focus();
    await kim.page.keyboard.type(PIN);
    await kim.page.keyboard.press("Tab");
    const show = form(kim).getByRole("button", { name: "Show PIN" });
    expect(await show.evaluate((button) => button.matches(":focus"))).toBe(true);
    await kim.page.keyboard.press("Enter");
    expect(await pin.getAttribute("type")).toBe("text");
    await form(kim).getByRole("button", { name: "Hide PIN" }).waitFor();
    await accessible(kim.page, "a form with secrets");
    await kim.page.keyboard.press("Enter");
    expect(await pin.getAttribute("type")).toBe("password");
    expect(await pin.inputValue()).toBe(PIN);

    // What is unsent is in its field and nowhere else.
    expect(await stored(kim)).not.toContain("zirbenholz");
    await kim.page.evaluate(() => dispatchEvent(new Event("pagehide")));
    expect(await stored(kim)).not.toContain("zirbenholz");

    await pin.focus();
    await kim.page.keyboard.press("Enter");
    await kim.messages.getByText("••••").waitFor();
    await form(kim).waitFor({ state: "detached" });
    const own = kim.messages.getByRole("listitem").filter({ hasText: "••••" }).last();
    expect((await own.textContent())?.replaceAll(/\s+/g, " ")).toContain("PIN••••hidden");
    expect(await kim.messages.textContent()).not.toContain("zirbenholz");
    expect(await kim.box.evaluate((box) => box.matches(":focus")), "one goes on writing").toBe(true);
    await accessible(kim.page, "a hidden answer");
    await shoot(kim.page, "secret-answered");
    expect(await stored(kim)).not.toContain("zirbenholz");

    // It is answered after a reload as well, and nothing of it comes back.
    await kim.reload();
    await kim.messages.getByText("••••").waitFor();
    expect(await form(kim).count()).toBe(0);
    expect(await kim.page.content()).not.toContain("zirbenholz");

    // At the desk it is hidden until somebody looks with a reason.
    await ana.page.goto(`${hub.origin}/console/c/${chat}`);
    await ana.page.getByText("PIN: [hidden: pin]").first().waitFor();
    expect(await ana.page.getByText("zirbenholz").count()).toBe(0);
    await shoot(ana.page, "secret-desk");
    await ana.page.getByRole("button", { name: "Show what was taken out" }).last().click();
    await ana.dialog.getByLabel("Why").fill("a call");
    await ana.dialog.getByRole("button", { name: "Show it" }).click();
    await ana.dialog.getByText(PIN).waitFor();
    await ana.dialog.getByRole("button", { name: "Close" }).last().click();
    await close(chat);
  }, 240_000);

  it("what_is_wrong_is_said_without_what_was_typed_and_stays_to_be_put_right", async () => {
    const { kim, chat } = await asked();
    const pin = form(kim).getByLabel("PIN", { exact: true });
    const send = form(kim).getByRole("button", { name: "Send answers" });
    await send.click();
    expect(await pin.evaluate((box: HTMLInputElement) => box.validity.valueMissing)).toBe(true);
    await pin.fill(PIN.repeat(20));
    complaints.expect(/422/);
    await send.click();
    const alert = kim.page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).not.toContain("zirbenholz");
    expect(await pin.inputValue(), "it is there to be put right").toBe(PIN.repeat(20));
    // Without a connection it stays where it is; nothing is queued.
    await pin.fill(PIN);
    complaints.expect(/ERR_INTERNET_DISCONNECTED|Failed to fetch/);
    complaints.expectCut = true;
    await kim.page.context().setOffline(true);
    await send.click();
    await alert.getByText("No connection to the server.").waitFor();
    expect(await stored(kim)).not.toContain("zirbenholz");
    expect(await pin.inputValue()).toBe(PIN);
    await kim.page.context().setOffline(false);
    await send.click();
    await kim.messages.getByText("••••").waitFor();
    complaints.expectCut = false;
    await close(chat);
  }, 240_000);

  it.each<Look & { name: string; path?: string }>([
    { name: "light" },
    { name: "dark", dark: true },
    { name: "390-light", width: 390, height: 844 },
    { name: "390-dark", width: 390, height: 844, dark: true },
    { name: "390-ar", width: 390, height: 844, path: "/?page=ar&chat=ar" },
  ])(
    "the_form_is_readable_and_accessible: $name",
    async ({ name, path, ...look }) => {
      const { kim, chat } = await asked(look, path);
      await form(kim).locator("[type=password]").first().fill(PIN);
      await form(kim).scrollIntoViewIfNeeded();
      expect(
        await form(kim).evaluate((element) => element.scrollWidth <= element.clientWidth),
        "nothing hangs out",
      ).toBe(true);
      await accessible(kim.page, `a form with secrets, ${name}`);
      await shoot(kim.page, `secret-${name}`);
      // What was asked in a chat that is over is asked no more.
      await close(chat);
      await form(kim).waitFor({ state: "detached" });
      await kim.page.context().close();
    },
    240_000,
  );
});
