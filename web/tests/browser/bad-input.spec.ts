/** What nobody should write, and somebody will: shown safely, on a phone, and nothing else suffers from it. */
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { House, makeBot, makeInbox, openBot } from "./house.ts";
import { accessible, Complaints, Customer, launch, openContext, openShop, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const HOSTILE: Record<string, string> = {
  html: `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script><style>*{display:none}</style>`,
  links:
    "[here](javascript:document.title='owned') [google.com](https://evil.example/login) [Our shop](https://shop.example/a)",
  turned: "\u202egnp.exe\u202c and \u2066unclosed \u202b\u202b\u202b",
  hidden: "p\u200ba\u2060y\u00adp\ufeffal",
  stacked: `Z${"\u0351".repeat(400)}algo`,
  emoji: "🎉👍🏽",
  long: "All work and no play makes a long text. ".repeat(480),
  wide: `https://${"a".repeat(60)}.example/${"b".repeat(2000)}`,
  brackets: "[".repeat(9000) + "*a".repeat(4000),
};

describe.skipIf(missing)("bad input", () => {
  let hub: Hub;
  let browser: Browser;
  let house: House;
  let bot: { url: string; close: () => void };
  let shop: { origin: string; close: () => void };
  let complaints = new Complaints();
  let contexts: BrowserContext[] = [];

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    house = await House.setUp(hub);
    bot = await openBot((text) => [
      { text: HOSTILE[text] ?? `You wrote ${[...text].length} characters.`, markdown: true },
    ]);
    await makeInbox(house, "odd", {}, await makeBot(house, "Bot\u202enataS\u202c \u200b<b>x</b>", bot.url));
    shop = await openShop(hub.origin, "odd");
  });
  afterAll(async () => {
    bot?.close();
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts = [];
    complaints.none();
    complaints = new Complaints();
  });

  async function visit(look = {}): Promise<Customer> {
    const context = await openContext(browser, complaints, { width: 390, height: 844, ...look });
    contexts.push(context);
    return Customer.visit(context, shop.origin);
  }
  async function ask(customer: Customer, about: string): Promise<void> {
    const bubbles = customer.page.locator(".message.bot");
    const before = await bubbles.count();
    await customer.say(about);
    await expect.poll(() => bubbles.count(), { timeout: 15_000 }).toBe(before + 1);
  }

  it("hostile_answers_are_words_and_nothing_more", async () => {
    const customer = await visit();
    const { page } = customer;
    for (const about of Object.keys(HOSTILE)) await ask(customer, about);
    expect(await page.title()).toBe("Fernweh Outdoors");
    await customer.reads(/<img src=x onerror=/);
    const links = await customer.messages
      .getByRole("link")
      .evaluateAll((all) =>
        all.map((one) => [
          one.getAttribute("href")?.slice(0, 30),
          one.textContent?.slice(0, 40),
          one.getAttribute("rel"),
        ]),
      );
    expect(links.every(([href]) => href?.startsWith("https://"))).toBe(true);
    expect(links.every(([, , rel]) => rel?.includes("noopener"))).toBe(true);
    // A link that names another place says where it leads.
    expect(links.map(([, words]) => words)).toContain("google.com (evil.example)");
    expect(links.map(([, words]) => words)).toContain("Our shop");
    const shown = (await page.locator(".bubble").allTextContents()).join("\n");
    expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/);
    expect(shown).toContain("paypal");
    expect(shown).not.toMatch(/\u0351{4}/);
    const names = await page.locator(".name").allTextContents();
    expect(new Set(names)).toEqual(new Set(["BotnataS <b>x</b>", "You"]));
    // Nothing reaches out of the panel.
    const wide = await page.locator(".messages").evaluate((list) => list.scrollWidth - list.clientWidth);
    expect(wide).toBe(0);
    await shoot(page, "widget-hostile");
    await page.locator("p.emoji").scrollIntoViewIfNeeded();
    await shoot(page, "widget-hostile-emoji");
    await accessible(page, "hostile texts");
  });

  it("twenty_thousand_characters_are_folded_and_unfold", async () => {
    const customer = await visit();
    const { page } = customer;
    const text = "word ".repeat(3_999) + "end!";
    await customer.say(text);
    await customer.reads(`You wrote ${text.length} characters.`);
    const folded = page.locator(".message.own").last();
    expect((await folded.boundingBox())?.height).toBeLessThan(400);
    await customer.button("Show all").first().click();
    expect((await folded.boundingBox())?.height).toBeGreaterThan(2_000);
    await customer.button("Show less").first().click();
    expect((await folded.boundingBox())?.height).toBeLessThan(400);
  });

  it("emoji_alone_are_larger_than_words", async () => {
    const customer = await visit();
    await ask(customer, "👍");
    await ask(customer, "fine");
    const sizes = await customer.page
      .locator(".own .bubble p")
      .evaluateAll((all) => all.map((one) => parseFloat(getComputedStyle(one).fontSize)));
    expect(sizes[0]).toBeGreaterThan((sizes[1] ?? 0) * 1.8);
  });

  it("a_device_whose_clock_is_wrong_shows_the_hubs_times", async () => {
    const right = await visit();
    await ask(right, "fine");
    const context = await openContext(browser, complaints, { width: 390, height: 844 });
    contexts.push(context);
    // Two days and an hour ahead: times stay, and today is today.
    await context.addInitScript(() => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + 49 * 3_600_000;
    });
    const wrong = await Customer.visit(context, shop.origin);
    await ask(wrong, "fine");
    await ask(wrong, "again");
    const at = (customer: Customer) =>
      customer.page
        .locator(".bot time")
        .last()
        .evaluate((time: HTMLTimeElement) => Date.parse(time.dateTime));
    expect(Math.abs((await at(right)) - (await at(wrong)))).toBeLessThan(120_000);
    await wrong.reload();
    await wrong.reads("You wrote 5 characters.");
    expect(await wrong.page.locator(".turn").count(), "no line says that it was another day").toBe(0);
  });
});
