/** For somebody who looks at another tab: a number in the title, and two soft notes. */
const MUTED = "baton-muted";
let waiting = 0;
let title = "";
let sound: AudioContext | undefined;

export function muted(): boolean {
  try {
    return localStorage.getItem(MUTED) !== null;
  } catch {
    return false;
  }
}

export function setMuted(yes: boolean): void {
  try {
    if (yes) localStorage.setItem(MUTED, "1");
    else localStorage.removeItem(MUTED);
  } catch {
    // Forbidden: it holds for as long as the page stands.
  }
}

export function attention(fresh: number, heard: boolean): void {
  if (waiting === 0) {
    title = document.title;
    document.addEventListener("visibilitychange", seen);
  }
  waiting += fresh;
  document.title = `(${waiting}) ${title}`;
  if (heard && !muted()) ring();
}

function seen(): void {
  if (document.hidden) return;
  document.removeEventListener("visibilitychange", seen);
  // The page may have named itself anew meanwhile.
  if (document.title === `(${waiting}) ${title}`) document.title = title;
  waiting = 0;
}

function ring(): void {
  try {
    sound ??= new AudioContext();
    const now = sound.currentTime;
    for (const [at, pitch] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const [note, volume] = [sound.createOscillator(), sound.createGain()];
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0, now + at);
      volume.gain.linearRampToValueAtTime(0.08, now + at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, now + at + 0.3);
      note.connect(volume).connect(sound.destination);
      note.start(now + at);
      note.stop(now + at + 0.32);
    }
  } catch {
    // No sound here: the title says it.
  }
}
