/**
 * Which page stands at which address: the one table. A page is loaded when it is opened, so that the desk's first load
 * stays small. To add one: a line here, its title in the catalogue. Parts of a path that begin with ":" are parameters;
 * a page gets them as `params`.
 */
import type { Component } from "svelte";
import type { Role } from "../shared/api.ts";
import type { Key } from "./texts.ts";

export type Params = Record<string, string>;
export type PageProps = { params: Params };

export type RouteEntry = {
  name: string;
  path: string;
  /** Other addresses of the same page; between them the page stays as it is. */
  also?: readonly string[];
  title: Key;
  load: () => Promise<{ default: Component<PageProps> }>;
  /** Stands alone, without the navigation. */
  alone?: boolean;
  /** Can be seen without log-in. */
  open?: boolean;
  /** For these only; others read that it is not for them. */
  roles?: readonly Role[];
};

/** A page may take fewer props than it is given. */
const page = (load: () => Promise<{ default: unknown }>) => load as RouteEntry["load"];

const LEADS: readonly Role[] = ["supervisor", "administrator"];

export const ROUTES: readonly RouteEntry[] = [
  {
    name: "inbox",
    path: "/console",
    also: ["/console/c/:conversation"],
    title: "desk_title",
    load: page(() => import("./pages/Inbox.svelte")),
  },
  {
    name: "search",
    path: "/console/search",
    title: "nav_search",
    load: page(() => import("./pages/Search.svelte")),
  },
  {
    name: "board",
    path: "/console/board",
    title: "nav_board",
    load: page(() => import("./pages/Board.svelte")),
    roles: LEADS,
  },
  {
    name: "reports",
    path: "/console/reports",
    title: "nav_reports",
    load: page(() => import("./pages/Reports.svelte")),
    roles: LEADS,
  },
  {
    name: "settings",
    path: "/console/settings",
    also: ["/console/settings/:section"],
    title: "nav_settings",
    load: page(() => import("./pages/settings/Settings.svelte")),
  },
  {
    name: "preview",
    path: "/console/preview",
    title: "widget_preview",
    load: page(() => import("./pages/Preview.svelte")),
    alone: true,
    open: true,
  },
  {
    name: "help",
    path: "/console/help",
    title: "nav_help",
    load: page(() => import("./pages/Help.svelte")),
  },
  {
    name: "setup",
    path: "/setup",
    title: "setup_title",
    load: page(() => import("./pages/Setup.svelte")),
    alone: true,
    open: true,
  },
  {
    name: "try",
    path: "/try",
    title: "try_title",
    load: page(() => import("./pages/Try.svelte")),
    alone: true,
  },
  {
    name: "design",
    path: "/console/design",
    title: "design_title",
    load: page(() => import("./pages/Design.svelte")),
    alone: true,
    open: true,
  },
];
