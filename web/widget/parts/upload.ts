/**
 * Files on their way: each is uploaded as soon as it is chosen, pasted or dropped, and named by the message that is
 * sent then. What was uploaded and never named is the hub's to throw away.
 */
import type { HubFile, Problem } from "../../shared/api.ts";
import { newId } from "../../shared/ids.ts";
import { asProblem } from "../../shared/problem.ts";
import { cleanName } from "../../shared/safe.ts";
import type { Tray } from "../composer.ts";
import { cell, each, h, icon, swap, type Cell } from "../dom.ts";
import { CROSS, FILE } from "../icons.ts";
import { problemWords } from "../problem-words.ts";
import type { Session } from "../session.ts";
import { style } from "../sheets.ts";
import { t, tag } from "../texts.ts";
import css from "../styles/upload.css?inline";

style(css);

type Sending = {
  key: string;
  name: string;
  size: number;
  /** 0 to 1 while it goes. */
  sent: Cell<number>;
  done: Cell<HubFile | undefined>;
  problem: Cell<Problem | undefined>;
  cancel: () => void;
};

export function bytes(size: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const step = Math.min(units.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
  return new Intl.NumberFormat(tag, {
    style: "unit",
    unit: units[step],
    unitDisplay: "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(size / 1000 ** step);
}

export function upload(session: Session, focus: () => void): Tray {
  const all = cell<readonly Sending[]>([]);
  const drop = (one: Sending) => {
    one.cancel();
    all.v = all.v.filter((other) => other !== one);
    focus();
  };

  const add = (files: Iterable<File>) => {
    const started = [...files].map((file) => send(session, file));
    all.v = [...all.v, ...started];
  };

  const row = (held: Cell<Sending>): HTMLElement => {
    const one = held.v;
    const name = cleanName(one.name);
    return h(
      "li.file",
      { class: () => `file${one.problem.v ? " failed" : ""}` },
      icon(FILE),
      h(
        "span.what",
        null,
        h("bdi", null, name),
        swap(
          () => one.problem.v,
          (problem) =>
            problem
              ? h("span.note", { role: "alert" }, words(session, problem, one.size))
              : h("span.note", { role: "status" }, () =>
                  one.done.v ? bytes(one.size) : t("uploading", { n: Math.floor(one.sent.v * 100) }),
                ),
        ),
        swap(
          () => !one.done.v && !one.problem.v,
          (going) => going && h("progress", { max: "1", value: () => one.sent.v, "aria-label": name }),
        ),
      ),
      h(
        "button.round",
        {
          type: "button",
          "aria-label": t("file_remove", { name }),
          title: t("file_remove", { name }),
          onclick: () => drop(one),
        },
        icon(CROSS),
      ),
    );
  };
  const element = h(
    "ul",
    { class: () => (all.v.length > 0 ? "tray" : "hidden") },
    each(
      () => all.v,
      (one) => one.key,
      row,
    ),
  );
  return {
    element,
    add,
    take() {
      const done = all.v.flatMap((one) => one.done.v ?? []);
      all.v = all.v.filter((one) => !one.done.v);
      return done;
    },
    get count() {
      return all.v.filter((one) => one.done.v).length;
    },
    get uploading() {
      return all.v.some((one) => !one.done.v && !one.problem.v);
    },
  };
}

function words(session: Session, problem: Problem, size: number): string {
  if (problem.code !== "file_too_large") return problemWords(problem);
  const limit = problem.limit ?? session.widget.v.file_bytes;
  return limit ? t("file_too_large", { size: bytes(size), limit: bytes(limit) }) : t("problem_long");
}

function send(session: Session, file: File): Sending {
  // `fetch` does not tell how much has gone.
  const request = new XMLHttpRequest();
  const one: Sending = {
    key: newId(),
    name: file.name,
    size: file.size,
    sent: cell(0),
    done: cell<HubFile>(),
    problem: cell<Problem>(),
    cancel: () => request.abort(),
  };
  const fail = (problem: Problem) => (one.problem.v = problem);
  const limit = session.widget.v.file_bytes;
  if (limit && file.size > limit) {
    fail({ code: "file_too_large", title: "", limit });
    return one;
  }
  request.upload.onprogress = ({ loaded, total }) => (one.sent.v = total ? loaded / total : 0);
  request.onerror = () => fail({ code: "unreachable", title: "" });
  request.onload = () => {
    const answer = parsed(request.responseText);
    if (request.status < 300 && answer.blob) one.done.v = answer as HubFile;
    else
      fail({ title: "", ...answer, code: answer.code ?? `http_${request.status}`, status: request.status });
  };
  session.start().then(
    () => {
      request.open("POST", session.address(`conversation/files?name=${encodeURIComponent(file.name)}`));
      for (const [name, value] of Object.entries(session.headers())) request.setRequestHeader(name, value);
      request.setRequestHeader("content-type", file.type || "application/octet-stream");
      request.send(file);
    },
    (error: unknown) => fail(asProblem(error)),
  );
  return one;
}

function parsed(text: string): Partial<HubFile> & Partial<Problem> {
  try {
    return JSON.parse(text) as Partial<HubFile>;
  } catch {
    return {};
  }
}
