/**
 * Every list of the desk in its four states: empty, loading, error, and 10,000 rows, at three widths, light and dark.
 * The hub is real; the one answer that decides the state is given by the test. The pictures are for a person to look
 * at (target/screenshots/states-*.png); what is asserted is that each state says what it must, and passes axe.
 */
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Hub, obstacle } from "./hub.ts";
import { accessible, Agent, Complaints, launch, openContext, shoot } from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const MANY = 10_000;
const LOOKS = [
  { name: "1440-light", width: 1440, height: 900, dark: false },
  { name: "1440-dark", width: 1440, height: 900, dark: true },
  { name: "768-light", width: 768, height: 1024, dark: false },
  { name: "768-dark", width: 768, height: 1024, dark: true },
  { name: "390-light", width: 390, height: 844, dark: false },
  { name: "390-dark", width: 390, height: 844, dark: true },
] as const;

type State = "empty" | "loading" | "error" | "many";
type ListPage = {
  name: string;
  address: string;
  /** The request whose answer is the list. */
  asks: RegExp;
  /** An answer with so many rows. */
  answer: (n: number) => unknown;
  /** Words of the empty state. */
  empty: RegExp;
  /** A row of many. */
  row: RegExp;
};

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const NOW = Date.now();
const counts = {
  offered: 0,
  mine: 0,
  waiting: 0,
  messages: 0,
  bot: 0,
  snoozed: 0,
  mentions: 0,
  reports_new: 0,
};

function row(n: number) {
  return {
    id: id(n),
    reference: `B-${String(n).padStart(4, "0")}`,
    inbox: { id: id(900_000), name: "Fernweh Outdoors" },
    customer: { name: `Customer number ${n}` },
    language: "en",
    state: "open",
    holder: { kind: "queue", id: id(900_001), name: "Service" },
    baton: 3,
    seq: 12,
    opened_at: NOW - 600_000,
    since: NOW - 120_000,
    // The first in line has waited longest.
    waiting_since: NOW - 120_000 - (MANY - n),
    unanswered_since: NOW - 120_000,
    place: n,
    priority: 0,
    queue: { id: id(900_001), name: "Service" },
    offer: null,
    handover: { id: id(800_000 + n), trigger: "phrase", outcome: null },
    reason: "The customer asked for a person.",
    later: null,
    last: { at: NOW - 60_000, by: "customer", text: "Where is my parcel? It should have come on Monday." },
    rating: null,
    tags: [],
    snoozed_until: null,
    blocked: false,
    demo: false,
    mentions_me: false,
    lists: ["waiting", "all"],
  };
}

function report(n: number) {
  return {
    id: id(n),
    conversation: id(n),
    reference: `B-${String(n).padStart(4, "0")}`,
    inbox: { id: id(900_000), name: "Fernweh Outdoors" },
    at: NOW - n * 60_000,
    state: "new",
    question: { position: 3, text: "Can I send back boots that I have worn?" },
    answer: { position: 4, text: "Yes, within 100 days.", bot: "Fernweh assistant" },
    should_have_said: "Worn boots only within 30 days, and only if they are not dirty.",
    comment: null,
    judged: null,
  };
}

const list = <T>(make: (n: number) => T, n: number) => Array.from({ length: n }, (_, i) => make(i + 1));

