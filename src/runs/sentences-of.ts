import type { Mistake } from '../config/configuration.js';

/** Mistakes as one text, each with its place. */
export function sentencesOf(mistakes: readonly Mistake[]): string {
  return mistakes
    .map(({ file, line, message }) => `${file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `}${message}`)
    .join('\n');
}
