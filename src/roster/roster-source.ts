import type { Mistake, RosterConfig } from '../config/configuration.js';
import type { Column } from './headings.js';

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
   * May be called once. A record whose cells are not as many as the headings is passed on as it is; blank lines are not
   * records.
   */
  records(): AsyncIterable<RawRecord>;
}

/** One format that rosters come in: turns text into records, and judges nothing that another format would judge alike. */
export interface RosterSource {
  readonly id: RosterConfig['format'];
  /** Its lists never hold anybody who has left, whatever the configuration says. */
  readonly currentStaffOnly: boolean;
  /** The `Accept` header that asks a server for it. */
  readonly mediaTypes: string;
  /** Headings, folded, that mean something in this format only. */
  readonly understands: Readonly<Record<string, Column>>;
  /** `text` is valid UTF-8 without a byte order mark. `knows` tells a heading that we understand from any other word. */
  open(text: Buffer, knows: (heading: string) => boolean): RawRoster | readonly RosterMistake[];
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
