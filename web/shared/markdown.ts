/**
 * The markdown subset that bots may use: paragraphs, lists, bold, italics, code, links. Parsed into a small tree that
 * a component renders as elements; no HTML is ever made from what somebody wrote.
 */
export type Inline =
  { kind: "text" | "bold" | "italic" | "code"; text: string } | { kind: "link"; text: string; url: string };
export type Block =
  { kind: "paragraph"; lines: Inline[][] } | { kind: "list"; ordered: boolean; items: Inline[][] };

const MARKED =
  /\*\*([^*\n]+)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|`([^`\n]+)`|\[([^[\]\n]{1,500})\]\(([^)\s]{1,2000})\)/g;
const ADDRESS = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g;

/** Only what a browser may open without running anything. */
export function safeUrl(url: string): string | undefined {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : undefined;
}

export function parse(text: string, markdown: boolean): Block[] {
  const blocks: Block[] = [];
  for (const line of text.split("\n")) {
    const item = markdown ? /^\s*(?:([-*])|(\d+)[.)])\s+(.*)$/.exec(line) : null;
    const last = blocks[blocks.length - 1];
    if (item) {
      const ordered = item[2] !== undefined;
      const inlines = inline(item[3] ?? "", true);
      if (last?.kind === "list" && last.ordered === ordered) last.items.push(inlines);
      else blocks.push({ kind: "list", ordered, items: [inlines] });
    } else if (line.trim() === "") {
      blocks.push({ kind: "paragraph", lines: [] });
    } else if (last?.kind === "paragraph") {
      last.lines.push(inline(line, markdown));
    } else {
      blocks.push({ kind: "paragraph", lines: [inline(line, markdown)] });
    }
  }
  return blocks.filter((b) => b.kind === "list" || b.lines.length > 0);
}

function inline(text: string, markdown: boolean): Inline[] {
  const out: Inline[] = [];
  let at = 0;
  // Each is looked for again only once it is behind: a long line costs one pass, not one for each of its links.
  let mark = markdown ? next(MARKED, text, 0) : null;
  let address = next(ADDRESS, text, 0);
  while (mark || address) {
    const first = mark && (!address || mark.index <= address.index) ? mark : (address as RegExpExecArray);
    if (first.index > at) out.push({ kind: "text", text: text.slice(at, first.index) });
    out.push(first === mark ? marked(mark) : { kind: "link", text: first[0], url: first[0] });
    at = first.index + first[0].length;
    if (mark && mark.index < at) mark = next(MARKED, text, at);
    if (address && address.index < at) address = next(ADDRESS, text, at);
  }
  if (at < text.length) out.push({ kind: "text", text: text.slice(at) });
  return out;
}

function next(what: RegExp, text: string, from: number): RegExpExecArray | null {
  what.lastIndex = from;
  return what.exec(text);
}

function marked(found: RegExpExecArray): Inline {
  const [whole, bold, italic, code, label, url] = found;
  if (bold !== undefined) return { kind: "bold", text: bold };
  if (italic !== undefined) return { kind: "italic", text: italic };
  if (code !== undefined) return { kind: "code", text: code };
  const safe = safeUrl(url ?? "");
  return safe ? { kind: "link", text: label ?? safe, url: safe } : { kind: "text", text: label ?? whole };
}
