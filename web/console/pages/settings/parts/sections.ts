/** The settings pages, in the order in which one sets up a house. */
import type { Component } from "svelte";
import type { Role } from "../../../../shared/api.ts";
import type { IconName } from "../../../../shared/ui/icons.ts";
import type { Key } from "../../../texts.ts";

const ADMIN: readonly Role[] = ["administrator"];
const LEADS: readonly Role[] = ["supervisor", "administrator"];

export type SettingsSection = {
  id: string;
  title: Key;
  icon: IconName;
  roles?: readonly Role[];
  load: () => Promise<{ default: Component }>;
};

export const SECTIONS: readonly SettingsSection[] = [
  { id: "me", title: "set_me", icon: "user", load: () => import("../Me.svelte") },
  {
    id: "inboxes",
    title: "set_inboxes",
    icon: "inbox",
    roles: ADMIN,
    load: () => import("../Inboxes.svelte"),
  },
  { id: "bots", title: "set_bots", icon: "bot", roles: ADMIN, load: () => import("../Bots.svelte") },
  { id: "people", title: "set_people", icon: "team", roles: ADMIN, load: () => import("../People.svelte") },
  { id: "hours", title: "set_hours", icon: "clock", roles: ADMIN, load: () => import("../Hours.svelte") },
  { id: "replies", title: "set_replies", icon: "book", load: () => import("../Replies.svelte") },
  { id: "tags", title: "set_tags", icon: "tag", roles: LEADS, load: () => import("../Tags.svelte") },
  {
    id: "closing",
    title: "set_closing",
    icon: "check-circle",
    roles: LEADS,
    load: () => import("../Closing.svelte"),
  },
  {
    id: "widget",
    title: "set_widget",
    icon: "widget",
    roles: ADMIN,
    load: () => import("../WidgetDesigner.svelte"),
  },
];
