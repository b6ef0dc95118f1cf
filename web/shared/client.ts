/**
 * A typed client of the hub's two surfaces: paths, parameters, bodies and answers come from the committed OpenAPI
 * document (api-types.ts), so that a page cannot ask for what the hub does not have.
 *
 *   const hub = desk({ csrf: () => me.csrf, unreachable: t("unreachable") });
 *   const page = await hub.get("/api/v1/conversations", { query: { list: "mine" } });
 *   await hub.post("/api/v1/conversations/{id}/close", { path: { id }, body: { disposition } });
 *
 * Every failure is a HubError that carries a problem: the hub's own, or `unreachable`, `timed_out`, `aborted`.
 */
import type { paths } from "./api-types.ts";
import { HubError, problemOf } from "./problem.ts";

type Method = "get" | "post" | "put" | "delete";
/** The paths that take this method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P][M & keyof paths[P]];

type Parameters<O> = O extends { parameters: infer X } ? X : never;
type Given<X, Name extends string> = X extends { [N in Name]: infer V } ? V : undefined;
type PathGiven<O> = Given<Parameters<O>, "path">;
type QueryGiven<O> = Parameters<O> extends { query?: infer V } ? V : undefined;
type BodyGiven<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? B
  : O extends { requestBody?: { content: { "application/json": infer B } } }
    ? B | undefined
    : undefined;

type Success = 200 | 201 | 204;
type Json<R> = R extends { content: { "application/json": infer J } } ? J : null;
/** What the operation answers when it is done. */
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Json<R[Success & keyof R]> : never;

/** `/api/v1/conversations/{id}/events` as it is written with its values in place, with or without a query. */
type Filled<P extends string> = P extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : P;
/**
 * The addresses below `Root` that take this method and answer something that can be read as a `T`: whoever names an
 * answer and an address that do not belong together does not compile.
 */
export type AddressOf<Root extends string, M extends Method, T> =
  | {
      [P in PathOf<M>]: Answer<P, M> extends T
        ? P extends `${Root}${infer Rest}`
          ? Filled<Rest> | `${Filled<Rest>}?${string}`
          : never
        : never;
    }[PathOf<M>]
  | Assembled;

/** An address that is put together from parts: whoever does that answers for its form. */
export type Assembled = string & { readonly assembled: true };
export function assembled(address: string): Assembled {
  return address as Assembled;
}

type Member<Name extends string, V> = [V] extends [undefined]
  ? { [N in Name]?: undefined }
  : undefined extends V
    ? { [N in Name]?: V }
    : { [N in Name]: V };

export type Options = {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** A post bears one in any case; give your own to repeat a post of before. */
  idempotencyKey?: string;
};
type Request<O> = Options &
  Member<"path", PathGiven<O>> &
  Member<"query", QueryGiven<O>> &
  Member<"body", BodyGiven<O>>;
/** The request may be left out where nothing in it is needed. */
type Arguments<O> = Record<never, never> extends Request<O> ? [request?: Request<O>] : [request: Request<O>];

export type ClientOptions = {
  /** Where the hub is; the page's own origin if absent. */
  base?: string;
  /** Asked anew for each request. */
  headers?: (method: Method) => Record<string, string>;
  /** What a person reads when no answer comes. */
  unreachable: string;
  timeoutMs?: number;
  fetch?: typeof fetch;
};

export const TIMEOUT_MS = 20_000;

type Loose = Options & { path?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

export class Client {
  #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get<P extends PathOf<"get">>(
    path: P,
    ...[request]: Arguments<Operation<P, "get">>
  ): Promise<Answer<P, "get">> {
    return this.#call("get", path, request as Loose) as Promise<Answer<P, "get">>;
  }

  /** A post that got no answer is made once more with the same key: the hub does nothing a second time. */
  post<P extends PathOf<"post">>(
    path: P,
    ...[request]: Arguments<Operation<P, "post">>
  ): Promise<Answer<P, "post">> {
    return this.#post(path, request as Loose) as Promise<Answer<P, "post">>;
  }

  put<P extends PathOf<"put">>(
    path: P,
    ...[request]: Arguments<Operation<P, "put">>
  ): Promise<Answer<P, "put">> {
    return this.#call("put", path, request as Loose) as Promise<Answer<P, "put">>;
  }

  delete<P extends PathOf<"delete">>(
    path: P,
    ...[request]: Arguments<Operation<P, "delete">>
  ): Promise<Answer<P, "delete">> {
    return this.#call("delete", path, request as Loose) as Promise<Answer<P, "delete">>;
  }

  async #post(path: string, request: Loose = {}): Promise<unknown> {
    const keyed = { ...request, idempotencyKey: request.idempotencyKey ?? crypto.randomUUID() };
    try {
      return await this.#call("post", path, keyed);
    } catch (error) {
      if (!(error instanceof HubError && error.offline) || !repeatable(path)) throw error;
      return this.#call("post", path, keyed);
    }
  }

  async #call(method: Method, path: string, request: Loose = {}): Promise<unknown> {
    const { base = "", unreachable } = this.#options;
    const headers: Record<string, string> = {
      accept: "application/json",
      ...this.#options.headers?.(method),
    };
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    if (body !== undefined) headers["content-type"] = "application/json";
    if (request.idempotencyKey) headers["idempotency-key"] = request.idempotencyKey;
    const limit = AbortSignal.timeout(request.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
    let answer: Response;
    let text: string;
    try {
      answer = await (this.#options.fetch ?? fetch)(base + address(path, request), {
        method: method.toUpperCase(),
        headers,
        body,
        signal,
      });
      text = await answer.text();
    } catch {
      if (request.signal?.aborted) throw new HubError({ code: "aborted", title: unreachable });
      throw new HubError({ code: limit.aborted ? "timed_out" : "unreachable", title: unreachable });
    }
    const json = parsed(text);
    if (answer.ok) return json ?? null;
    throw new HubError(problemOf(answer.status, json, answer.headers.get("retry-after")));
  }
}

/** Only these posts keep their key at the hub. */
function repeatable(path: string): boolean {
  return path.startsWith("/api/v1/conversations/") || path.startsWith("/chat/v1/conversation/messages");
}

/** The path with its parameters in place. */
export function address(path: string, request: Pick<Loose, "path" | "query">): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(request.path?.[name] ?? "")),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined && value !== null && value !== "") query.set(name, String(value));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** The desk's client: by the cookie of the log-in. */
export function desk(options: Omit<ClientOptions, "headers"> & { csrf: () => string }): Client {
  return new Client({
    ...options,
    headers: (method) =>
      (method === "get" ? {} : { "x-baton-csrf": options.csrf() }) as Record<string, string>,
  });
}

/** A customer's client: by the token of one conversation. */
export function customer(
  options: Omit<ClientOptions, "headers"> & { token: () => string | undefined },
): Client {
  return new Client({
    ...options,
    headers: (): Record<string, string> => {
      const token = options.token();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
  });
}
