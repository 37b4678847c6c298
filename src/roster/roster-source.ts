import type { Mistake } from '../config/configuration.js';

/**
 * Something in a roster that cannot be used. `line` counts as an editor does, from 1; null where all of the file is
 * meant. `message` names the column, the value and what is expected, not the line.
 */
export interface RosterMistake extends Mistake {
  /** The heading, as the file spells it. */
  readonly column: string | null;
  readonly value: string | null;
}

/** Undefined: this record does not have the column at all. */
export type Cell = string | null | undefined;

export type RawRecord =
  | {
      readonly line: number;
      readonly cells: readonly Cell[];
      /** `tidyText` of all of it. */
      readonly tidy: boolean;
      /** Cells that hold something which is no text at all; they are undefined in `cells`. */
      readonly problems?: readonly { readonly index: number; readonly problem: string }[];
    }
  /** Nothing from here on can be trusted: the file is refused whole, and this is the last record. */
  | { readonly unreadable: RosterMistake };

export interface RawRoster {
  readonly headings: readonly string[];
  /** Null where headings are keys rather than a line of their own. */
  readonly headingsLine: number | null;
  /**
   * From the beginning each time, some at a time. A record whose cells are not as many as the headings is passed on as it
   * is; blank lines are not records.
   */
  records(): AsyncIterable<readonly RawRecord[]>;
}

export function mistakeAt(
  line: number | null,
  message: string,
  column: string | null = null,
  value: string | null = null,
): RosterMistake {
  return {
    file: null,
    line,
    column,
    value,
    message: column === null ? message : `column “${shown(column)}”: ${message}`,
  };
}

/** The mistake as one sentence that stands by itself. */
export function sentence({ line, message }: Mistake): string {
  return line === null ? message : `line ${line}: ${message}`;
}

/** Text of the file inside a sentence: short, and on one line. */
export function shown(text: string): string {
  const flat = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return flat.length > 60 ? `${flat.slice(0, 57)}…` : flat;
}
