// Which of many names is meant by what somebody typed: the beginning of words first, then within, then nearly. Pure.

export interface Findable {
  /** Folded name and what else it is known by; see `fold`. */
  folded: string;
  /** Raises a kind over others that fit as well. */
  weight: number;
}

const exactWord = 5;
const wordBegins = 3;
const nameBegins = 1;
const within = 1;
const nearly = 0.5;
/** Of equal ones the shorter name is meant. */
const perLetter = 0.004;
/** Shorter words are within one slip of too many others. */
const fuzzyFrom = 4;
/** Slips are looked for only where the letters themselves find few. */
const fewResults = 8;

/** Small letters without marks; whatever is neither letter nor digit parts words. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** How well all `words` fit; undefined when one does not. */
export function scoreOf(folded: string, words: readonly string[], slips: boolean): number | undefined {
  let score = 0;
  const padded = ` ${folded} `;
  for (const word of words) {
    const fit = scoreWord(padded, word) ?? (slips ? scoreSlip(folded, word) : undefined);
    if (fit === undefined) return undefined;
    score += fit;
  }
  return score - folded.length * perLetter;
}

function scoreWord(padded: string, word: string): number | undefined {
  const at = padded.indexOf(` ${word}`);
  if (at < 0) return padded.includes(word) ? within : undefined;
  const whole = padded.includes(` ${word} `);
  return (whole ? exactWord : wordBegins) + (at === 0 ? nameBegins : 0);
}

function scoreSlip(folded: string, word: string): number | undefined {
  if (word.length < fuzzyFrom) return undefined;
  return folded.split(' ').some((each) => isNearly(word, each)) ? nearly : undefined;
}

/** Whether `typed` begins `word` but for one letter more, less, other, or two turned round. */
export function isNearly(typed: string, word: string): boolean {
  let i = 0;
  while (i < typed.length && typed[i] === word[i]) i++;
  if (i === typed.length) return true;
  const rest = typed.slice(i + 1);
  return (
    word.startsWith(rest, i + 1) ||
    word.startsWith(rest, i) ||
    word.startsWith(typed.slice(i), i + 1) ||
    (typed[i] === word[i + 1] && typed[i + 1] === word[i] && word.startsWith(typed.slice(i + 2), i + 2))
  );
}

/** The best `limit` of `entries` for what was typed, best first; nothing typed fits nothing. */
export function rank<T extends Findable>(entries: Iterable<T>, typed: string, limit: number): T[] {
  const words = fold(typed).split(' ').filter(Boolean);
  if (words.length === 0) return [];
  const all = [...entries];
  const exact = scored(all, words, false);
  const found = exact.length >= fewResults ? exact : scored(all, words, true);
  return found
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ entry }) => entry);
}

function scored<T extends Findable>(
  entries: readonly T[],
  words: readonly string[],
  slips: boolean,
): { entry: T; score: number }[] {
  const found: { entry: T; score: number }[] = [];
  for (const entry of entries) {
    const score = scoreOf(entry.folded, words, slips);
    if (score !== undefined) found.push({ entry, score: score + entry.weight });
  }
  return found;
}
