import { mostCharactersOfACell } from './limits.js';
import type { Day, Status } from './person.js';
import type { Cell, RosterMistake } from './roster-source.js';

/** A row that cannot be used, and whatever tells whose it was. */
export interface RefusedRow {
  readonly line: number;
  readonly employeeId: string | null;
  /** Ids and addresses that stand in it: people of an earlier roster are found by them and not taken for gone. */
  readonly mentions: readonly string[];
  /** Addresses in a row of which no cell is certain: they may be the person's, so they are nobody else's for certain. */
  readonly addresses: readonly string[];
  readonly mistakes: readonly RosterMistake[];
}

/** One row, read. Undefined: the roster does not have the column; null: the cell is blank. */
export interface Row {
  readonly line: number;
  readonly id: string;
  readonly name: string | null | undefined;
  readonly email: string | null | undefined;
  readonly otherEmails: readonly string[];
  readonly username: string | null | undefined;
  readonly status: Status | null | undefined;
  readonly start: Day | null;
  readonly end: Day | null;
  readonly department: string | null | undefined;
  readonly title: string | null | undefined;
  readonly manager: string | null | undefined;
  readonly type: string | null | undefined;
  /** Something of the row could not be read: it is no spell, and its keys are what is left of it. */
  readonly refused: boolean;
}

/** The cells of a record that the plan asks for, trimmed, in the plan's order. */
export type Cells = readonly Cell[];

/** What is no text at all, by its place in the plan. */
export type CellProblems = readonly { readonly index: number; readonly problem: string }[];

/** A cell without text in it says as little as one that is not there. */
export function blankToNull(cell: Cell): string | null {
  return cell === undefined || cell === null || cell === '' ? null : cell;
}

/**
 * Whether nothing in a text needs a second look: every character is printed ASCII or a Latin letter, no two blanks follow each other,
 * and it is no longer than a cell may be. Then the same is true of every cell that is cut out of it.
 */
export function tidyText(text: string): boolean {
  return text.length <= mostCharactersOfACell && !untidy.test(text);
}

const untidy = /[^\x20-\x7e\u00c0-\u024f]|  /;

// No control character but tab and line ends, and nothing of a pair.
const ordinary = /^[\t\n\r\x20-\ud7ff\ue000-\uffff]*$/;

/** Why a text cannot be kept at all; null where it can. */
export function textProblem(value: string): string | null {
  if (value.length <= mostCharactersOfACell && ordinary.test(value)) return null;
  if (value.length > mostCharactersOfACell) return 'is too long';
  if (/\p{Surrogate}/u.test(value)) return 'holds half a character';
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code < 32 && code !== 9 && code !== 10 && code !== 13) return 'holds a control character';
  }
  return null;
}
