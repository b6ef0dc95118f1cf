/** Which page is shown: addresses are matched against the table in `routes.ts`, on the history API, nothing more. */
import { ROUTES, type Params, type RouteEntry } from "./routes.ts";

export type Match = { entry: RouteEntry; params: Params };

export function matchPath(path: string, routes: readonly RouteEntry[] = ROUTES): Match | undefined {
  const parts = path.split("/").filter(Boolean);
  for (const entry of routes) {
    for (const pattern of [entry.path, ...(entry.also ?? [])]) {
      const params = matchOne(pattern.split("/").filter(Boolean), parts);
      if (params) return { entry, params };
    }
  }
  return undefined;
}

function matchOne(pattern: readonly string[], parts: readonly string[]): Params | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Params = {};
  for (const [i, want] of pattern.entries()) {
    const have = parts[i] ?? "";
    if (want.startsWith(":")) {
      try {
        params[want.slice(1)] = decodeURIComponent(have);
      } catch {
        return undefined;
      }
    } else if (want !== have) return undefined;
  }
  return params;
}

class Router {
  path = $state.raw(location.pathname);
  search = $state.raw(location.search);
  match = $derived(matchPath(this.path === "/" ? "/console" : this.path));
  query = $derived(new URLSearchParams(this.search));

  constructor() {
    addEventListener("popstate", () => this.#read());
  }

  #read(): void {
    this.path = location.pathname;
    this.search = location.search;
  }

  /** Shows an address of the table. `replace` leaves no step to go back to. */
  go(address: string, { replace = false } = {}): void {
    if (address !== location.pathname + location.search)
      history[replace ? "replaceState" : "pushState"](null, "", address);
    this.#read();
  }

  /** Changes what stands after the "?"; an empty value takes it away. */
  ask(changes: Record<string, string | null | undefined>, { replace = true } = {}): void {
    const next = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    const search = next.size > 0 ? `?${next}` : "";
    this.go(location.pathname + search, { replace });
  }
}

export const router = new Router();

/** Links to our own pages change the page without loading it anew; a new tab stays the reader's own choice. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!matchPath(link.pathname) || (link.hash && link.pathname === location.pathname)) return;
  event.preventDefault();
  router.go(link.pathname + link.search);
}
