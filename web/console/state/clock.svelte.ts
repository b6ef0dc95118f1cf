/** One second hand for everything that counts on the page. */
class Clock {
  now = $state.raw(Date.now());
  constructor() {
    setInterval(() => {
      if (!document.hidden) this.now = Date.now();
    }, 1000);
    document.addEventListener("visibilitychange", () => (this.now = Date.now()));
  }
}
export const ticking = new Clock();