const PAGES: readonly ListPage[] = [
  {
    name: "inbox",
    address: "/console?list=waiting",
    asks: /\/api\/v1\/conversations\?/,
    answer: (n) => ({ items: list(row, n), cursor: null, counts: { ...counts, waiting: n }, total: n }),
    empty: /Nobody is waiting/,
    row: /Customer number 1\b/,
  },
  {
    name: "board-list",
    address: "/console/board?show=waiting",
    asks: /\/api\/v1\/conversations\?list=waiting/,
    answer: (n) => ({ items: list(row, n), cursor: null, counts: { ...counts, waiting: n }, total: n }),
    empty: /Nothing to show: the figure is 0/,
    row: /Customer number 1\b/,
  },
  {
    name: "reports",
    address: "/console/reports",
    asks: /\/api\/v1\/reports\?/,
    // Reports are read twenty at a time: many are many pages.
    answer: (n) => ({
      items: list(report, Math.min(n, 20)),
      cursor: n > 20 ? "more" : null,
      counts: { new: n, accepted: 0, rejected: 0 },
    }),
    empty: /No customer has reported an answer/,
    row: /Worn boots only within 30 days/,
  },
  {
    name: "search",
    address: "/console/search?q=refund",
    asks: /\/api\/v1\/search\?/,
    answer: (n) => ({
      items: list(
        (i) => ({
          row: row(i),
          hits: [
            {
              seq: 3,
              at: NOW - 60_000,
              by: "customer",
              snippet: [
                { text: "About the ", hit: false },
                { text: "refund", hit: true },
                { text: " of order 7731", hit: false },
              ],
            },
          ],
        }),
        Math.min(n, 20),
      ),
      cursor: n > 20 ? "more" : null,
      total: n,
      total_exact: true,
      took_ms: 12,
      behind: 0,
      did_you_mean: n === 0 ? { word: "refund", count: 14 } : null,
    }),
    empty: /Nothing for/,
    row: /Customer number 1\b/,
  },
];

describe.skipIf(missing)("the four states of every list", () => {
  let hub: Hub;
  let browser: Browser;
  let logIn: BrowserContext;
  const complaints = new Complaints();
  // The browser writes the refusals into its console that this test answers with.
  complaints.expect(/status of 500/);

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    logIn = await openContext(browser, complaints);
    await Agent.setUp(logIn, hub.origin, hub.setupLink);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  async function answer(route: Route, page: ListPage, state: State): Promise<void> {
    if (state === "loading") return; // Never: the page is left first.
    if (state === "error") {
      await route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: "/docs/errors/store_failed",
          title: "The hub could not read its store.",
          status: 500,
          code: "store_failed",
          detail: "Nothing is lost. Try again in a moment.",
        }),
      });
      return;
    }
    const body = page.answer(state === "many" ? MANY : 0);
    await route.fulfill({ contentType: "application/json", body: JSON.stringify(body) });
  }

  async function reached(page: Page, list: ListPage, state: State): Promise<void> {
    const main = page.getByRole("main");
    switch (state) {
      case "empty":
        await main.getByText(list.empty).first().waitFor();
        break;
      case "loading":
        await main.locator("[aria-busy=true], [role=status][aria-label]").first().waitFor();
        break;
      case "error":
        await main.getByRole("button", { name: "Retry" }).first().waitFor();
        break;
      case "many":
        await main.getByText(list.row).first().waitFor();
        break;
    }
  }

  for (const list of PAGES) {
    it(`${list.name}: empty, loading, error and ${MANY} rows are each designed`, async () => {
      for (const look of LOOKS) {
        const context = await openContext(browser, complaints, { ...look, as: logIn });
        for (const state of ["empty", "loading", "error", "many"] as const) {
          const page = await context.newPage();
          await page.route(list.asks, (route) => answer(route, list, state));
          await page.goto(hub.origin + list.address);
          await reached(page, list, state).catch(async (error: unknown) => {
            await shoot(page, `failed-states-${list.name}-${state}-${look.name}`);
            throw error;
          });
          await shoot(page, `states-${list.name}-${state}-${look.name}`);
          await accessible(page, `${list.name}, ${state}, ${look.name}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wide, `${list.name}, ${state}, ${look.name}: scrolls sideways`).toBeLessThanOrEqual(0);
          if (state === "many") {
            const rows = await page.getByText(/^Customer number/).count();
            expect(rows, "rows in the page").toBeLessThan(400);
          }
          await page.close();
        }
        await context.close();
      }
      complaints.none();
    });
  }
});
