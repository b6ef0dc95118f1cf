/** Who is logged in, and calls to the hub in their name. */
import type { Me, Problem } from "../../shared/api.ts";
import type * as wire from "../../shared/api-types.ts";
import type { AddressOf } from "../../shared/client.ts";
import { asProblem, call, HubError } from "../../shared/problem.ts";
import { t } from "../texts.ts";
import { forgetAll } from "./kept.ts";
import { toasts } from "./toasts.svelte.ts";

export type SetupForm = {
  secret: string;
  name: string;
  mail: string;
  passphrase: string;
  time_zone: string;
  language: string;
};

const ROOT = "/api/v1/";

/** Addresses and answers belong together as the OpenAPI document says. */
class Hub {
  /** `undefined` while it is not yet known, `null` when nobody is logged in. */
  me = $state.raw<Me | null | undefined>();
  failed = $state.raw(false);

  async load(): Promise<void> {
    this.failed = false;
    try {
      this.me = (await this.get<wire.Me>("me")) as Me;
    } catch (error) {
      if (error instanceof HubError && (error.problem.status === 401 || error.problem.status === 403))
        this.me = null;
      else this.failed = true;
    }
  }

  async logIn(mail: string, passphrase: string): Promise<void> {
    this.me = (await this.post<wire.Me>("login", { mail, passphrase })) as Me;
  }

  async setUp(form: SetupForm): Promise<void> {
    this.me = (await this.post<wire.Me>("setup", form)) as Me;
  }

  async logOut(): Promise<void> {
    // Unsent texts are for the one who wrote them: the next at this computer must not find them.
    if (this.me) forgetAll(this.me.agent);
    await this.post("logout", {}).catch(() => undefined);
    this.me = null;
  }

  async setAvailable(available: boolean): Promise<void> {
    await this.try(async () => {
      this.me = await this.#call<Me>("me/presence", "PUT", { available });
    });
  }

  get<T>(path: AddressOf<typeof ROOT, "get", T>): Promise<T> {
    return this.#call<T>(path, "GET");
  }

  post<T>(path: AddressOf<typeof ROOT, "post", T>, body: unknown): Promise<T> {
    return this.#call<T>(path, "POST", body);
  }

  put<T>(path: AddressOf<typeof ROOT, "put", T>, body: unknown): Promise<T> {
    return this.#call<T>(path, "PUT", body);
  }

  delete(path: AddressOf<typeof ROOT, "delete", null>): Promise<null> {
    return this.#call<null>(path, "DELETE");
  }

  /** Sends a file and tells how far it is; `abort` ends it. */
  upload<T>(
    path: string,
    file: Blob,
    progress: (share: number) => void,
  ): { done: Promise<T>; abort: () => void } {
    const request = new XMLHttpRequest();
    const done = new Promise<T>((resolve, reject) => {
      request.open("POST", `/api/v1/${path}`);
      request.responseType = "json";
      request.setRequestHeader("content-type", file.type || "application/octet-stream");
      request.setRequestHeader("x-baton-csrf", this.me?.csrf ?? "");
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onerror = () => reject(new HubError({ code: "unreachable", title: t("unreachable") }));
      request.onabort = () => reject(new HubError({ code: "aborted", title: "" }));
      request.onload = () => {
        const answer = request.response as (T & Partial<Problem>) | null;
        if (request.status < 300 && answer) resolve(answer);
        else
          reject(
            new HubError({
              ...(answer ?? {}),
              status: request.status,
              code: answer?.code ?? `http_${request.status}`,
              title: answer?.title ?? `HTTP ${request.status}`,
            }),
          );
      };
      request.send(file);
    });
    return { done, abort: () => request.abort() };
  }

  /** Does it and shows a toast when it did not work; `undefined` then. */
  async try<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  report(error: unknown): void {
    if (error instanceof HubError && error.problem.status === 401) {
      this.me = null;
      return;
    }
    toasts.problem(asProblem(error));
  }

  #call<T>(path: string, method: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (method !== "GET" && this.me) headers["x-baton-csrf"] = this.me.csrf;
    return call<T>(`${ROOT}${path}`, { method, body, headers }, t("unreachable"));
  }
}

export const hub = new Hub();
