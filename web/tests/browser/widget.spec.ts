/** What the chat offers beside writing: files, reports, a copy, an end that asks what helped, a house's own look. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { House, makeBot, makeInbox, openBot, png } from "./house.ts";
import { accessible, Complaints, Customer, launch, openContext, openShop, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

type Shop = { origin: string; close: () => void };
type Event = {
  kind: string;
  facts?: { answered?: string };
  parts?: { type: string; name?: string }[] | null;
};

describe.skipIf(missing)("the chat", () => {
  let hub: Hub;
  let browser: Browser;
  let ana: House;
  let shop: Shop;
  const shops: { close: () => void }[] = [];
  let complaints = new Complaints();
  let contexts: BrowserContext[] = [];

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    ana = await House.setUp(hub);
    await makeInbox(ana, "all", { files: true, transcript: true, sound: true, file_bytes: 200_000 });
    shop = await open("all");
  });
  afterAll(async () => {
    for (const one of shops) one.close();
    await browser?.close();
    await hub?.stop();
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts = [];
    complaints.none();
    complaints = new Complaints();
  });

  async function open(inbox: string, snippet = ""): Promise<Shop> {
    const made = await openShop(hub.origin, inbox, snippet);
    shops.push(made);
    return made;
  }
  async function context(look = {}): Promise<BrowserContext> {
    const made = await openContext(browser, complaints, look);
    contexts.push(made);
    return made;
  }
  const idOf = (page: Page, inbox = "all") =>
    page.evaluate(
      (key) => (JSON.parse(localStorage.getItem(key) ?? "{}") as { conversation: string }).conversation,
      `baton:${hub.origin}:${inbox}`,
    );
  const eventsOf = async (chat: string) =>
    (await ana.call<{ events: Event[] }>("GET", `conversations/${chat}/events?limit=100`)).events;

  it("files_come_by_button_paste_and_drop_and_are_shown", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    const picture = png(320, 200);
    const chosen = page.waitForEvent("filechooser");
    await customer.button("Attach a file").click();
    await (await chosen).setFiles({ name: "tent.png", mimeType: "image/png", buffer: picture });
    await customer.button("Remove tent.png").waitFor();
    await expect.poll(() => page.getByRole("progressbar").count()).toBe(0);
    await shoot(page, "widget-file-chosen");
    await customer.say("The pole is broken");
    await customer.reads("The pole is broken");
    await page.getByRole("img", { name: "tent.png" }).waitFor();
    await customer.button("Remove tent.png").waitFor({ state: "detached" });

    const give = (sign: "paste" | "drop", name: string) =>
      page.evaluate(
        ([sign, name]) => {
          const files = new DataTransfer();
          files.items.add(
            new File(["%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"], name ?? "", {
              type: "application/pdf",
            }),
          );
          const box = document.querySelector("baton-chat")?.shadowRoot?.querySelector(".composer textarea");
          const about = { bubbles: true, cancelable: true };
          box?.dispatchEvent(
            sign === "paste"
              ? new ClipboardEvent("paste", { ...about, clipboardData: files })
              : new DragEvent("drop", { ...about, dataTransfer: files }),
          );
        },
        [sign, name] as const,
      );
    await give("paste", "order.pdf");
    await give("drop", "invoice.pdf");
    await customer.button("Remove order.pdf").waitFor();
    await customer.button("Remove invoice.pdf").waitFor();
    await expect.poll(() => page.getByRole("progressbar").count()).toBe(0);
    // One of them is thought better of.
    await customer.button("Remove order.pdf").click();
    await customer.button("Send").click();
    await customer.messages.getByRole("button", { name: /^invoice.pdf/ }).waitFor();
    await shoot(page, "widget-files");
    await accessible(page, "files in the chat");

    const said = (await eventsOf(await idOf(page))).flatMap((event) => event.parts ?? []);
    expect(said.filter((part) => part.type === "file").map((part) => part.name)).toEqual([
      "tent.png",
      "invoice.pdf",
    ]);

    const saved = page.waitForEvent("download");
    await customer.messages.getByRole("button", { name: "Save tent.png" }).click();
    expect(readFileSync(await (await saved).path())).toEqual(picture);
    // They are there after a reload, too.
    await customer.reload();
    await page.getByRole("img", { name: "tent.png" }).waitFor();
  });

  it("a_file_that_is_too_large_or_not_what_it_says_is_refused_with_the_reason", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    const choose = async (name: string, mimeType: string, buffer: Buffer) => {
      const chosen = page.waitForEvent("filechooser");
      await customer.button("Attach a file").click();
      await (await chosen).setFiles({ name, mimeType, buffer });
    };
    complaints.expect(/415|413/);
    await choose("large.pdf", "application/pdf", Buffer.alloc(300_000, "x"));
    await page.getByText("This file is 300 kB; at most 200 kB is taken.").waitFor();
    await choose("script.png", "image/png", Buffer.from("<html><script>alert(1)</script></html>"));
    await page.getByText("Files of this kind are not taken here.").waitFor();
    await choose("run.exe", "application/x-msdownload", Buffer.from("MZ\u0090\u0000"));
    await expect.poll(() => page.getByText("Files of this kind are not taken here.").count()).toBe(2);
    await shoot(page, "widget-files-refused");
    await accessible(page, "refused files");
    // They stand in the way of nothing.
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
  });

  it("a_file_on_its_way_can_be_stopped", async () => {
    const held = await context();
    let release = () => {};
    const gate = new Promise<void>((go) => (release = go));
    await held.route(/conversation\/files\?/, async (route) => {
      await gate;
      await route.abort();
    });
    const customer = await Customer.visit(held, shop.origin);
    const chosen = customer.page.waitForEvent("filechooser");
    await customer.button("Attach a file").click();
    await (await chosen).setFiles({ name: "slow.png", mimeType: "image/png", buffer: png(50, 50) });
    await customer.page.getByRole("progressbar", { name: "slow.png" }).waitFor();
    await customer.box.fill("Look");
    expect(await customer.button("Send").isDisabled(), "nothing goes before its file").toBe(true);
    await customer.button("Remove slow.png").click();
    await customer.button("Send").click();
    await customer.reads("Look");
    release();
  });

  it("a_wrong_answer_is_reported_with_what_it_should_have_said", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    await customer.button("More about this answer").last().click();
    await customer.button("This answer was wrong").click();
    await page.getByRole("textbox", { name: "What should it have said?" }).fill("It left on Monday.");
    await shoot(page, "widget-report");
    await accessible(page, "a report");
    await customer.button("Send report").click();
    await customer.reads("Reported. Our team reads it.");
    const { items } = await ana.call<{ items: { should_have_said: string; answer: { text: string } }[] }>(
      "GET",
      "reports?state=new",
    );
    expect(items[0]?.should_have_said).toBe("It left on Monday.");
    expect(items[0]?.answer.text).toMatch(/^Parcels leave/);
    // It is known after a reload.
    await customer.reload();
    await customer.reads("Reported. Our team reads it.");
  });

  it("a_copy_of_the_chat_can_be_kept", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    await customer.button("More").click();
    await shoot(customer.page, "widget-menu");
    const saved = customer.page.waitForEvent("download");
    await customer.button("Download this chat").click();
    const copy = await saved;
    expect(copy.suggestedFilename()).toMatch(/^chat-.*\.html$/);
    const text = readFileSync(await copy.path(), "utf8");
    expect(text).toContain("Where is my parcel?");
    expect(text).toContain("Parcels leave our warehouse");
  });

  it("one_key_asks_for_a_person_and_escape_puts_the_chat_away", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    await page.keyboard.press("Alt+p");
    await customer.reads(/^You asked for a person/);
    expect(await customer.button("Talk to a person").count(), "asked is asked").toBe(0);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const focused = () =>
      page.evaluate(() => document.querySelector("baton-chat")?.shadowRoot?.activeElement?.className);
    expect(await focused()).toMatch(/^launcher/);
    await page.keyboard.press("Enter");
    await customer.box.waitFor();
    expect(await focused()).toBeFalsy();
    expect(await customer.box.evaluate((box) => box.matches(":focus"))).toBe(true);
  });

  it("whoever_says_no_at_the_end_is_offered_a_person", async () => {
    const customer = await Customer.visit(await context({ width: 390, height: 844 }), shop.origin);
    const { page } = customer;
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    const chat = await idOf(page);
    await ana.call("POST", `conversations/${chat}/take-over`, {});
    await ana.call("POST", `conversations/${chat}/messages`, {
      client: chat,
      counter: 1,
      text: "It is lost.",
    });
    await customer.reads("It is lost.");
    await customer.say("Oh");
    await customer.reads("Oh");
    await ana.call("POST", `conversations/${chat}/close`, {});
    await page.getByRole("group", { name: "Is your question answered?" }).waitFor();
    await shoot(page, "widget-end-phone");
    await page.getByRole("radio", { name: "No", exact: true }).check();
    await page.getByText("What would help you now?").waitFor();
    expect(await customer.button("Send rating").count(), "help before marks").toBe(0);
    await shoot(page, "widget-end-no-phone");
    await accessible(page, "the end of a chat");
    await page
      .getByRole("form", { name: "Is your question answered?" })
      .getByRole("button", { name: "Talk to a person" })
      .click();
    await customer.reads("The chat is open again");
    await customer.reads(/^You asked for a person/);
    const rated = (await eventsOf(chat)).find((event) => event.kind === "rated");
    expect(rated?.facts?.answered).toBe("no");
  });

  it("the_end_may_be_skipped", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    const chat = await idOf(customer.page);
    await ana.call("POST", `conversations/${chat}/take-over`, {});
    await ana.call("POST", `conversations/${chat}/messages`, { client: chat, counter: 1, text: "Hello" });
    await customer.say("Hi");
    await customer.reads("Hi");
    await ana.call("POST", `conversations/${chat}/close`, {});
    await customer.button("Skip").click();
    await customer.button("Skip").waitFor({ state: "detached" });
    expect(await customer.box.evaluate((box) => box.matches(":focus"))).toBe(true);
  });

  it("an_emoji_is_found_by_its_name", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    await customer.box.fill("Thanks ");
    await customer.button("Emoji").click();
    await page.getByRole("searchbox", { name: "Search emoji" }).fill("parcel");
    await shoot(page, "widget-emoji");
    await accessible(page, "the emoji");
    await customer.button("parcel").click();
    expect(await customer.box.inputValue()).toBe("Thanks 📦");
    expect(await customer.box.evaluate((box) => box.matches(":focus"))).toBe(true);
  });

  it("a_house_gives_the_chat_its_colour_its_words_and_its_questions", async () => {
    await makeInbox(ana, "house", {
      accent: "#7c3aed",
      position: "start",
      title: "Fernweh help",
      opening: "Good day. What can we do?",
      texts: { talk_to_person: "Talk to our team" },
      privacy_url: "https://example.com/privacy",
      pre_chat: [
        { key: "name", label: "Your name", kind: "text", required: true },
        { key: "mail", label: "Mail address", kind: "mail", required: false },
        { key: "topic", label: "Topic", kind: "select", required: true, options: ["Order", "Return"] },
      ],
    });
    const house = await open("house");
    const page = await (await context()).newPage();
    await page.goto(house.origin);
    const launcher = page.getByRole("button", { name: "Open chat" });
    await launcher.waitFor();
    const { x } = (await launcher.boundingBox()) ?? { x: NaN };
    expect(x, "at the start of the line").toBe(20);
    expect(await launcher.evaluate((it) => getComputedStyle(it).backgroundColor)).toBe("rgb(124, 58, 237)");
    await launcher.click();
    await page.getByRole("dialog", { name: "Chat with Fernweh help" }).waitFor();
    await page.getByText("Good day. What can we do?").waitFor();
    await page.getByRole("link", { name: "Privacy" }).waitFor();
    const name = page.getByRole("textbox", { name: "Your name" });
    await name.waitFor();
    expect(await name.evaluate((box) => box.matches(":focus"))).toBe(true);
    expect(await page.getByRole("textbox", { name: "Message", exact: true }).count()).toBe(0);
    await shoot(page, "widget-before");
    await accessible(page, "the questions before a chat");
    await name.fill("Kim");
    await page.getByRole("combobox", { name: "Topic" }).selectOption("Return");
    await page.getByRole("button", { name: "Start chat" }).click();
    const customer = new Customer(page);
    await customer.box.waitFor();
    await customer.button("Talk to our team").waitFor();
    await accessible(page, "a chat in a house's colour");
    const chat = await idOf(page, "house");
    const detail = await ana.call<{ customer: { name: string }; variables: Record<string, unknown> }>(
      "GET",
      `conversations/${chat}`,
    );
    expect(detail.customer.name).toBe("Kim");
    expect(detail.variables.topic).toBe("Return");
    // Asked once.
    await customer.reload();
    expect(await name.count()).toBe(0);
  });

  it("a_signed_token_says_who_it_is_and_another_persons_token_begins_another_chat", async () => {
    const inbox = await makeInbox(ana, "known", {});
    const { secret } = await ana.call<{ secret: string }>("POST", `inboxes/${inbox}/identity-secret`, {});
    const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const signed = (claims: { sub: string; name: string }) => {
      const now = Math.floor(Date.now() / 1000);
      const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...claims, iat: now, exp: now + 600 })}`;
      return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
    };
    const robin = await open("known", `data-identity="${signed({ sub: "r-1", name: "Robin Wong" })}"`);
    const customer = await Customer.visit(await context(), robin.origin);
    await customer.say("Where is my parcel?");
    await customer.reads("Where is my parcel?");
    const { page } = customer;
    const first = await idOf(page, "known");
    const nameOf = async (chat: string) =>
      (await ana.call<{ customer: { name: string | null; known: boolean } }>("GET", `conversations/${chat}`))
        .customer;
    expect(await nameOf(first)).toMatchObject({ name: "Robin Wong", known: true });
    // Somebody else logs in to the site in the same browser.
    await page.evaluate((token) => window.Baton?.identify(token), signed({ sub: "s-2", name: "Sam Ode" }));
    await customer.messages.getByText("Where is my parcel?").waitFor({ state: "detached" });
    await customer.say("What are your opening hours?");
    await customer.reads("What are your opening hours?");
    await expect.poll(() => idOf(page, "known")).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf(page, "known")).not.toBe(first);
    expect(await nameOf(await idOf(page, "known"))).toMatchObject({ name: "Sam Ode", known: true });
    // Logging out leaves nothing of it.
    await page.evaluate(() => window.Baton?.identify(null));
    await customer.messages.getByText("What are your opening hours?").waitFor({ state: "detached" });
  });

  it("a_forged_token_makes_nobody_known_and_the_chat_goes_on", async () => {
    const forged = await open("known", `data-identity="eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."`);
    complaints.expect(/401/);
    const customer = await Customer.visit(await context(), forged.origin);
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    const detail = await ana.call<{ customer: { known: boolean } }>(
      "GET",
      `conversations/${await idOf(customer.page, "known")}`,
    );
    expect(detail.customer.known).toBe(false);
  });

  it("who_is_blocked_reads_that_they_cannot_write", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    await ana.call("POST", `conversations/${await idOf(customer.page)}/block`, { reason: "insults" });
    await customer.page.getByText("You cannot write in this chat.").waitFor();
    expect(await customer.box.count()).toBe(0);
    await shoot(customer.page, "widget-blocked");
    await accessible(customer.page, "a blocked chat");
  });

  it("news_are_counted_in_the_title_of_a_page_that_nobody_looks_at", async () => {
    const customer = await Customer.visit(await context(), shop.origin);
    const { page } = customer;
    await customer.say("Where is my parcel?");
    await customer.reads(/^Parcels leave our warehouse/);
    const look = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await look(true);
    const chat = await idOf(page);
    await ana.call("POST", `conversations/${chat}/take-over`, {});
    await ana.call("POST", `conversations/${chat}/messages`, { client: chat, counter: 1, text: "Found it." });
    await customer.reads("Found it.");
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) Fernweh Outdoors$/);
    await look(false);
    expect(await page.title()).toBe("Fernweh Outdoors");
    // With the panel put away, the launcher counts.
    await page.keyboard.press("Escape");
    await ana.call("POST", `conversations/${chat}/messages`, {
      client: chat,
      counter: 2,
      text: "It comes today.",
    });
    await page.getByRole("button", { name: "Open chat, 1 new message" }).waitFor();
    await shoot(page, "widget-unread");
  });

  it("a_card_shows_its_words_and_its_buttons_answer_the_bot", async () => {
    const bot = await openBot((text) =>
      text === "order-gale"
        ? ["Ordered."]
        : [
            {
              parts: [
                {
                  type: "card",
                  kind: "hero",
                  json: {
                    title: "Rain coat Gale",
                    text: "Keeps **dry** for 8 hours.",
                    buttons: [
                      { type: "openUrl", title: "See it", value: "https://example.com/gale" },
                      { type: "openUrl", title: "Run it", value: "javascript:alert(1)" },
                      { type: "imBack", title: "Order it", value: "order-gale" },
                    ],
                  },
                },
              ],
            },
            { parts: [{ type: "card", kind: "adaptive", json: { type: "AdaptiveCard", body: [] } }] },
          ],
    );
    shops.push(bot);
    await makeInbox(ana, "cards", {}, await makeBot(ana, "Card assistant", bot.url));
    const cards = await open("cards");
    const customer = await Customer.visit(await context({ dark: true }), cards.origin);
    await customer.say("A coat");
    await customer.reads("Rain coat Gale");
    await customer.reads("[card]");
    const link = customer.page.getByRole("link", { name: "See it" });
    expect(await link.getAttribute("href")).toBe("https://example.com/gale");
    expect(await customer.page.getByText("Run it").count(), "nothing that runs").toBe(0);
    await accessible(customer.page, "a card");
    await shoot(customer.page, "widget-card-dark");
    await customer.button("Order it").click();
    await customer.reads("Ordered.");
    expect(await customer.button("Order it").count(), "chosen once").toBe(0);
  });

  it("a_handover_is_accessible_in_the_dark_and_in_the_light", async () => {
    for (const dark of [true, false]) {
      const customer = await Customer.visit(await context({ width: 390, height: 844, dark }), shop.origin);
      const { page } = customer;
      const look = dark ? "dark" : "light";
      await customer.say("Where is my parcel?");
      await customer.reads(/^Parcels leave our warehouse/);
      expect(await page.getByRole("dialog").ariaSnapshot()).toMatch(
        /- strong: Fernweh Outdoors[\s\S]*- region "Messages":[\s\S]*- log:[\s\S]*- listitem:[\s\S]*- button "Talk to a person"[\s\S]*- textbox "Message"[\s\S]*- button "Send" \[disabled\]/,
      );
      await shoot(page, `widget-answer-phone-${look}`);
      await accessible(page, `an answer, ${look}`);
      await customer.button("Talk to a person").click();
      await customer.button("Leave a message").first().click();
      await page.getByRole("textbox", { name: "What should the person know?" }).waitFor();
      await shoot(page, `widget-waiting-phone-${look}`);
      await accessible(page, `a message for later, ${look}`);
      await customer.button("Cancel").click();
      await customer.button("More").click();
      await accessible(page, `the menu, ${look}`);
      await page.keyboard.press("Escape");
      const chat = await idOf(page);
      await ana.call("POST", `conversations/${chat}/pick`, {});
      await customer.reads(/^Ana joined/);
      await ana.call("POST", `conversations/${chat}/typing`, { on: true });
      await page.getByText("Ana is typing").waitFor();
      await shoot(page, `widget-person-phone-${look}`);
      await accessible(page, `a person, ${look}`);
      await ana.call("POST", `conversations/${chat}/messages`, { client: chat, counter: 1, text: "Hello" });
      await customer.say("Hi");
      await customer.reads("Hi");
      await ana.call("POST", `conversations/${chat}/close`, {});
      await page.getByRole("radio", { name: "Partly" }).check();
      await page.getByRole("group", { name: "How was Ana?" }).waitFor();
      await shoot(page, `widget-end-phone-${look}`);
      await accessible(page, `the end, ${look}`);
    }
  });

  it("an_inline_chat_takes_no_focus_and_fills_its_place", async () => {
    const page = await (await context()).newPage();
    await page.goto(shop.origin);
    await page.getByRole("button", { name: "Open chat" }).waitFor();
    await page.evaluate(() => {
      const place = document.createElement("section");
      place.id = "place";
      document.body.append(place);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("#place { inline-size: 420px; block-size: 600px }");
      document.adoptedStyleSheets = [sheet];
      window.Baton?.mount({ inbox: "all", target: place });
    });
    const chat = page.getByRole("group", { name: "Chat with Fernweh Outdoors" });
    await chat.waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
    const { width, height } = (await chat.boundingBox()) ?? { width: 0, height: 0 };
    expect([width, height]).toEqual([420, 600]);
    await chat.getByRole("textbox", { name: "Message", exact: true }).fill("Where is my parcel?");
    await page.keyboard.press("Enter");
    await chat.getByText(/^Parcels leave our warehouse/).waitFor();
    await shoot(page, "widget-inline");
  });
});
