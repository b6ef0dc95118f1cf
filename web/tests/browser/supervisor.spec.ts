/** What a supervisor lives in: the board and its lists, a silent look, reports, the search over all chats. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Board } from "../../shared/api.ts";
import { Caller } from "./caller.ts";
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
  WAIT_MS,
} from "./people.ts";

const missing = obstacle();
if (missing && process.env.BATON_CI) throw new Error(missing);

const BEN = { name: "Ben", mail: "ben@example.com", passphrase: "another long passphrase" };
const RETURNS = /^You have 30 days/;
const POLL = { timeout: WAIT_MS, interval: 50 };

describe.skipIf(missing)("a supervisor", () => {
  let hub: Hub;
  let browser: Browser;
  let context: BrowserContext;
  let benContext: BrowserContext;
  let shop: { origin: string; close: () => void };
  let ana: Agent;
  let ben: Agent;
  let benId: string;
  let page: Page;
  const complaints = new Complaints();

  beforeAll(async () => {
    hub = await Hub.start();
    browser = await launch();
    shop = await openShop(hub.origin, "demo");
    context = await openContext(browser, complaints);
    ana = await Agent.setUp(context, hub.origin, hub.setupLink);
    page = ana.page;
    // /try makes its newcomer available by itself; here she only looks.
    await page.getByRole("switch", { name: "Available for chats", checked: true }).waitFor();
    await ana.desk();
    await ana.available(false);
    // One place: with one chat he is full, and who comes then waits in line.
    const account = { ...BEN, role: "agent", capacity: 1 };
    benId = (await ana.call<{ id: string }>("POST", "agents", account)).id;
    benContext = await openContext(browser, complaints);
    complaints.expect(/401.*\/api\/v1\/me/);
    ben = await Agent.logIn(benContext, hub.origin, BEN.mail, BEN.passphrase);
    await ben.available(true);
  });
  afterAll(async () => {
    shop?.close();
    await browser?.close();
    await hub?.stop();
  });
  beforeEach(async () => {
    for (const who of [ana, ben]) await emptyHands(who);
    await ben.desk();
    await ben.available(true);
  });
  afterEach(async (test) => {
    if (test.task.result?.state !== "fail") return;
    const name = `failed-${test.task.name.replace(/\W+/g, "_")}`;
    await shoot(page, `${name}-ana`);
    await shoot(ben.page, `${name}-ben`);
    console.log(hub.output.slice(-2000));
  });

  const main = () => page.getByRole("main");
  const figures = () => main().getByRole("region", { name: "Now", exact: true });
  const figure = (name: string) => figures().getByRole("link", { name: new RegExp(`^${name}\\b`) });
  /** The list that stands open on the board: of all regions the one that can be closed. */
  const list = () =>
    main()
      .getByRole("region")
      .filter({ has: page.getByRole("button", { name: "Close the list" }) });
  const board = () => ana.call<Board>("GET", "board");
  const openBoard = async () => {
    await page.goto(`${hub.origin}/console/board`);
    await figure("Waiting").waitFor();
  };
  /** Light and dark, the same context. */
  async function inBothThemes(what: string, shot: string): Promise<void> {
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      // Colours change over a moment; axe is to see the last of them.
      await page.evaluate(() =>
        Promise.all(
          document
            .getAnimations()
            .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
            .map((one) => one.finished.catch(() => undefined)),
        ),
      );
      await accessible(page, `${what}, ${colorScheme}`);
      await shoot(page, `${shot}-${colorScheme}`);
    }
  }
  const takenBy = async (who: Agent, name: string, text: string): Promise<Caller> => {
    const caller = await Caller.start(hub.origin, name);
    await caller.say(text);
    await who.call("POST", `conversations/${caller.conversation}/take-over`, {});
    return caller;
  };
  /** What an earlier test left with somebody. */
  const emptyHands = async (who: Agent) => {
    const { items } = await who.call<{ items: { id: string }[] }>("GET", "conversations?list=mine");
    for (const { id } of items) await close(who, { conversation: id });
  };
  const close = (who: Agent, caller: { conversation: string }) =>
    who.call("POST", `conversations/${caller.conversation}/close`, {});

  it("each_figure_of_the_board_opens_its_list", async () => {
    const held = await takenBy(ben, "Hal", "My order 7731 is late");
    const own = await takenBy(ana, "Ada", "Is the Kolk waterproof?");
    const withBot = await Caller.start(hub.origin, "Bo");
    await withBot.say("Where is my parcel?");
    const waiting = [await Caller.start(hub.origin, "Wim"), await Caller.start(hub.origin, "Wen")];
    for (const one of waiting) await one.askPerson();
    const inWords = await Caller.start(hub.origin, "Phil");
    await inWords.say("I want a person");
    const gone = await Caller.start(hub.origin, "Rex");
    await gone.askPerson();
    await gone.withdraw();
    const left = await Caller.start(hub.origin, "Mia");
    await left.say("My tent has a hole");
    await left.leaveMessage("Tell me how to mend it");
    await expect.poll(async () => (await board()).waiting.count, POLL).toBe(3);

    await openBoard();
    await expect.poll(() => figure("Waiting").innerText(), POLL).toMatch(/\b3\b/);
    await inBothThemes("the board", "board");
    const known = await board();
    expect([known.messages.count, known.messages.overdue, known.with_bot, known.with_people]).toEqual([
      1, 0, 2, 2,
    ]);
    expect(known.handovers.asked).toBe(7);
    const bars = (by: Record<string, number>) => Object.values(by).reduce((sum, n) => sum + n, 0);
    expect(bars(known.handovers.by_trigger)).toBe(7);
    expect(bars(known.handovers.by_outcome) + known.handovers.open).toBe(7);
    expect(Object.keys(known.handovers.by_trigger).sort()).toEqual([
      "button",
      "message_left",
      "phrase",
      "take_over",
    ]);

    const places: [Locator, (text: string) => number][] = [];
    for (const [region, figureOf] of [
      ["Now", (text: string) => Number(/\d+/.exec(text)?.[0])],
      ["Handovers today by reason", (text: string) => Number(/ (\d+) \d+%$/.exec(text)?.[1])],
      ["Handovers today by outcome", (text: string) => Number(/ (\d+) \d+%$/.exec(text)?.[1])],
      ["People", (text: string) => Number(/(\d+) of \d+/.exec(text)?.[1])],
    ] as const) {
      const links = main().getByRole("region", { name: region, exact: true }).getByRole("link");
      await links.first().waitFor();
      for (let i = 0; i < (await links.count()); i += 1) places.push([links.nth(i), figureOf]);
    }
    // Six figures, four reasons, at least two outcomes, two people.
    expect(places.length).toBeGreaterThanOrEqual(14);
    const seen: string[] = [];
    for (const [link, figureOf] of places) {
      const text = (await link.innerText()).replace(/\s+/g, " ");
      const n = figureOf(text);
      expect(n, text).not.toBeNaN();
      await link.click();
      const name = new URL(page.url()).searchParams.get("show");
      expect(name, text).toBeTruthy();
      await list()
        .getByText(new RegExp(`^${n} rows?$`))
        .waitFor();
      if (n === 0) await list().getByText("Nothing to show: the figure is 0.").waitFor();
      else {
        const rows = list().getByRole("table").getByRole("row");
        // The headings are a row, too.
        await expect.poll(() => rows.count(), { ...POLL, message: text }).toBe(n + 1);
      }
      seen.push(`${name}: ${n}`);
    }
    expect(new Set(seen).size, seen.join(", ")).toBe(places.length);
    for (const [name, n] of Object.entries(known.handovers.by_trigger))
      expect(seen).toContain(`handovers.trigger.${name}: ${n}`);
    for (const [name, n] of Object.entries(known.handovers.by_outcome))
      expect(seen).toContain(`handovers.outcome.${name}: ${n}`);

    await figure("Waiting").click();
    await list().getByRole("link", { name: /Wim/ }).waitFor();
    await inBothThemes("the board with a list", "board-list");
    // A row leads to its chat, and back to the list from there.
    await list().getByRole("link", { name: /Wim/ }).click();
    await page.getByRole("region", { name: "Chat with Wim" }).waitFor();
    await page.goBack();
    await list().getByRole("link", { name: /Wim/ }).waitFor();
    await list().getByRole("button", { name: "Close the list" }).click();
    await list().waitFor({ state: "detached" });

    for (const one of [...waiting, inWords]) await one.withdraw();
    await close(ben, held);
    await close(ana, own);
    complaints.none();
  });

  it("the_board_is_right_within_a_second", async () => {
    const held = await takenBy(ben, "Hal", "My order 7731 is late");
    await openBoard();
    const before = await board();
    const took: string[] = [];
    /** When a figure shows a number, by the clock that this test has too. */
    const shows = async (name: string, n: number, change: () => Promise<unknown>) => {
      const node = await figure(name).elementHandle();
      const seen = page.evaluate(
        async ([node, n, limit]) => {
          const now = () => /\d+/.exec((node as HTMLElement).innerText)?.[0] === String(n);
          const until = Date.now() + limit;
          while (!now()) {
            if (Date.now() > until) return Infinity;
            await new Promise((done) => requestAnimationFrame(done));
          }
          return Date.now();
        },
        [node, n, WAIT_MS] as const,
      );
      await change();
      const acknowledged = Date.now();
      const late = (await seen) - acknowledged;
      took.push(`${name} ${n}: ${late} ms`);
      expect(late, took.join(", ")).toBeLessThan(1_000);
    };
    const kim = await Caller.start(hub.origin, "Kim");
    await shows("Waiting", before.waiting.count + 1, () => kim.askPerson());
    await shows("Handovers", before.handovers.asked + 2, async () => {
      const lea = await Caller.start(hub.origin, "Lea");
      await lea.askPerson();
      await lea.withdraw();
    });
    await shows("Waiting", before.waiting.count, () => kim.withdraw());
    await shows("With people", before.with_people + 1, () =>
      ana.call("POST", `conversations/${kim.conversation}/take-over`, {}),
    );
    await shows("With people", before.with_people, () => close(ana, kim));
    await shows("Messages left", before.messages.count + 1, async () => {
      const mia = await Caller.start(hub.origin, "Mia");
      await mia.leaveMessage("Call me back");
    });
    console.log(`the board after the hub's answer: ${took.join(", ")}`);
    await close(ben, held);
    complaints.none();
  });

  it("a_supervisor_looks_silently_takes_over_and_reassigns", async () => {
    // What is taken from Ben is no longer his to read; a browser writes the refusal into its console.
    complaints.expect(/403.*\/api\/v1\/conversations\//);
    const customerContext = await openContext(browser, complaints);
    const customer = await Customer.visit(customerContext, shop.origin);
    await customer.say("My zip is broken");
    await customer.button("Talk to a person").click();
    await ben.accept();
    await ben.say("Which coat is it?");
    await customer.reads("Which coat is it?");
    const told = await customer.messages.textContent();
    const name = await ben.page.getByRole("heading", { level: 2 }).first().innerText();

    // By the board: People, Ben, his chat.
    await openBoard();
    await main().getByRole("region", { name: "People" }).getByRole("link", { name: /^Ben/ }).click();
    await list().getByRole("table").getByRole("link").first().click();
    await ana.reads("Which coat is it?");
    const conversation = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await page.getByText("Take the chat over to reply.").waitFor();
    expect(await ana.reply.count()).toBe(0);
    await inBothThemes("the chat of somebody else", "supervisor-looks");

    // It stands in Ben's own log, and nowhere at the customer's.
    const second = await benContext.newPage();
    await second.goto(`${hub.origin}/console/settings/me`);
    await second
      .getByRole("table", { name: "Your log" })
      .getByText(/^Ana looked into B-/)
      .first()
      .waitFor();
    await accessible(second, "an agent's own log");
    await shoot(second, "agent-log");
    await second.close();
    await ben.say("I have the size at hand.");
    await customer.reads("I have the size at hand.");
    const now = (await customer.messages.textContent()) ?? "";
    expect(now.startsWith(told?.slice(0, told.indexOf("Which coat is it?")) ?? "-")).toBe(true);
    expect(now).not.toContain("Ana");
    expect(await customer.page.getByText("Ana").count()).toBe(0);

    await ana.button("Take over").click();
    await ana.reply.waitFor();
    await customer.reads(/Ana/);
    await ben.reply.waitFor({ state: "detached" });
    await ben.page.getByText("This chat has gone to somebody else.").waitFor();
    await ana.say("I am Ben's lead.");
    await customer.reads("I am Ben's lead.");
    await shoot(page, "supervisor-took-over");

    // Back to Ben: an offer, since Ana has it herself.
    await ana.button("Transfer").click();
    const to = ana.dialog.getByLabel("To", { exact: true });
    await to.locator("option", { hasText: "Ben (0 of" }).waitFor({ state: "attached" });
    await to.selectOption({ value: `agent:${benId}` });
    await ana.dialog.getByRole("button", { name: "Transfer" }).click();
    await ben.page.getByText("Ana asks you to take over", { exact: false }).first().waitFor();
    await ben.accept();
    await customer.page.getByText("You are talking with Ben, a person").first().waitFor();

    // And what another agent holds is given away without taking it first.
    const cleo = await reachable("Cleo");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: /Reassign/ }).click();
    const given = page.getByRole("dialog", { name: `Give ${name} to somebody else` });
    await given.getByLabel("To", { exact: true }).selectOption({ value: `agent:${cleo.id}` });
    await accessible(page, "the question of reassigning");
    await shoot(page, "supervisor-reassign");
    await given.getByRole("button", { name: "Reassign" }).click();
    await cleo.agent.accept();
    await customer.page.getByText("You are talking with Cleo, a person").first().waitFor();
    await close(cleo.agent, { conversation });
    await cleo.agent.available(false);
    await cleo.context.close();
    await customerContext.close();
    complaints.none();
  });

  async function reachable(name: string) {
    const account = {
      name,
      mail: `${name.toLowerCase()}@example.com`,
      passphrase: "a third long passphrase",
    };
    const { id } = await ana.call<{ id: string }>("POST", "agents", { ...account, role: "agent" });
    const context = await openContext(browser, complaints);
    const agent = await Agent.logIn(context, hub.origin, account.mail, account.passphrase);
    await agent.available(true);
    return { id, context, agent };
  }

  it("the_last_agent_leaving_raises_an_alert", async () => {
    await openBoard();
    const alert = main().getByRole("status").filter({ hasText: "No agent is available" });
    await expect.poll(() => alert.count(), POLL).toBe(0);
    const places = page.getByRole("navigation", { name: "Places" });
    expect(await places.getByRole("link", { name: /^Board.*alert/ }).count()).toBe(0);
    await ben.available(false);
    await alert.waitFor();
    await alert.getByText(/^Customers read: “/).waitFor();
    await inBothThemes("the board with an alert", "board-alert");
    // On every page, not on the board alone.
    await places.getByRole("link", { name: "Search" }).click();
    await places.getByRole("link", { name: /^Board.*alert/ }).waitFor();
    await shoot(page, "alert-elsewhere");
    await ben.available(true);
    await places.getByRole("link", { name: "Board", exact: true }).waitFor();
    await places.getByRole("link", { name: "Board", exact: true }).click();
    await figure("Waiting").waitFor();
    expect(await alert.count()).toBe(0);
    complaints.none();
  });

  it("a_reported_answer_is_judged", async () => {
    const places = page.getByRole("navigation", { name: "Places" });
    await page.goto(`${hub.origin}/console/reports`);
    await main().getByText("No customer has reported an answer").waitFor();
    await inBothThemes("reports, none", "reports-none");
    const customerContext = await openContext(browser, complaints);
    const customer = await Customer.visit(customerContext, shop.origin);
    const report = async (question: string, answer: RegExp, should: string, n: number) => {
      await customer.say(question);
      await customer.reads(answer);
      await customer.button("More about this answer").last().click();
      await customer.button("This answer was wrong").click();
      await customer.page.getByRole("textbox", { name: "What should it have said?" }).fill(should);
      await customer.button("Send report").click();
      await expect
        .poll(() => customer.messages.getByText("Reported. Our team reads it.").count(), POLL)
        .toBe(n);
    };
    await report("Where is my parcel?", /^Parcels leave our warehouse/, "It left on Monday.", 1);
    await places.getByRole("link", { name: /^Reports\s+1\s+new$/ }).waitFor();
    await report("How do I return something?", RETURNS, "Nobody tracks tents.", 2);
    await places.getByRole("link", { name: /^Reports\s+2\s+new$/ }).waitFor();

    const first = main().getByRole("article").filter({ hasText: "It left on Monday." });
    const second = main().getByRole("article").filter({ hasText: "Nobody tracks tents." });
    await first.getByText("Where is my parcel?").waitFor();
    await first.getByText(/^Parcels leave our warehouse/).waitFor();
    await second.getByText("How do I return something?").waitFor();
    await inBothThemes("reports", "reports");

    await first.getByRole("button", { name: "Accept" }).click();
    await first.waitFor({ state: "detached" });
    await places.getByRole("link", { name: /^Reports\s+1\s+new$/ }).waitFor();

    await second.getByRole("button", { name: "Reject" }).click();
    const why = second.getByRole("textbox", { name: "Why is the answer right?" });
    await why.waitFor();
    await second.getByRole("button", { name: "Reject" }).click();
    await second.getByText("Say why.").waitFor();
    await accessible(page, "a report that needs a reason");
    await shoot(page, "report-reject");
    await why.fill("Every parcel has a tracking link.");
    await second.getByRole("button", { name: "Reject" }).click();
    await second.waitFor({ state: "detached" });
    await places.getByRole("link", { name: "Reports", exact: true }).waitFor();

    await main()
      .getByRole("radio", { name: /^Accepted/ })
      .check({ force: true });
    await first.getByText(/^Accepted by Ana/).waitFor();
    await main()
      .getByRole("radio", { name: /^Rejected/ })
      .check({ force: true });
    await second.getByText("Every parcel has a tracking link.").waitFor();
    await shoot(page, "reports-rejected");
    // The chat opens at the answer.
    await second.getByRole("link", { name: "Open the chat" }).click();
    await ana.reads("How do I return something?");
    await ana.reads(/The customer reported an answer as wrong/);
    await customerContext.close();
    complaints.none();
  });

  it("search_finds_marks_and_opens_the_place", async () => {
    const kim = await takenBy(ana, "Kim", "Are Refunds to Berlin paid out in a week?");
    for (let i = 1; i <= 60; i += 1) await kim.say(`Further question ${i} about the ${i}th strap`);
    const found = async (who: Agent) =>
      (await who.call<{ total: number; behind: number }>("GET", "search?q=Berlin%20refund")).total;
    // A word is proposed when three chats have it.
    for (const name of ["Lea", "Mia", "Noa"]) {
      const other = await Caller.start(hub.origin, name);
      await other.say("How long does a refund take?");
    }
    await expect.poll(() => found(ana), POLL).toBe(1);

    await page.goto(`${hub.origin}/console/search`);
    await main().getByText("By example").waitFor();
    await inBothThemes("the search, nothing asked", "search-start");
    const box = page.getByRole("searchbox", { name: "Search in all conversations" });
    await box.fill("Berlin refund");
    await box.press("Enter");
    const hit = main()
      .getByRole("article")
      .filter({ hasText: "Kim" })
      .getByRole("link", { name: /Refunds to Berlin/ });
    await hit.waitFor();
    await main()
      .getByText(/^1 chat/)
      .waitFor();
    expect(await hit.locator("mark").allTextContents()).toEqual(["Refunds", "Berlin"]);
    await inBothThemes("what was found", "search-found");
    await hit.click();
    const said = ana.messages.getByText("Are Refunds to Berlin paid out in a week?");
    await said.waitFor();
    await expect
      .poll(async () => {
        const [message, log] = [await said.boundingBox(), await ana.messages.boundingBox()];
        return message && log && message.y >= log.y && message.y + message.height <= log.y + log.height;
      }, POLL)
      .toBe(true);
    expect(await ana.messages.getByText("Further question 60 about").count(), "not at its end").toBe(0);
    await shoot(page, "search-opened");
    // What is written meanwhile does not pull the reader away.
    await kim.say("And one more");
    await page.getByRole("button", { name: "1 new" }).waitFor();
    expect(await said.isVisible()).toBe(true);

    // An agent who may not read Ana's chats does not find them.
    expect(await found(ben)).toBe(0);
    await ben.page.goto(`${hub.origin}/console/search?q=Berlin+refund`);
    await ben.page.getByText("Nothing for “Berlin refund”").waitFor();
    expect(await ben.page.getByRole("article").count()).toBe(0);
    await shoot(ben.page, "search-not-yours");

    await page.goto(`${hub.origin}/console/search?q=Berlin+refnud`);
    const mean = page.getByRole("button", { name: /^Did you mean refund/ });
    await mean.waitFor();
    await inBothThemes("did you mean", "search-mean");
    await mean.click();
    await hit.waitFor();
    expect(await box.inputValue()).toBe("Berlin refund");
    await close(ana, kim);
    complaints.none();
  });
});
