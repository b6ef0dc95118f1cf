/** A passphrase to pass on once: 80 random bits in letters that nobody confuses when they are read out. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

export function freshPassphrase(): string {
  const letters: string[] = [];
  while (letters.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16)))
      // Those above would make the first letters likelier.
      if (byte < 248 && letters.length < 16) letters.push(LETTERS[byte % LETTERS.length] ?? "");
  }
  return letters.join("").replace(/(.{4})(?=.)/g, "$1-");
}
