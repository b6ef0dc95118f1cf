/** A speech bubble; drawn by the first script by hand and by the chat as part of its component. */
export const LAUNCHER_ICON =
  "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H10l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z";
