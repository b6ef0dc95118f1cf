/**
 * One second hand for everything that counts on the page, by the hub's clock: a reader's own clock may be an hour
 * off, and a countdown must not be.
 */
class Clock {
  now = $state.raw(Date.now());
  /** Turns once in half a minute: for "3 min. ago", which need not be looked at each second. */
  minute = $state.raw(Date.now());
  #ahead = 0;

  constructor() {
    setInterval(() => {
      if (!document.hidden) this.#tick();
    }, 1000);
    document.addEventListener("visibilitychange", () => this.#tick());
  }

  /** What the hub's clock says now. */
  read(): number {
    return Date.now() + this.#ahead;
  }

  /** Asks the hub for its time. It tells whole seconds, so less than two of difference is none. */
  async set(): Promise<void> {
    const asked = Date.now();
    const date = await fetch("/health/ready", { cache: "no-store" })
      .then((answer) => answer.headers.get("date"))
      .catch(() => null);
    const said = date ? Date.parse(date) : NaN;
    if (Number.isNaN(said)) return;
    const ahead = said + 500 - (asked + Date.now()) / 2;
    this.#ahead = Math.abs(ahead) < 2_000 ? 0 : Math.round(ahead);
    this.#tick();
  }

  #tick(): void {
    this.now = this.read();
    if (Math.abs(this.now - this.minute) >= 30_000) this.minute = this.now;
  }
}
export const ticking = new Clock();
