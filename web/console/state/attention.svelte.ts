/**
 * Calls the agent: a sound of our own making (no files), a notification of the desktop while the page is out of sight.
 * It watches the desk and never touches the focus. What rings can be switched off one by one, or all at once.
 */
import { untrack } from "svelte";
import { named, t } from "../texts.ts";
import { customerName } from "../words.ts";
import { desk } from "./desk.svelte.ts";
import { hub } from "./hub.svelte.ts";
import { preferences } from "./preferences.svelte.ts";

export type Call = "offer" | "message" | "mention" | "alert";

/** Notes in Hz with their start in seconds: rising for an offer, one soft drop for a message. */
const TUNES: Record<Call, readonly [number, number][]> = {
  offer: [
    [587, 0],
    [784, 0.14],
    [988, 0.28],
  ],
  message: [[660, 0]],
  mention: [
    [740, 0],
    [740, 0.12],
  ],
  alert: [
    [440, 0],
    [349, 0.2],
  ],
};
const LOUD: Record<Call, number> = { offer: 0.16, message: 0.07, mention: 0.1, alert: 0.14 };
/** An offer that stands rings again, until it is answered. */
const AGAIN_MS = 6000;

class Attention {
  permission = $state.raw<NotificationPermission | "unsupported">(
    typeof Notification === "undefined" ? "unsupported" : Notification.permission,
  );
  #audio: AudioContext | undefined;
  #open = new Map<string, Notification>();

  get muted(): boolean {
    return preferences.value.muted === true;
  }
  mute(on: boolean): void {
    preferences.set({ muted: on });
  }

  /** Browsers play nothing before the first touch or key: the context is made then. */
  wake = (): void => {
    this.#audio ??= typeof AudioContext === "undefined" ? undefined : new AudioContext();
    if (this.#audio?.state === "suspended") void this.#audio.resume();
  };

  play(call: Call, anyway = false): void {
    const wanted =
      call === "alert" || (preferences.value.sounds as Record<string, unknown> | undefined)?.[call] !== false;
    const audio = this.#audio;
    if (!audio || audio.state !== "running" || (!anyway && (this.muted || !wanted))) return;
    for (const [pitch, after] of TUNES[call]) {
      const start = audio.currentTime + after;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = "sine";
      tone.frequency.value = pitch;
      // A bell: there at once, gone slowly, and no click at either end.
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(LOUD[call], start + 0.012);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.45);
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    }
  }

  async allowDesktop(): Promise<void> {
    if (typeof Notification === "undefined") return;
    this.permission = await Notification.requestPermission();
    preferences.set({ desktop_notifications: this.permission === "granted" });
  }

  notify(tag: string, title: string, body: string, go: () => void): void {
    if (!document.hidden || preferences.value.desktop_notifications !== true) return;
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    this.withdraw(tag);
    try {
      const note = new Notification(title, { body, tag, icon: "/favicon.svg" });
      note.onclick = () => {
        window.focus();
        go();
        note.close();
      };
      this.#open.set(tag, note);
    } catch {
      // Phones allow notifications to service workers only; the sound has rung.
    }
  }

  withdraw(tag: string): void {
    this.#open.get(tag)?.close();
    this.#open.delete(tag);
  }
}

export const attention = new Attention();

/** Watches for as long as the console is open; `go` shows a conversation. */
export function watchForCalls(go: (conversation: string) => void): () => void {
  addEventListener("pointerdown", attention.wake, { passive: true });
  addEventListener("keydown", attention.wake, { passive: true });

  let offers = new Set<string>();
  const heard = new Map<string, number>();
  let mentions: number | undefined;
  let alerts = new Set<string>();

  const stop = $effect.root(() => {
    $effect(() => {
      const standing = desk.offersToMe;
      untrack(() => {
        const now = new Set(standing.flatMap((row) => (row.offer ? [row.offer.id] : [])));
        for (const gone of offers) if (!now.has(gone)) attention.withdraw(gone);
        for (const row of standing) {
          if (!row.offer || offers.has(row.offer.id)) continue;
          attention.play("offer");
          const why = row.reason ?? (row.handover ? named("trigger", row.handover.trigger) : "");
          attention.notify(row.offer.id, t("call_offer", { name: customerName(row) }), why, () => go(row.id));
        }
        offers = now;
      });
      if (standing.length === 0) return;
      const again = setInterval(() => attention.play("offer"), AGAIN_MS);
      return () => clearInterval(again);
    });

    $effect(() => {
      const rows = desk.rows;
      const me = hub.me?.agent;
      untrack(() => {
        for (const row of rows.values()) {
          if (row.holder.kind !== "agent" || row.holder.id !== me || row.last?.by !== "customer") continue;
          const before = heard.get(row.id);
          heard.set(row.id, row.last.at);
          // The first look at a chat is no news.
          if (before === undefined || row.last.at <= before) continue;
          if (!document.hidden && desk.open?.id === row.id) continue;
          attention.play("message");
          attention.notify(row.id, customerName(row), row.last.text, () => go(row.id));
        }
      });
    });

    $effect(() => {
      const now = desk.counts.mentions;
      untrack(() => {
        if (mentions !== undefined && now > mentions) {
          attention.play("mention");
          attention.notify("mentions", t("call_mention"), "", () => undefined);
        }
        mentions = now;
      });
    });

    $effect(() => {
      const standing = new Set(desk.alerts.map((alert) => `${alert.kind}:${alert.queue?.id ?? ""}`));
      untrack(() => {
        if ([...standing].some((one) => !alerts.has(one))) attention.play("alert");
        alerts = standing;
      });
    });
  });

  return () => {
    stop();
    removeEventListener("pointerdown", attention.wake);
    removeEventListener("keydown", attention.wake);
  };
}
