/** The journeys of a handover, as the people in it go them: two browsers, one hub, nothing in between. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import {
  accessible,
  Agent,
  Complaints,
  Customer,
  launch,
  openBrokenBot,
  openContext,
  openShop,
  shoot,
} from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)("a handover in two browsers", () => {
  let hub: Hub;
  let browser: Browser;
  let shop: { origin: string; close: () => void };
  let ana: Agent;
  let deskContext: BrowserContext;
  let customerContext: BrowserContext;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    shop = await openShop(hub.origin, "demo");
    deskContext = await openContext(browser, complaints);
    ana = await Agent.setUp(deskContext, hub.origin, hub.setupLink);
    await ana.desk();
  });
  afterAll(async () => {
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });
  beforeEach(async () => {
    customerContext = await openContext(browser, complaints);
    await ana.desk();
  });
  afterEach(async (test) => {
    if (test.task.result?.state === "fail") {
      const name = `failed-${test.task.name.replace(/\W+/g, "_")}`;
      await shoot(ana.page, `${name}-desk`);
      for (const page of customerContext.pages()) await shoot(page, `${name}-customer`);
      console.log(hub.output.slice(-4000));
    }
    await customerContext.close();
  });

  /** A customer who asked for a person and got Ana. */
  async function withAna(question: string): Promise<Customer> {
    await ana.available(true);
    const customer = await Customer.visit(customerContext, shop.origin);
    await customer.say(question);
    await customer.reads(question);
    await customer.button("Talk to a person").click();
    await ana.accept();
    await customer.reads(/joined/);
    return customer;
  }

  async function closeIt(): Promise<void> {
    await ana.button("Close chat").click();
    await ana.dialog.getByRole("button", { name: "Close chat" }).click();
    await ana.messages.getByText("Closed", { exact: true }).waitFor();
  }

  it("ask_accept_reply_both_ways", async () => {
    await ana.available(true);
    const customer = await Customer.visit(customerContext, shop.origin);
    await accessible(customer.page, "the empty chat");
    await customer.say("Where is my parcel?");
    await customer.reads("Where is my parcel?");
    await customer.messages.getByText("assistant", { exact: true }).first().waitFor();
    await shoot(customer.page, "widget-bot");
    await customer.button("Talk to a person").click();
    await ana.button("Accept").waitFor();
    await shoot(ana.page, "desk-offer");
    await accessible(ana.page, "the desk with an offer");
    // By key, with the focus nowhere: the letter acts.
    await ana.page.keyboard.press("a");
    await ana.reply.waitFor();
    await ana.reads("Where is my parcel?");
    await customer.reads(/joined/);

    await ana.reply.fill("Good morning, I am looking for it.");
    await customer.page.getByText("is typing").waitFor();
    await ana.button(/^Send to /).click();
    await customer.reads("Good morning, I am looking for it.");
    await customer.box.fill("My order is 7731");
    await ana.page.getByText("is typing").waitFor();
    await customer.button("Send").click();
    await ana.reads("My order is 7731");

    // A letter typed into a text field is a letter.
    await ana.reply.fill("");
    await ana.reply.pressSequentially("ahe");
    expect(await ana.reply.inputValue()).toBe("ahe");
    expect(await ana.dialog.count()).toBe(0);
    await ana.reply.fill("");

    await ana.button("Note").click();
    await ana.page.getByRole("textbox", { name: "Note" }).fill("Parcel is in Leipzig");
    await ana.button("Add note").click();
    await ana.reads("Parcel is in Leipzig");
    await ana.replying();
    await ana.say("It is in Leipzig and comes tomorrow.");
    await customer.reads("It is in Leipzig and comes tomorrow.");
    expect(await customer.times("Parcel is in Leipzig")).toBe(0);

    await shoot(ana.page, "desk-chat");
    await shoot(customer.page, "widget-agent");
    await accessible(ana.page, "the desk with a chat");
    await accessible(customer.page, "the chat with a person");
    await closeIt();
    complaints.none();
  });

  it("reload_in_mid_chat", async () => {
    const customer = await withAna("I lost my tent pegs");
    await ana.say("Which tent do you have?");
    await customer.reads("Which tent do you have?");

    await customer.reload();
    await customer.reads("Which tent do you have?");
    await customer.say("The Kolk");
    await ana.reads("The Kolk");

    await ana.page.reload();
    await ana.reads("The Kolk");
    await ana.say("We send you a set of pegs.");
    await customer.reads("We send you a set of pegs.");
    for (const text of [
      "I lost my tent pegs",
      "Which tent do you have?",
      "The Kolk",
      "We send you a set of pegs.",
    ])
      expect(await customer.times(text), text).toBe(1);
    await shoot(customer.page, "widget-after-reload");
    await closeIt();
    complaints.none();
  });

  it("network_cut_and_resume", async () => {
    const customer = await withAna("My boots leak");
    await ana.say("Since when?");
    await customer.reads("Since when?");

    complaints.expectCut = true;
    await hub.kill();
    await customer.page.getByText("The connection is lost").first().waitFor();
    await customer.say("Since the first rain");
    await customer.say("Both of them");
    await customer.page.getByText("Waiting for the connection").first().waitFor();
    await ana.page.getByText("The connection is lost").first().waitFor();
    await ana.say("One moment");
    await shoot(customer.page, "widget-cut");
    await shoot(ana.page, "desk-cut");
    // What was not yet sent outlives a reload, too.
    await hub.run();

    await ana.reads("Both of them");
    await customer.reads("One moment");
    await customer.page.getByText("Waiting for the connection").first().waitFor({ state: "detached" });
    complaints.expectCut = false;
    for (const text of [
      "My boots leak",
      "Since when?",
      "Since the first rain",
      "Both of them",
      "One moment",
    ]) {
      expect(await customer.times(text), text).toBe(1);
      expect(await ana.times(text), text).toBe(1);
    }
    const all = (await customer.messages.textContent()) ?? "";
    expect(all.indexOf("Since the first rain")).toBeLessThan(all.indexOf("Both of them"));
    await closeIt();
    complaints.none();
  });

  it("hand_back_close_rate", async () => {
    const customer = await withAna("Can I return my coat?");
    await customer.say("My order is 7731");
    await ana.reads("My order is 7731");
    await ana.say("Yes, until Friday.");
    await customer.reads("Yes, until Friday.");

    await ana.page.keyboard.press("Escape");
    await ana.page.keyboard.press("h");
    await ana.dialog.getByLabel("What is settled").fill("Order 7731\nReturn until Friday");
    await ana.dialog.getByLabel("One line for the customer").fill("order 7731 may come back until Friday.");
    await shoot(ana.page, "desk-hand-back");
    await accessible(ana.page, "the hand-back dialog");
    await ana.dialog.getByRole("button", { name: "Hand back" }).click();
    await customer.reads(/has handed you back to the assistant/);
    await customer.page
      .getByText(/an assistant$/)
      .first()
      .waitFor();
    await ana.messages
      .getByText(/The customer was told/)
      .last()
      .waitFor();

    await ana.button("Take over").click();
    await ana.reply.waitFor();
    await ana.say("Is there anything else?");
    await customer.reads("Is there anything else?");
    await customer.say("No, thank you");
    await ana.reads("No, thank you");
    await ana.page.keyboard.press("Escape");
    await ana.page.keyboard.press("e");
    await ana.dialog.getByLabel("Result").selectOption("solved");
    await ana.dialog.getByLabel("Wrap-up").fill("Return label sent");
    await ana.dialog.getByRole("button", { name: "Close chat" }).click();

    await customer.page.getByRole("radio", { name: "Yes" }).check();
    await customer.page
      .getByRole("group", { name: "How was Ana?" })
      .getByRole("radio", { name: "5 stars" })
      .check({ force: true });
    await shoot(customer.page, "widget-rating");
    await accessible(customer.page, "the rating");
    await customer.button("Send rating").click();
    await customer.reads("Thank you. Your answer is saved.");
    await ana.reads(/Question answered · Agent 5 of 5/);
    await shoot(ana.page, "desk-rated");

    // Writing again opens it again, with everything above.
    await customer.say("One more thing");
    await customer.reads("One more thing");
    await customer.page.getByText("This chat is closed").first().waitFor({ state: "detached" });
    complaints.none();
  });

  it("nobody_available_message_left_and_answered", async () => {
    await ana.available(false);
    const customer = await Customer.visit(customerContext, shop.origin);
    await customer.say("My tent has a hole");
    await customer.reads("My tent has a hole");
    await customer.button("Talk to a person").click();
    await customer.button("Leave a message").waitFor();
    await shoot(customer.page, "widget-nobody");
    await accessible(customer.page, "nobody available");
    await customer.button("Leave a message").click();
    await customer.page.getByLabel("What should the person know?").fill("Please tell me how to mend it");
    expect(await customer.page.getByLabel("Where can we answer you?").count()).toBe(0);
    await customer.button("Save message").click();
    await customer.reads(/Saved under B-/);
    await shoot(customer.page, "widget-message-left");

    await ana.tab("Messages").click();
    await ana.page
      .getByRole("tabpanel")
      .getByRole("link")
      .filter({ hasText: "Please tell me how to mend it" })
      .click();
    await ana.reads("Please tell me how to mend it");
    await shoot(ana.page, "desk-messages");
    await ana.button("Pick").click();
    await ana.reply.waitFor();
    await ana.say("With the patch that came with it.");
    await customer.reads("With the patch that came with it.");
    await closeIt();
    complaints.none();
  });

  it("a_transfer_is_an_offer_and_the_giver_stays_until_it_is_accepted", async () => {
    const ben = { name: "Ben", mail: "ben@example.com", passphrase: "another long passphrase" };
    await ana.call("POST", "agents", { ...ben, role: "agent" });
    // Nobody else is available yet, so the offer of the queue goes to Ana.
    const customer = await withAna("My rain coat lets water in");
    const benContext = await openContext(browser, complaints);
    complaints.expect(/401.*\/api\/v1\/me/);
    const second = await Agent.logIn(benContext, hub.origin, ben.mail, ben.passphrase);
    await second.available(true);

    await ana.button("Transfer").click();
    const to = ana.dialog.getByLabel("To", { exact: true });
    await to.locator("option", { hasText: "Ben (0 of" }).waitFor({ state: "attached" });
    await to.selectOption({ label: (await to.locator("option", { hasText: "Ben" }).textContent()) ?? "" });
    await ana.dialog.getByLabel("Note for them").fill("Coats are yours");
    await ana.dialog.getByRole("button", { name: "Transfer" }).click();
    await ana.page.getByText("Ben has been asked; you stay with the chat until it is accepted.").waitFor();
    await customer.reads(/Ana is asking Ben to help/);
    await shoot(ana.page, "desk-transfer-pending");
    await ana.say("A colleague is coming.");
    await customer.reads("A colleague is coming.");

    await second.page.getByText("Note from Ana: Coats are yours").waitFor();
    await shoot(second.page, "desk-transfer-offer");
    await second.accept();
    await second.reads("My rain coat lets water in");
    await second.say("Which size is it?");
    await customer.reads("Which size is it?");
    await customer.page.getByText("You are talking with Ben, a person").first().waitFor();
    expect(await ana.reply.count(), "the giver writes no more").toBe(0);
    await second.button("Close chat").click();
    await second.dialog.getByRole("button", { name: "Close chat" }).click();
    await customer.button("Skip").click();
    await customer.button("Skip").waitFor({ state: "detached" });
    await second.available(false);
    await benContext.close();
    complaints.none();
  });

  it("bot_fails_becomes_a_handover", async () => {
    const bot = await openBrokenBot();
    const { queues } = await ana.call<{ queues: { id: string; kind: string }[] }>("GET", "directory");
    const { id } = await ana.call<{ id: string }>("POST", "bots", {
      card: { name: "Broken assistant", role: { kind: "bot", limit: 3_000 } },
      plugin: {
        kind: "http",
        url: bot.url,
        secret: "a secret of more than sixteen bytes",
        limit_ms: 2_000,
        allow_private: true,
      },
    });
    await ana.call("POST", "inboxes", {
      card: {
        slug: "broken",
        name: "Fernweh with a broken assistant",
        bot: id,
        destination: { kind: "queue", id: queues.find((queue) => queue.kind === "live")?.id },
        later: queues.find((queue) => queue.kind === "later")?.id,
      },
    });
    const brokenShop = await openShop(hub.origin, "broken");
    await ana.available(true);
    const customer = await Customer.visit(customerContext, brokenShop.origin);
    await customer.say("Where is my parcel?");
    await customer.reads(/The assistant has stopped answering/);
    await shoot(customer.page, "widget-bot-failed");
    await ana.button("Accept").waitFor();
    await shoot(ana.page, "desk-bot-failed");
    await ana.accept();
    await ana.reads("Where is my parcel?");
    await ana.say("I look for it myself.");
    await customer.reads("I look for it myself.");
    expect(await customer.times("Where is my parcel?")).toBe(1);
    expect(
      await customer.messages.getByText(/The assistant has stopped answering/).count(),
      "said once",
    ).toBe(1);
    await closeIt();
    brokenShop.close();
    bot.close();
    complaints.none();
  });

  it("every_page_is_accessible_in_light_and_dark_and_on_a_phone", async () => {
    for (const look of [{}, { dark: true }, { width: 390, height: 844, dark: true }]) {
      const name = `${look.width ? "phone" : "wide"}-${look.dark ? "dark" : "light"}`;
      const stranger = await openContext(browser, complaints, look);
      const page = await stranger.newPage();
      await page.goto(`${hub.origin}/setup`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await accessible(page, `/setup ${name}`);
      await shoot(page, `setup-${name}`);
      await stranger.close();

      const context = await openContext(browser, complaints, { ...look, as: deskContext });
      const desk = await context.newPage();
      await desk.goto(`${hub.origin}/console`);
      await desk.getByRole("tab", { name: /^All/ }).click();
      await desk.getByRole("tabpanel").getByRole("link").first().waitFor();
      await accessible(desk, `/console ${name}`);
      await shoot(desk, `desk-list-${name}`);
      await desk.getByRole("tabpanel").getByRole("link").first().click();
      await desk.getByRole("region", { name: "Messages" }).waitFor();
      await accessible(desk, `/console/c ${name}`);
      await shoot(desk, `desk-chat-${name}`);
      await desk.goto(`${hub.origin}/try`);
      await desk.getByRole("textbox", { name: "Message", exact: true }).waitFor();
      await accessible(desk, `/try ${name}`);
      await shoot(desk, `try-${name}`);
      await context.close();

      const guest = await openContext(browser, complaints, look);
      const chat = await Customer.visit(guest, shop.origin);
      await chat.say("Where is my parcel?");
      await chat.messages.getByText("assistant", { exact: true }).first().waitFor();
      await accessible(chat.page, `the widget ${name}`);
      await shoot(chat.page, `widget-${name}`);
      await guest.close();
    }
    complaints.none();
  });
});
