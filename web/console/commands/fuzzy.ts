/** Finds by the letters of a word or of several in any order: "tr" and "fer" find "Transfer". */
export type Found = { score: number; marks: readonly number[] };

const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export function fuzzy(query: string, text: string): Found | undefined {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const target = plain(text);
  let score = 0;
  const marks = new Set<number>();
  for (const word of words) {
    const found = one(word, target);
    if (!found) return undefined;
    score += found.score;
    for (const mark of found.marks) marks.add(mark);
  }
  // Marks are shown on the text itself: only where folding left its length alone.
  return {
    score: score - text.length / 100,
    marks: target.length === text.length ? [...marks].sort((a, b) => a - b) : [],
  };
}

function one(word: string, text: string): Found | undefined {
  const whole = text.indexOf(word);
  if (whole >= 0) {
    const start = whole === 0 || !/[\p{L}\p{N}]/u.test(text[whole - 1] ?? "");
    return {
      score: word.length * 4 + (start ? 10 : 0) + (whole === 0 ? 6 : 0),
      marks: Array.from(word, (_, i) => whole + i),
    };
  }
  const marks: number[] = [];
  let score = 0;
  let at = -1;
  for (const letter of word) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    const start = next === 0 || !/[\p{L}\p{N}]/u.test(text[next - 1] ?? "");
    score += next === at + 1 ? 3 : start ? 2 : 0.2;
    marks.push(next);
    at = next;
  }
  // Letters strewn over the text are chance.
  return score < word.length * 0.9 ? undefined : { score, marks };
}
