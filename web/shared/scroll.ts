/**
 * Keeps a list of messages at its end while the reader is there, and never pulls one back who reads further up.
 * Watches sizes, not contents: a new message, a picture, a strip above or a keyboard below are all the same to it.
 */
export function stayAtEnd(scroller: HTMLElement): () => void {
  let atEnd = true;
  let top = 0;
  const toEnd = () => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    top = scroller.scrollTop;
  };
  const scrolled = () => {
    const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    // Only going up is leaving the end: the event of our own scroll may arrive when the list has grown again.
    if (near) atEnd = true;
    else if (scroller.scrollTop < top) atEnd = false;
    top = scroller.scrollTop;
  };
  const sizes = new ResizeObserver(toEnd);
  sizes.observe(scroller);
  for (const child of scroller.children) sizes.observe(child);
  const children = new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node instanceof Element) sizes.observe(node);
    toEnd();
  });
  children.observe(scroller, { childList: true });
  scroller.addEventListener("scroll", scrolled, { passive: true });
  return () => {
    sizes.disconnect();
    children.disconnect();
    scroller.removeEventListener("scroll", scrolled);
  };
}
