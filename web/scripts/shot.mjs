/**
 * A look at a page: `node scripts/shot.mjs ADDRESS NAME [--width 1440] [--height 900] [--dark] [--full] [--touch]`
 * writes target/screenshots/NAME.png.
 */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "1440" },
    height: { type: "string", default: "900" },
    dark: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    touch: { type: "boolean", default: false },
    tall: { type: "string" },
    /** Scrolls this far down first. */
    down: { type: "string" },
  },
});
const [address, name] = positionals;
if (!address || !name) throw new Error("shot.mjs ADDRESS NAME");
const folder = resolve(import.meta.dirname, "../../target/screenshots");
mkdirSync(folder, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.BATON_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
});
const page = await browser.newPage({
  viewport: { width: Number(values.width), height: Number(values.tall ?? values.height) },
  colorScheme: values.dark ? "dark" : "light",
  hasTouch: values.touch,
  isMobile: values.touch,
  locale: "en-GB",
});
page.on("console", (message) => message.type() === "error" && console.error(message.text()));
page.on("pageerror", (error) => console.error(error.message));
await page.goto(address, { waitUntil: "load" });
await page.waitForFunction(() => document.querySelector("h1"), undefined, { timeout: 10_000 });
await page.evaluate(() => document.fonts.ready);
if (values.down) {
  await page.mouse.move(400, 400);
  await page.mouse.wheel(0, Number(values.down));
  await page.waitForTimeout(300);
}
await page.screenshot({ path: resolve(folder, `${name}.png`), fullPage: values.full });
await browser.close();
