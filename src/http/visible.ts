/**
 * Text from elsewhere (a display name, a message of a server) without anything that a terminal obeys or that changes the
 * order of what people read: each such character is shown by its code.
 */
export function visible(text: string): string {
  return text.replaceAll(hidden, codeOf);
}

/** The same for text that may have lines of its own. */
export function visibleLines(text: string): string {
  return text.replaceAll(hidden, (character) =>
    character === '\n' || character === '\t' ? character : codeOf(character),
  );
}

// Control characters, line and paragraph separators, marks and overrides of the writing direction, halves of characters.
const hidden = /[\p{Cc}\p{Cs}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

function codeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
