/** The chat in each of its languages, from right to left too, on a phone as on a desk; and nothing beside the catalogue. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { translator, type Entry, type Texts } from "../../shared/i18n.ts";
import { Hub, obstacle, root } from "./hub.ts";
import { House, makeInbox, png } from "./house.ts";
import { accessible, Complaints, launch, openContext, openShop, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const LANGUAGES = ["en", "es", "fr", "de", "pt", "it", "nl", "pl", "tr", "zh", "ja", "ar"];
/** Their pictures are looked at: the longest words, the other direction, no spaces. */
const PICTURES = ["de", "ar", "ja"];

const textsOf = (language: string) =>
  JSON.parse(readFileSync(join(root, `web/shared/i18n/widget.${language}.json`), "utf8")) as Texts;

/** The chat as somebody reads it who knows this language only. */
class Reader {
  readonly page: Page;
  readonly t;
  readonly language: string;
  constructor(page: Page, language: string) {
    this.page = page;
    this.language = language;
    this.t = translator(textsOf(language), language);
  }

  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.press("open_chat");
    await this.page.getByRole("textbox", { name: this.t("message"), exact: true }).waitFor();
  }
  button(key: string): Locator {
    return this.page.getByRole("button", { name: this.t(key), exact: true });
  }
  async press(key: string): Promise<void> {
    await this.button(key).first().click();
  }
  get messages(): Locator {
    return this.page.getByRole("region", { name: this.t("messages"), exact: true });
  }
  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
  /** Their own text stands in the chat, and the hub has it. */
  async sent(text: string): Promise<void> {
    await this.reads(text);
    await this.messages.getByText(this.t("sent"), { exact: true }).waitFor();
  }
  /** The notices so far, each in this language. */
  async told(at: number): Promise<void> {
    await this.messages.locator(`.notice p[lang="${this.language}"]`).nth(at).waitFor();
  }
}

/** What is wider than its place, or reaches out of the chat. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const host = document.querySelector("baton-chat");
    const panel = host?.shadowRoot?.querySelector(".panel");
    if (!panel) return ["there is no panel"];
    const frame = panel.getBoundingClientRect();
    const found: string[] = [];
    for (const element of [panel, ...panel.querySelectorAll("*")]) {
      if (!(element instanceof HTMLElement) || !element.checkVisibility()) continue;
      if (element.closest(".hidden") || element.matches("input[type=radio]")) continue;
      const box = element.getBoundingClientRect();
      const what = `${element.tagName}.${element.className}: ${element.innerText.slice(0, 60)}`;
      const block = getComputedStyle(element).display !== "inline";
      if (block && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
        found.push(`${what} needs ${element.scrollWidth}, has ${element.clientWidth}`);
      if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${what} reaches out`);
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
      found.push("the page scrolls sideways");
    return found;
  });
}

/** The chat's id, as this browser keeps it. */
async function conversationOf(page: Page): Promise<string> {
  const kept = await page.evaluate(() => {
    const key = Object.keys(localStorage).find((one) => one.startsWith("baton:") && !one.includes(":out:"));
    return (JSON.parse(localStorage.getItem(key ?? "") ?? "{}") as { conversation?: string }).conversation;
  });
  if (!kept) throw new Error("this browser keeps no chat");
  return kept;
}

/** Everything that can be read or heard and is no message, notice, name or time. */
async function said(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const top = document.querySelector("baton-chat")?.shadowRoot;
    const found: string[] = [];
    const free =
      ".bubble, .notice p, .name, .mark, time, bdi, .choices, [aria-hidden=true], style, .grid, option[value]:not([value=''])";
    for (const element of top?.querySelectorAll("*") ?? []) {
      for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"]) {
        const value = element.getAttribute(name);
        // The exact time, a link's address, a file's name, and the emoji's own catalogue.
        if (value && !element.closest("time, .bubble, .notice p, .grid, progress")) found.push(value);
      }
      if (element.closest(free)) continue;
      for (const node of element.childNodes)
        if (node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim()) found.push(node.nodeValue.trim());
    }
    return found;
  });
}

