/**
 * Elements that follow values. The chat has 25,000 bytes for its first load and a framework's
 * runtime would take more than half of them; the desk, which is loaded once a day, has one.
 *
 *   const n = cell(0);
 *   h("button", { onclick: () => (n.v += 1), disabled: () => n.v > 9 }, () => `pressed ${n.v}`)
 *
 * A function among attributes or children is asked again when a cell that it read has changed. What is built inside
 * `swap`, `when` and `each` lives until its place is given to something else; then its effects end with it.
 */
type Reader = { sources: Set<Cell<unknown>>; stale(): void };
type Effect = Reader & { run(): void };

let reading: Reader | undefined;
let owner: (() => void)[] | undefined;
const due = new Set<Effect>();

export class Cell<T> {
  #value: T;
  readonly readers = new Set<Reader>();
  constructor(value: T) {
    this.#value = value;
  }
  get v(): T {
    if (reading) {
      this.readers.add(reading);
      reading.sources.add(this);
    }
    return this.#value;
  }
  set v(next: T) {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    this.wake();
  }
  wake(): void {
    for (const reader of [...this.readers]) reader.stale();
  }
}

export function cell<T>(value: T): Cell<T>;
export function cell<T>(): Cell<T | undefined>;
export function cell<T>(value?: T): Cell<T | undefined> {
  return new Cell(value);
}

function forget(reader: Reader): void {
  for (const source of reader.sources) source.readers.delete(reader);
  reader.sources.clear();
}

function during<T>(reader: Reader | undefined, mine: (() => void)[] | undefined, run: () => T): T {
  const before = [reading, owner] as const;
  [reading, owner] = [reader, mine];
  try {
    return run();
  } finally {
    [reading, owner] = before;
  }
}

/** Computed when it is asked for, and again only after something that it read has changed. */
export function computed<T>(make: () => T): { readonly v: T } {
  let known = false;
  let value: T;
  const own = new Cell(0);
  const reader: Reader = {
    sources: new Set(),
    stale() {
      if (!known) return;
      known = false;
      own.wake();
    },
  };
  return {
    get v() {
      void own.v;
      if (!known) {
        forget(reader);
        known = true;
        value = during(reader, undefined, make);
      }
      return value;
    },
  };
}

/** Runs now, and again after what it read has changed; all changes of one turn together. */
export function effect(run: () => unknown): void {
  const mine: (() => void)[] = [];
  const me: Effect = {
    sources: new Set(),
    stale() {
      if (due.size === 0) queueMicrotask(settle);
      due.add(me);
    },
    run() {
      end();
      during(me, mine, () => {
        const after = run();
        if (typeof after === "function") mine.push(after as () => void);
      });
    },
  };
  const end = () => {
    forget(me);
    for (const done of mine.splice(0)) done();
  };
  owner?.push(() => {
    due.delete(me);
    end();
  });
  me.run();
}

const ROUNDS = 1000;

/** Carries out what is due, now. */
export function settle(): void {
  let rounds = 0;
  for (const one of due) {
    due.delete(one);
    if (++rounds > ROUNDS) throw new Error("baton: effects that never settle");
    try {
      one.run();
    } catch (error) {
      // One that fails must not take the others with it.
      reportError(error);
    }
  }
}

export const untracked = <T>(run: () => T): T => during(undefined, owner, run);

/** Called when what is being built now is taken away. */
export function cleanup(done: () => void): void {
  owner?.push(done);
}

/** What `make` builds, and how to end it. */
export function scope<T>(make: () => T): [T, () => void] {
  const mine: (() => void)[] = [];
  return [during(undefined, mine, make), () => mine.splice(0).forEach((done) => done())];
}

// ---------------------------------------------------------------------------------------------- elements

class Area {
  readonly put: (parent: Node) => void;
  constructor(put: (parent: Node) => void) {
    this.put = put;
  }
}

type Simple = string | number | null | undefined | false;
export type Child = Node | Area | Simple | readonly Child[] | (() => Child);
type Value = Simple | true;
export type Attributes = {
  [name: string]: Value | (() => Value) | ((event: never) => unknown);
};

