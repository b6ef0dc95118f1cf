/** Drawings on 24 × 24, each one path. */
export const LAUNCHER_ICON =
  "M4 5h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H10l-5 4v-4H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1Z";
export const DOWN = "m6 9 6 6 6-6";
export const DOTS = "M5.5 12h.1M12 12h.1M18.5 12h.1";
export const SEND = "M12 19V5M6 11l6-6 6 6";
export const CLIP =
  "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.5 7.5";
export const SMILE =
  "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.5s1.2 1.8 3.5 1.8 3.5-1.8 3.5-1.8M9 9.5h.01M15 9.5h.01";
export const CROSS = "M6 6l12 12M18 6 6 18";
export const FILE = "M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7l-4-4Zm0 0v4h4";
export const SPARK = "M12 4c.8 5 3 7.2 8 8-5 .8-7.2 3-8 8-.8-5-3-7.2-8-8 5-.8 7.2-3 8-8Z";
export const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 8c.6-3.5 3.3-5 7-5s6.4 1.5 7 5";
