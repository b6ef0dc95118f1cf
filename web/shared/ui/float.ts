/** Where something that floats stands: below its anchor, above where there is no room, never outside the window. */
export type Placed = { x: number; y: number; above: boolean };

const EDGE = 8;

export function place(
  anchor: DOMRect,
  size: { width: number; height: number },
  { gap = 6, align = "start" as "start" | "center" | "end" } = {},
): Placed {
  const below = anchor.bottom + gap;
  const above = below + size.height > innerHeight - EDGE && anchor.top - gap - size.height > EDGE;
  const rtl = document.documentElement.dir === "rtl";
  const atLeft = align === "center" ? 0.5 : (align === "end") === rtl ? 0 : 1;
  const x = anchor.left + (anchor.width - size.width) * atLeft;
  return {
    x: Math.round(Math.max(EDGE, Math.min(x, innerWidth - size.width - EDGE))),
    y: Math.round(
      above
        ? anchor.top - gap - size.height
        : Math.max(EDGE, Math.min(below, innerHeight - size.height - EDGE)),
    ),
    above,
  };
}
