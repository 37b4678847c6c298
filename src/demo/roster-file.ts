import { stringify } from 'csv-stringify/sync';

/** A line of a roster file in its canonical columns; dates are `YYYY-MM-DD` or ''. */
export interface RosterLine {
  readonly employee_id: string;
  readonly full_name: string;
  readonly work_email: string;
  readonly other_emails: string;
  readonly status: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly department: string;
  readonly job_title: string;
  readonly manager_email: string;
  readonly employment_type: string;
  readonly docker_username: string;
}

const columns: (keyof RosterLine)[] = [
  'employee_id',
  'full_name',
  'work_email',
  'other_emails',
  'status',
  'start_date',
  'end_date',
  'department',
  'job_title',
  'manager_email',
  'employment_type',
  'docker_username',
];

export function rosterCsv(lines: readonly RosterLine[]): string {
  return stringify([...lines], { header: true, columns });
}
