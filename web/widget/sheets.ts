/**
 * Styles as constructed sheets. A strict `style-src 'self'` of the host page forbids <style> elements, also inside a
 * shadow root; it has nothing against these. A part that comes later brings its own.
 */
const sheets: CSSStyleSheet[] = [];
const roots = new Set<ShadowRoot>();

export function style(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  sheets.push(sheet);
  for (const root of roots) root.adoptedStyleSheets.push(sheet);
}

export function wear(root: ShadowRoot): () => void {
  roots.add(root);
  root.adoptedStyleSheets.push(...sheets);
  return () => roots.delete(root);
}