/** Every sentence in brackets, longer by a third, with marks on its letters and its values where they were. */
function pseudo(texts: Texts): Texts {
  const marked = (sentence: string) =>
    `⟦${sentence.replace(/\{\w+\}|[aeiou]/g, (c) => (c.length > 1 ? c : `${c}\u0301`))} ${"~".repeat(sentence.length / 3)}⟧`;
  const entry = (e: Entry) =>
    typeof e === "string"
      ? marked(e)
      : Object.fromEntries(Object.entries(e).map(([form, sentence]) => [form, marked(sentence)]));
  return Object.fromEntries(Object.entries(texts).map(([key, e]) => [key, entry(e) as Entry]));
}

describe.skipIf(missing)("the chat in twelve languages", () => {
  let hub: Hub;
  let browser: Browser;
  let shop: { origin: string; close: () => void };
  let ana: House;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    ana = await House.setUp(hub);
    await makeInbox(ana, "all", { files: true, transcript: true, sound: true });
    shop = await openShop(hub.origin, "all");
  });
  afterEach(async (test) => {
    if (test.task.result?.state !== "fail") return;
    for (const [i, context] of browser.contexts().entries())
      for (const page of context.pages()) await shoot(page, `failed-languages-${i}`);
  });
  afterAll(async () => {
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });

  const phone = (): Promise<BrowserContext> => openContext(browser, complaints, { width: 390, height: 844 });

  it("a_whole_handover_in_every_language_fits_a_phone", async () => {
    const handover = async (context: BrowserContext, language: string) => {
      const reader = new Reader(await context.newPage(), language);
      const { page, t } = reader;
      await reader.open(`${shop.origin}/?page=${language}`);
      const host = page.locator("baton-chat");
      expect(await host.getAttribute("lang")).toBe(language);
      expect(await host.getAttribute("dir")).toBe(language === "ar" ? "rtl" : "ltr");

      // The assistant answers; the answer was wrong. A file is chosen and thought better of.
      const sayNow = async (text: string) => {
        await page.getByRole("textbox", { name: t("message"), exact: true }).fill(text);
        await reader.press("send");
      };
      await sayNow("Where is my parcel?");
      await page.locator(".message.bot").nth(1).waitFor();
      await reader.press("more_about");
      await reader.press("report");
      await reader.reads(t("report_hint"));
      expect(await tooWide(page), `${language}: the report`).toEqual([]);
      if (PICTURES.includes(language)) await shoot(page, `language-${language}-report-phone`);
      await reader.press("left_cancel");
      await page
        .locator("baton-chat input[type=file]")
        .setInputFiles({ name: "Zeltstange.png", mimeType: "image/png", buffer: png(40, 30) });
      await reader.button("send").and(page.locator(":enabled")).waitFor();
      expect(await tooWide(page), `${language}: a file`).toEqual([]);
      await page
        .getByRole("button", { name: t("file_remove", { name: "Zeltstange.png" }), exact: true })
        .click();

      // Nobody is there: a message is left.
      await reader.press("talk_to_person");
      await reader.told(0);
      await reader.press("leave_message");
      await reader.reads(t("left_text"));
      expect(await tooWide(page), `${language}: the form`).toEqual([]);
      if (PICTURES.includes(language)) await shoot(page, `language-${language}-message-phone`);
      await reader.press("left_cancel");

      // Ana comes.
      const chat = await conversationOf(page);
      await ana.call("POST", `conversations/${chat}/pick`, {});
      await reader.reads(t("with_person", { name: "Ana" }));
      const text = "Hello, 4711 is on its way (DHL): https://example.com/4711";
      await ana.call("POST", `conversations/${chat}/messages`, { client: chat, counter: 1, text });
      await reader.reads("4711");
      await page.getByRole("textbox", { name: t("message"), exact: true }).fill(`${t("rated")} 4711, Ana.`);
      await reader.press("send");
      await reader.sent("4711, Ana.");
      if (PICTURES.includes(language)) await shoot(page, `language-${language}-person-phone`);
      await ana.call("POST", `conversations/${chat}/close`, {});
      await reader.reads(t("rating_title"));
      expect(await tooWide(page), `${language}: the rating`).toEqual([]);
      await page.getByRole("radio", { name: t("no"), exact: true }).check();
      await reader.reads(t("end_help"));
      expect(await tooWide(page), `${language}: what would help`).toEqual([]);
      await page.getByRole("radio", { name: t("yes"), exact: true }).check();
      await reader.reads(t("rating_skip_hint"));
      expect(await tooWide(page), `${language}: the marks`).toEqual([]);
      if (PICTURES.includes(language)) await shoot(page, `language-${language}-rating-phone`);
      await reader.press("send_rating");
      await reader.reads(t("rated"));
      if (PICTURES.includes(language)) {
        await page.setViewportSize({ width: 1440, height: 900 });
        await shoot(page, `language-${language}-wide`);
      }
      // The next one in this browser knows nothing of it.
      await page.evaluate(() => localStorage.clear());
      await page.close();
    };
    const waiting = [...LANGUAGES];
    const lane = async () => {
      const context = await phone();
      for (let next = waiting.shift(); next; next = waiting.shift()) await handover(context, next);
      await context.close();
    };
    await Promise.all([lane(), lane(), lane()]);
    complaints.none();
  });

  it("no_text_of_the_chat_stands_outside_the_catalogue", async () => {
    const context = await phone();
    const page = await context.newPage();
    const texts = pseudo(textsOf("en"));
    await context.route(/\/assets\/widget-de-/, (route) =>
      route.fulfill({
        contentType: "text/javascript",
        headers: { "access-control-allow-origin": "*" },
        body: `export default ${JSON.stringify(texts)}`,
      }),
    );
    const heard = new Set<string>();
    const listen = async () => {
      for (const text of await said(page)) heard.add(text);
      expect(await tooWide(page)).toEqual([]);
    };
    const t = translator(texts, "en");
    const press = (key: string) =>
      page
        .getByRole("button", { name: t(key), exact: true })
        .first()
        .click();
    const shows = (text: string) => page.getByText(text, { exact: true }).first().waitFor();
    await makeInbox(ana, "asking", {
      files: true,
      file_bytes: 100_000,
      transcript: true,
      sound: true,
      privacy_url: "https://example.com/privacy",
      pre_chat: [
        { key: "topic", label: "⟦Topic⟧", kind: "select", required: false, options: ["Order", "Return"] },
        { key: "note", label: "⟦Note⟧", kind: "area", required: true },
      ],
    });
    const asking = await openShop(hub.origin, "asking");
    // The snippet's word counts before the page's.
    await page.goto(`${asking.origin}/?page=en&chat=de`);
    await page.getByRole("button", { name: "Chat öffnen" }).click();
    await page.getByRole("textbox", { name: "⟦Note⟧" }).fill("A tent");
    await shows(t("before_title"));
    await listen();
    await press("before_send");
    const box = page.getByRole("textbox", { name: t("message"), exact: true });
    await box.waitFor();
    await listen();
    await box.fill("x".repeat(20_001));
    await shows(t("too_long", { n: 1 }));
    await listen();
    await box.fill("y ".repeat(3_000));
    await press("send");
    await shows(t("you"));
    await page.locator(".message.bot").nth(1).waitFor();
    await shows(t("show_all"));
    await listen();
    await press("show_all");
    await shows(t("show_less"));
    await listen();
    await press("show_less");
    await press("menu");
    await shows(t("download"));
    await listen();
    await press("sound_off");
    await shows(t("sound_on"));
    await listen();
    await page.keyboard.press("Escape");
    await press("emoji");
    await page.getByRole("searchbox", { name: t("emoji_search") }).fill("qqq");
    await shows(t("emoji_none"));
    await listen();
    await page.keyboard.press("Escape");
    await page.locator("baton-chat input[type=file]").setInputFiles([
      { name: "a.png", mimeType: "image/png", buffer: png(40, 30) },
      { name: "b.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(200_000) },
    ]);
    await page.getByRole("button", { name: t("file_remove", { name: "b.pdf" }), exact: true }).waitFor();
    await listen();
    await page.getByRole("button", { name: t("file_remove", { name: "b.pdf" }), exact: true }).click();
    await press("send");
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await listen();
    await press("more_about");
    await press("report");
    await listen();
    await press("report_send");
    await shows(t("reported"));
    await listen();
    // The assistant has given up twice: the house looks for a person.
    await press("leave_message");
    await shows(t("left_title"));
    await listen();
    await shoot(page, "language-pseudo");
    await press("left_send");
    await shows(t("with_later"));
    await listen();
    const chat = await conversationOf(page);
    await ana.call("POST", `conversations/${chat}/take-over`, {});
    await shows(t("with_person", { name: "Ana" }));
    await ana.call("POST", `conversations/${chat}/typing`, { on: true });
    await shows(t("typing", { name: "Ana" }));
    await listen();
    await ana.call("POST", `conversations/${chat}/messages`, { client: chat, counter: 1, text: "Hello" });
    await ana.call("POST", `conversations/${chat}/close`, {});
    await shows(t("rating_title"));
    await listen();
    await page.getByRole("radio", { name: t("no"), exact: true }).check();
    await shows(t("end_help"));
    await listen();
    await press("end_no_help");
    await page
      .getByRole("radio", { name: t("stars", { n: 4 }) })
      .first()
      .check();
    // A refusal comes in words of ours, whatever the hub says.
    complaints.expect(/422/);
    await context.route(/\/rating$/, (route) =>
      route.fulfill({
        status: 422,
        headers: { "access-control-allow-origin": "*" },
        json: { code: "unheard_of", title: "English words", status: 422 },
      }),
    );
    await press("send_rating");
    await shows(t("problem_other", { code: "unheard_of" }));
    await listen();
    await context.unroute(/\/rating$/);
    await press("send_rating");
    await shows(t("rated"));
    await listen();
    complaints.expect(/ERR_INTERNET_DISCONNECTED/);
    complaints.expectCut = true;
    await context.setOffline(true);
    await shows(t("offline"));
    await listen();
    await context.setOffline(false);
    await ana.call("POST", `conversations/${chat}/block`, { reason: "a test" });
    await shows(t("blocked"));
    await listen();
    await context.close();
    asking.close();
    complaints.expectCut = false;

    const strange = [...heard].filter(
      (text) => !/^⟦.*⟧( ⟦.*⟧)*$/s.test(text) && !/^[\d+☆★]+$|^[\d.,]+\s?\w+$/.test(text),
    );
    expect(strange).toEqual([]);
    expect(heard.size, "much was heard").toBeGreaterThan(70);
    complaints.none();
  });

  it("the_launcher_speaks_the_page_and_arabic_is_accessible", async () => {
    const context = await openContext(browser, complaints);
    const reader = new Reader(await context.newPage(), "ar");
    await reader.open(`${shop.origin}/?page=sv&chat=ar`);
    await accessible(reader.page, "the chat in Arabic");
    const { x } = (await reader.button("open_chat").boundingBox()) ?? { x: NaN };
    expect(x, "the launcher stands where a line ends").toBe(20);
    // A page in a language that has no catalogue: the reader's own.
    await reader.page.goto(`${shop.origin}/?page=sv`);
    await reader.page.getByRole("button", { name: /^Open chat/ }).waitFor();
    await context.close();
    complaints.none();
  });

  it("a_chat_whose_texts_do_not_come_is_in_english_as_a_whole", async () => {
    const context = await phone();
    const page = await context.newPage();
    complaints.expect(/widget-fr-/);
    await context.route(/\/assets\/widget-fr-/, (route) => route.abort());
    await page.goto(`${shop.origin}/?page=fr`);
    await page.getByRole("button", { name: "Ouvrir la conversation" }).click();
    await page.getByRole("button", { name: "Minimise chat" }).waitFor();
    expect(await page.locator("baton-chat").getAttribute("lang")).toBe("en");
    await context.close();
    complaints.none();
  });
});
