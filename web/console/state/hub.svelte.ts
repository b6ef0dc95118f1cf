/** Who is logged in, and calls to the hub in their name. */
import type { Me } from "../../shared/api.ts";
import { asProblem, call, HubError } from "../../shared/problem.ts";
import { t } from "../texts.ts";
import { toasts } from "./toasts.svelte.ts";

export type SetupForm = {
  secret: string;
  name: string;
  mail: string;
  passphrase: string;
  time_zone: string;
  language: string;
};

class Hub {
  /** `undefined` while it is not yet known, `null` when nobody is logged in. */
  me = $state.raw<Me | null | undefined>();
  failed = $state.raw(false);

  async load(): Promise<void> {
    this.failed = false;
    try {
      this.me = await this.get<Me>("me");
    } catch (error) {
      if (error instanceof HubError && (error.problem.status === 401 || error.problem.status === 403))
        this.me = null;
      else this.failed = true;
    }
  }

  async logIn(mail: string, passphrase: string): Promise<void> {
    this.me = await this.post<Me>("login", { mail, passphrase });
  }

  async setUp(form: SetupForm): Promise<void> {
    this.me = await this.post<Me>("setup", form);
  }

  async logOut(): Promise<void> {
    await this.post("logout", {}).catch(() => undefined);
    this.me = null;
  }

  async setAvailable(available: boolean): Promise<void> {
    await this.try(async () => {
      this.me = await this.#call<Me>("me/presence", "PUT", { available });
    });
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>(path, "GET");
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call<T>(path, "POST", body);
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
    return call<T>(`/api/v1/${path}`, { method, body, headers }, t("unreachable"));
  }
}

export const hub = new Hub();
