/**
 * A file in the chat: a picture is shown, anything else is a card that saves it. A picture is painted on a canvas: a
 * careful site's policy lets no image of ours in by any address, and bytes behind a token have none.
 */
import type { HubFile } from "../../shared/api.ts";
import { cleanName } from "../../shared/safe.ts";
import { h, icon, type Child } from "../dom.ts";
import { FILE } from "../icons.ts";
import type { Session } from "../session.ts";
import { style } from "../sheets.ts";
import { t } from "../texts.ts";
import { bytesOf, download, save } from "./download.ts";
import { bytes } from "./upload.ts";
import css from "../styles/file.css?inline";

style(css);

const SHOWN = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
/** Larger pictures are for looking at elsewhere. */
const SHOWN_BYTES = 12_000_000;
const SHOWN_PIXELS = 560;

export async function shownFile(session: Session, file: HubFile): Promise<Child> {
  if (SHOWN.test(file.media_type) && file.size <= SHOWN_BYTES) {
    const picture = await painted(session, file).catch(() => undefined);
    if (picture) return picture;
  }
  return card(session, file);
}

async function painted(session: Session, file: HubFile): Promise<HTMLElement> {
  const name = cleanName(file.name);
  const blob = await bytesOf(session, `conversation/files/${encodeURIComponent(file.blob)}`);
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, SHOWN_PIXELS / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { role: "img", "aria-label": name });
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const words = t("file_save", { name });
  return h(
    "button.picture",
    { type: "button", "aria-label": words, title: words, onclick: () => save(blob, file.name) },
    canvas,
  );
}

function card(session: Session, file: HubFile): HTMLElement {
  const name = cleanName(file.name);
  const path = `conversation/files/${encodeURIComponent(file.blob)}`;
  return h(
    "button.filecard",
    {
      type: "button",
      title: t("file_save", { name }),
      onclick: () => void download(session, path, file.name),
    },
    icon(FILE),
    h("span", null, h("bdi", null, name), h("span.note", null, bytes(file.size))),
  );
}
