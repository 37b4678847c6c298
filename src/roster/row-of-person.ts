import type { PersonData } from './person.js';
import type { Row } from './row.js';

/** What the data of a person with one row does not tell of that row; null: it tells everything. */
export function restOf(row: Row, data: Pick<PersonData, 'otherEmails'>): Row | null {
  if (row.refused) return row;
  const { otherEmails } = row;
  const told =
    otherEmails.length === data.otherEmails.length &&
    otherEmails.every((address, index) => address === data.otherEmails[index]);
  return told ? null : row;
}

interface StoredRow {
  readonly employee_id: string;
  /** Of a row that was kept as it is. */
  readonly row: Row | null;
  readonly line: number | null;
  readonly data: PersonData | null;
}

/** The row again of which a person was made. `saysStatus`: its roster has a column for it. */
export function rowOf({ employee_id: id, row, line, data }: StoredRow, saysStatus: boolean): Row {
  if (row !== null) return row;
  const spell = data?.spells[0];
  if (data === null || spell === undefined || line === null) throw new Error(`The row of ${id} is nowhere.`);
  return {
    line,
    id,
    name: data.fullName,
    email: data.workEmail,
    otherEmails: data.otherEmails,
    username: data.dockerUsername,
    status: saysStatus ? spell.status : undefined,
    start: spell.startDate,
    end: spell.endDate,
    department: spell.department,
    title: spell.jobTitle,
    manager: spell.managerEmail,
    type: spell.employmentType,
    refused: false,
  };
}
