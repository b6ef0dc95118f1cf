/** A hub for one test file: the built binary, a free port, a data folder that is gone afterwards. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../../..");
export const binary = process.env.BATON_BIN ?? join(root, "target/debug/baton");
const READY_MS = 30_000;

/** Why the journeys cannot run here, if they cannot. Under `cargo ci` that is a failure, else they are skipped. */
export function obstacle(): string | undefined {
  if (!existsSync(binary)) return `no hub at ${binary}: cargo build -p baton-server`;
  if (!existsSync(join(root, "web/dist/console.html"))) return "the pages are not built: npm run build";
  if (!existsSync(chromium)) return `no ${chromium}: apt-get install chromium`;
  return undefined;
}
export const chromium = process.env.BATON_CHROMIUM ?? "/usr/bin/chromium";

export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? done(address.port) : failed(new Error("no port")),
      );
    });
  });
}

export class Hub {
  readonly origin: string;
  /** The one-time link, as printed at the first start. */
  setupLink = "";
  output = "";
  #port: number;
  #data: string;
  #child: ChildProcess | undefined;

  #more: readonly string[];

  private constructor(port: number, data: string, more: readonly string[]) {
    this.#port = port;
    this.#data = data;
    this.#more = more;
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** `more`: what `baton serve --demo` is told besides. */
  static async start(...more: string[]): Promise<Hub> {
    const hub = new Hub(await freePort(), await mkdtemp(join(tmpdir(), "baton-browser-")), more);
    await hub.run();
    return hub;
  }

  async run(): Promise<void> {
    this.output = "";
    const child = spawn(binary, ["serve", "--demo", ...this.#more], {
      cwd: root,
      env: { ...process.env, ...settings(this.#port, this.#data) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    const hear = (bytes: Buffer) => (this.output += bytes.toString());
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const until = Date.now() + READY_MS;
    while (!(await this.#ready())) {
      if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}:\n${this.output}`);
      if (Date.now() > until) throw new Error(`the hub was not ready in ${READY_MS} ms:\n${this.output}`);
      await new Promise((go) => setTimeout(go, 50));
    }
    this.setupLink ||= /\S*\/setup#\S+/.exec(this.output)?.[0] ?? "";
  }

  async #ready(): Promise<boolean> {
    if (!/ready/.test(this.output)) return false;
    return fetch(`${this.origin}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** As a power cut would: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#data, { recursive: true, force: true });
  }
}

function settings(port: number, data: string): Record<string, string> {
  // All customers of a test come from one address, and some say thousands of words.
  return {
    BATON__SERVER__LISTEN: `127.0.0.1:${port}`,
    BATON__STORE__DATA: data,
    BATON__LIMITS__RATES: "off",
  };
}
