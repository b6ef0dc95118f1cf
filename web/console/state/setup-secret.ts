/**
 * The one-time secret of /setup#…, taken out of the address before anything else runs: not in the history, not in a
 * screenshot, not in a copied link.
 */
function take(): string {
  if (location.pathname !== "/setup" || !location.hash) return "";
  const secret = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return secret;
}

export const setupSecret = take();
