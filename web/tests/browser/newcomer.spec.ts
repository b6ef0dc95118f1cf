/** The first ten minutes: from the one-time link to a closed and rated chat, in one window, alone. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Agent, ANA, Complaints, launch, openContext, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

describe.skipIf(missing)("a newcomer", () => {
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

  it("a_newcomer_reaches_a_closed_and_rated_chat_in_one_window", async () => {
    const context = await openContext(browser, complaints);
    const ana = await Agent.setUp(context, hub.origin, hub.setupLink);
    const page = ana.page;
    const shop = page.getByRole("region", { name: "The customer's side" });
    const desk = page.getByRole("region", { name: "Your side: the desk" });
    const read = shop.getByRole("region", { name: "Messages" });
    const box = shop.getByRole("textbox", { name: "Message", exact: true });
    const step = (n: number) =>
      page
        .getByRole("list", { name: "Five steps" })
        .getByRole("listitem")
        .nth(n - 1);
    const ticked = (n: number) => step(n).getByText("done").waitFor({ state: "attached" });
    await shoot(page, "try-1-start");

    // Nothing to decide: the desk beside the shop is available by itself.
    await page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();
    await box.fill("Where is my parcel?");
    await box.press("Enter");
    await read.getByText("Where is my parcel?").waitFor();
    await ticked(1);
    await box.fill("I want a person");
    await box.press("Enter");
    await desk.getByRole("button", { name: "Accept" }).waitFor();
    await ticked(2);
    await shoot(page, "try-2-offer");
    await accessible(page, "/try with an offer");

    await page.keyboard.press("a");
    expect(await box.inputValue(), "a letter in a text box is a letter").toBe("a");
    await box.fill("");
    await box.blur();
    await page.keyboard.press("a");
    await ana.say("Hello, I look for it.");
    await read.getByText("Hello, I look for it.").waitFor();
    await ticked(3);
    await shoot(page, "try-3-answered");

    await ana.reply.blur();
    await page.keyboard.press("h");
    await ana.dialog.getByLabel("What is settled").fill("The parcel is found");
    await ana.dialog.getByRole("button", { name: "Hand back" }).click();
    await read.getByText(/handed you back to the assistant/).waitFor();
    await ticked(4);

    await desk.getByRole("button", { name: "Close chat" }).waitFor();
    await page.keyboard.press("e");
    await ana.dialog.getByRole("button", { name: "Close chat" }).click();
    await shop.getByRole("radio", { name: "Yes" }).check();
    await shop.getByRole("button", { name: "Send rating" }).click();
    await read.getByText("Thank you. Your answer is saved.").waitFor();
    await ticked(5);
    await shoot(page, "try-5-rated");
    await accessible(page, "/try at the end");
    await context.close();
    complaints.none();
  });

  it("a_used_link_says_when_and_what_to_do", async () => {
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    await page.goto(hub.origin + hub.setupLink.slice(hub.setupLink.indexOf("/setup")));
    expect(page.url(), "the secret is out of the address").not.toContain("#");
    await page.getByLabel("Name").fill("Eve");
    await page.getByLabel("Mail").fill("eve@example.com");
    await page.getByLabel("Passphrase").fill("another long passphrase");
    complaints.expect(/410/);
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByText(/This link was used at/).waitFor();
    await shoot(page, "setup-used");
    await context.close();
    complaints.none();
  });

  it("a_wrong_passphrase_is_refused_and_the_right_one_opens_the_desk", async () => {
    const context = await openContext(browser, complaints);
    const page = await context.newPage();
    complaints.expect(/401/);
    await page.goto(`${hub.origin}/console`);
    await page.getByLabel("Mail").fill(ANA.mail);
    await page.getByLabel("Passphrase").fill("not the passphrase");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    await accessible(page, "the log-in");
    await shoot(page, "log-in");
    await page.getByLabel("Passphrase").fill(ANA.passphrase);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("tab", { name: /^Mine/ }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("button", { name: "Log in" }).waitFor();
    await context.close();
    complaints.none();
  });
});