const PROPERTIES = /^(value|checked|disabled|hidden|indeterminate|open|required|multiple)$/;

type Tags = HTMLElementTagNameMap;
type Listener = (event: Event) => void;

/** `h("p.note", { title }, "text")`: a tag with its classes, attributes, children. */
export function h<K extends keyof Tags>(
  tag: K | `${K}.${string}`,
  attributes?: Attributes | null,
  ...children: Child[]
): Tags[K] {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name as K);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value as Listener);
    else if (typeof value === "function") effect(() => set(element, key, (value as () => Value)()));
    else set(element, key, value);
  }
  put(element, children);
  return element;
}

function set(element: HTMLElement, key: string, value: Value): void {
  if (PROPERTIES.test(key)) {
    const held = element as unknown as Record<string, Value>;
    const next = value ?? (key === "value" ? "" : false);
    // Setting a box's own text again would move its caret. (Nothing is set all the same: an option has its words
    // for a value until it has one.)
    if (held[key] !== next || next === "") held[key] = next;
  } else if (value === null || value === undefined || value === false) {
    element.removeAttribute(key);
  } else {
    element.setAttribute(key, value === true ? "" : String(value));
  }
}

export function put(parent: Node, child: Child): void {
  if (child === null || child === undefined || child === false || child === "") return;
  if (child instanceof Node) parent.appendChild(child);
  else if (child instanceof Area) child.put(parent);
  else if (typeof child === "function") swap(child, (now) => now).put(parent);
  else if (typeof child === "object") for (const one of child) put(parent, one);
  else parent.appendChild(document.createTextNode(String(child)));
}

/** A place whose content is made anew whenever `of` has another value. */
export function swap<T>(of: () => T, make: (now: T) => Child): Area {
  return new Area((parent) => {
    const [start, end] = [document.createTextNode(""), document.createTextNode("")];
    parent.appendChild(start);
    parent.appendChild(end);
    let before: { value: T } | undefined;
    let stop: (() => void) | undefined;
    cleanup(() => stop?.());
    effect(() => {
      const value = of();
      if (before && Object.is(before.value, value)) return;
      before = { value };
      stop?.();
      while (start.nextSibling && start.nextSibling !== end) start.nextSibling.remove();
      const fresh = document.createDocumentFragment();
      [, stop] = scope(() => put(fresh, make(value)));
      end.before(fresh);
    });
  });
}

/** Content for as long as something holds. */
export const when = (holds: () => unknown, make: () => Child): Area =>
  swap(
    () => Boolean(holds()),
    (yes) => (yes ? make() : null),
  );

/** One element for each item, moved and kept by its key. */
export function each<T>(
  items: () => readonly T[],
  key: (item: T) => unknown,
  make: (item: Cell<T>, index: number) => Element,
): Area {
  type Row = { item: Cell<T>; element: Element; stop: () => void };
  return new Area((parent) => {
    const end = document.createTextNode("");
    parent.appendChild(end);
    let rows = new Map<unknown, Row>();
    cleanup(() => rows.forEach((row) => row.stop()));
    effect(() => {
      const now = items();
      const next = new Map<unknown, Row>();
      now.forEach((value, index) => {
        const name = key(value);
        const known = rows.get(name);
        rows.delete(name);
        if (known) {
          known.item.v = value;
          next.set(name, known);
          return;
        }
        const item = cell(value);
        const [element, stop] = scope(() => make(item, index));
        next.set(name, { item, element, stop });
      });
      for (const row of rows.values()) {
        row.stop();
        row.element.remove();
      }
      rows = next;
      let after: Node = end;
      for (const { element } of [...next.values()].reverse()) {
        if (element.nextSibling !== after) after.parentNode?.insertBefore(element, after);
        after = element;
      }
    });
  });
}

/** A drawing of one path on 24 × 24. It says nothing: its button has a name. */
export function icon(path: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

let ids = 0;
/** A name for an element that others point at, unique on the page. */
export const freshId = (): string => `baton-${++ids}`;
