/**
 * Where the customer writes. Enter sends, Shift+Enter makes a line; an input method's Enter is its own. Typing is told
 * at most every three seconds and ends by itself.
 */
import { cell, computed, effect, freshId, h, icon, swap, when, type Child } from "./dom.ts";
import { CLIP, SEND, SMILE } from "./icons.ts";
import { part } from "./message.ts";
import type { Session } from "./session.ts";
import { t } from "./texts.ts";

const LIMIT = 20_000;

/** What the upload part offers once it is here. */
export type Tray = {
  readonly element: HTMLElement;
  add(files: Iterable<File>): void;
  /** Uploaded and not yet sent; empties the tray. */
  take(): { blob: string; name: string; media_type: string; size: number }[];
  readonly count: number;
  readonly uploading: boolean;
};

export function composer(session: Session): {
  element: HTMLElement;
  focus(): void;
  addFiles(files: Iterable<File>): void;
} {
  const id = freshId();
  const value = cell("");
  const tray = cell<Tray>();
  const emoji = cell(false);
  let toldAt = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const takesFiles = computed(() => session.state.v?.can.upload ?? session.widget.v.files ?? false);
  const excess = computed(() => [...value.v].length - LIMIT);
  const ready = computed(
    () => excess.v <= 0 && !tray.v?.uploading && (value.v.trim() !== "" || (tray.v?.count ?? 0) > 0),
  );

  const still = () => {
    clearTimeout(idle);
    if (toldAt > 0) session.typing(false);
    toldAt = 0;
  };
  const typed = () => {
    value.v = box.value;
    clearTimeout(idle);
    if (value.v.trim() === "") return still();
    if (Date.now() - toldAt > 3000) {
      toldAt = Date.now();
      session.typing(true);
    }
    idle = setTimeout(still, 4000);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!ready.v) return;
    const text = value.v.trim();
    const files = tray.v?.take() ?? [];
    value.v = "";
    still();
    if (files.length === 0) session.say(text);
    files.forEach((file, i) => session.say(i === 0 ? text : "", undefined, file));
    box.focus();
  };

  const box = h("textarea", {
    id,
    rows: "1",
    enterkeyhint: "send",
    placeholder: () => t(session.state.v?.holder.kind === "nobody" ? "placeholder_closed" : "placeholder"),
    value: () => value.v,
    dir: () => (value.v ? "auto" : null),
    "aria-describedby": () => (excess.v > 0 ? `${id}-over` : null),
    "aria-invalid": () => String(excess.v > 0),
    oninput: typed,
    onblur: still,
    onkeydown: (event: KeyboardEvent) => {
      // 229: some browsers report the Enter that ends a composition as a plain key.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229)
        submit(event);
    },
    onpaste: (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0 || !takesFiles.v) return;
      event.preventDefault();
      addFiles(files);
    },
  });
  // The box grows with its text where the browser cannot do that by itself.
  if (!CSS.supports("field-sizing", "content"))
    effect(() => {
      void value.v;
      box.style.blockSize = "auto";
      box.style.blockSize = `${box.scrollHeight}px`;
    });

  const addFiles = (files: Iterable<File>) => {
    if (!takesFiles.v) return;
    const chosen = [...files];
    void (async () => {
      const { upload } = await import("./parts/upload.ts");
      tray.v ??= upload(session, () => box.focus());
      tray.v.add(chosen);
    })().catch(() => (session.problem.v = { code: "unreachable", title: "" }));
  };
  const choose = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    tabindex: "-1",
    "aria-hidden": "true",
    accept: () => session.widget.v.file_types?.join(",") ?? null,
    onchange: () => {
      addFiles(choose.files ?? []);
      choose.value = "";
    },
  });
  const insert = (text: string) => {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    typed();
    emoji.v = false;
    box.focus();
  };
  const tool = (key: "attach" | "emoji", path: string, more: Record<string, () => unknown>): Child =>
    h(
      `button.round.${key}` as "button",
      { type: "button", "aria-label": t(key), title: t(key), ...(more as object) },
      icon(path),
    );

  const element = h(
    // No form: a frame without `allow-forms` would submit none.
    "div.composer",
    null,
    swap(
      () => tray.v?.element,
      (shown) => shown,
    ),
    when(
      () => emoji.v,
      () =>
        part(async () => {
          const { picker } = await import("./parts/emoji.ts");
          return picker(insert, () => {
            emoji.v = false;
            box.focus();
          });
        }),
    ),
    when(
      () => takesFiles.v,
      () => [choose, tool("attach", CLIP, { onclick: () => choose.click() })],
    ),
    tool("emoji", SMILE, {
      onclick: () => (emoji.v = !emoji.v),
      "aria-expanded": () => String(emoji.v),
    }),
    h("label.hidden", { for: id }, t("message")),
    box,
    h(
      "button.send",
      {
        type: "button",
        disabled: () => !ready.v,
        "aria-label": t("send"),
        title: t("send"),
        onclick: submit,
      },
      icon(SEND),
    ),
    when(
      () => excess.v > 0,
      () => h("p.over", { id: `${id}-over` }, () => t("too_long", { n: excess.v })),
    ),
  );
  return { element, focus: () => box.focus(), addFiles };
}
