/** Short messages about what just went wrong or through. A problem stays until it is read or twelve seconds. */
import type { Problem } from "../../shared/api.ts";

export type ToastAction = { label: string; run: () => void };
export type Toast = {
  id: number;
  title: string;
  detail: string | undefined;
  problem: boolean;
  action: ToastAction | undefined;
};

class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  problem(problem: Problem): void {
    this.#add(problem.title, problem.detail, true);
  }
  say(title: string, detail?: string, action?: ToastAction): void {
    this.#add(title, detail, false, action);
  }
  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(title: string, detail: string | undefined, problem: boolean, action?: ToastAction): void {
    // The same problem again is the same toast: a lost connection must not fill the page.
    const others = this.list.filter((x) => x.title !== title || x.detail !== detail);
    const id = this.#next++;
    this.list = [...others.slice(-3), { id, title, detail, problem, action }];
    setTimeout(() => this.dismiss(id), problem ? 12_000 : 5_000);
  }
}
export const toasts = new Toasts();
