const ascii = /^[\0-\x7f]*$/;
const settled = /^[\0-\u02ff]*$/;

/**
 * Lower case, letter by letter, and only where the way back leads to the same letter: `Ü` becomes `ü`, but the Kelvin
 * sign stays what it is instead of becoming the `k` that it imitates. So no text turns into ASCII that was not ASCII.
 */
export function foldCase(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  return Array.from(text, (letter) => {
    const lower = letter.toLowerCase();
    return lower.toUpperCase() === letter ? lower : letter;
  }).join('');
}

/** Unicode's normal form C. Below U+0300 no letter has another one, beside whatever other it stands. */
export function composed<Text extends string | null | undefined>(text: Text): Text;
export function composed(text: string | null | undefined): string | null | undefined {
  return typeof text !== 'string' || settled.test(text) ? text : text.normalize('NFC');
}

export function isAscii(text: string): boolean {
  return ascii.test(text);
}

/** The same text by itself: one that was cut out of a longer text keeps all of that in memory. */
export function flat(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
