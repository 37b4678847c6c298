import { visibleLines } from '../http/visible.js';

/** Text that is HTML already: everything else is escaped where it lands. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | null | readonly Html[];

/** Builds HTML; whatever is put in is escaped, unless it is HTML itself, and shows what would change the order of letters. */
export function html(fixed: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(
    fixed.map((text, place) => text + (place < parts.length ? written(parts[place] ?? null) : '')).join(''),
  );
}

function written(part: Part): string {
  if (part === null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'number') return String(part);
  if (typeof part !== 'string') return part.map(({ text }) => text).join('');
  return visibleLines(part).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
