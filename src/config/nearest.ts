import { distance } from 'fastest-levenshtein';

const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** The known word that somebody probably meant, or null where none is near enough to be worth saying. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const difference = distance(plain(word), plain(candidate));
    const limit = Math.max(1, Math.min(3, Math.floor(Math.min(word.length, candidate.length) / 3)));
    if (difference <= limit && difference < bestDistance) {
      best = candidate;
      bestDistance = difference;
    }
  }
  return best;
}

/**
 * The end of a sentence about an unknown word: what was probably meant, or everything that there is. `announced` may be
 * meant, too, but are not there yet.
 */
export function didYouMean(word: string, known: readonly string[], announced: readonly string[] = []): string {
  const near = nearest(word, [...known, ...announced]);
  if (near !== null) return `did you mean \`${near}\`?`;
  return known.length === 0 ? 'none is known here' : `known are ${known.map((name) => `\`${name}\``).join(', ')}`;
}
