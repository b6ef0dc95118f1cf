/** Which page stands at which address. Typed, on the history API, nothing more. */
export type Route =
  { page: "desk"; conversation: string | null } | { page: "setup" } | { page: "try" } | { page: "unknown" };

export function parseRoute(path: string): Route {
  const [first, second, third, ...rest] = path.split("/").filter(Boolean);
  if (rest.length > 0) return { page: "unknown" };
  if (first === "setup" && !second) return { page: "setup" };
  if (first === "try" && !second) return { page: "try" };
  if (first === "console" || first === undefined) {
    if (!second) return { page: "desk", conversation: null };
    if (second === "c" && third) return { page: "desk", conversation: decodeURIComponent(third) };
  }
  return { page: "unknown" };
}

export function pathOf(route: Route): string {
  switch (route.page) {
    case "desk":
      return route.conversation ? `/console/c/${encodeURIComponent(route.conversation)}` : "/console";
    case "setup":
      return "/setup";
    case "try":
      return "/try";
    case "unknown":
      return "/console";
  }
}

class Router {
  route = $state.raw<Route>(parseRoute(location.pathname));

  constructor() {
    addEventListener("popstate", () => (this.route = parseRoute(location.pathname)));
  }

  go(route: Route): void {
    const path = pathOf(route);
    if (path !== location.pathname) history.pushState(null, "", path);
    this.route = route;
  }
}

export const router = new Router();
