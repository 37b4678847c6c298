import { mostRows, mostSentences } from './limits.js';
import { mistakeAt, type RosterMistake } from './roster-source.js';
import type { RefusedRow } from './row.js';

/** As many as a roster may have that is not refused whole. */
const mostKept = mostRows / 100 + 1;

/** The rows of one roster that cannot be used; of more than any roster may have, the first, which are shown, and how many. */
export class RefusedRows {
  private kept: RefusedRow[] = [];
  private rows = 0;
  private sentences = 0;

  /** Returns what is kept of it. */
  add(row: RefusedRow): RefusedRow {
    this.rows += 1;
    this.sentences += row.mistakes.length;
    // Its texts are cut out of the file, and would each keep a piece of that.
    const copy: RefusedRow = JSON.parse(JSON.stringify(row));
    this.kept.push(copy);
    if (this.kept.length >= mostKept * 2) this.kept = this.inOrder().slice(0, mostKept);
    return copy;
  }

  inOrder(): RefusedRow[] {
    return this.kept.toSorted((left, right) => left.line - right.line);
  }

  /** Of `total` rows; null where they may be refused alone. */
  tooMany(total: number): readonly RosterMistake[] | null {
    if (total === 0) return [mistakeAt(null, 'there is nobody in it; expected at least one person.')];
    const allowed = Math.max(1, total / 100);
    if (this.rows <= allowed && this.rows < total) return null;
    const rest = this.sentences - mostSentences;
    const reason =
      this.rows === total
        ? `no row of ${total} can be read; expected at least one that can.`
        : `${this.rows} rows of ${total} cannot be read; expected at most ${Math.floor(allowed)}, and the file is refused whole.`;
    return [
      mistakeAt(null, reason),
      ...this.inOrder()
        .flatMap((row) => row.mistakes)
        .slice(0, mostSentences),
      ...(rest > 0 ? [mistakeAt(null, `and ${rest} more of the same kind.`)] : []),
    ];
  }
}
