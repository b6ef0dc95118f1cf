/** Calls to the hub: JSON in, JSON out, and every failure as one kind of error that carries a problem to show. */
import type { Problem } from "./api.ts";

export class HubError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
  get detail(): string | undefined {
    return this.problem.detail;
  }
  /** No answer came at all: the request may be made again when the line is back. */
  get offline(): boolean {
    return this.problem.code === "unreachable" || this.problem.code === "timed_out";
  }
}

export type CallOptions = { method?: string; body?: unknown; headers?: Record<string, string> };

export async function call<T>(url: string, options: CallOptions = {}, unreachable: string): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: options.method ?? (options.body === undefined ? "GET" : "POST"),
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  } catch {
    throw new HubError({ code: "unreachable", title: unreachable });
  }
  const text = await answer.text().catch(() => "");
  const json = parse(text);
  // An empty answer is null, so that callers can tell it from none.
  if (answer.ok) return (json ?? null) as T;
  throw new HubError(problemOf(answer.status, json, answer.headers.get("retry-after")));
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The hub's problem, or one made of the status where something between us and the hub answered. */
export function problemOf(status: number, json: unknown, retryAfter: string | null): Problem {
  const given = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  // A proxy has JSON of its own, in which `code` is a number and `title` an object; without both it is not the hub's.
  const ours = typeof given.code === "string" && typeof given.title === "string";
  const problem = (ours ? given : {}) as Partial<Problem>;
  // Some say a date where the hub says seconds.
  const wait = [Number(retryAfter || Number.NaN), problem.retry_after].find((seconds) =>
    Number.isFinite(seconds),
  );
  return {
    ...problem,
    status,
    code: problem.code ?? `http_${status}`,
    title: problem.title ?? `HTTP ${status}`,
    detail: typeof problem.detail === "string" ? problem.detail : undefined,
    retry_after: wait,
  };
}

export function asProblem(error: unknown): Problem {
  if (error instanceof HubError) return error.problem;
  return { code: "page_fault", title: error instanceof Error ? error.message : String(error) };
}
