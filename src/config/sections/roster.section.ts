import { IsOptional } from 'class-validator';
import { Entries, OneOf, Text, YesNo } from '../fields.js';
import { isDatePattern, isTimeZone } from '../formats.js';
import { isSecureUrl } from '../secure-url.js';
import { type RosterFormat, rosterFormats } from '../roster-formats.js';
import { durationExpected, parseDuration } from '../../checks/duration.js';

export const rosterStatuses = ['active', 'on_leave', 'pending', 'terminated'] as const;
export const rosterColumns = [
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
] as const;

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');
const has = (words: readonly string[], word: string): boolean => words.includes(word);

export class RosterSection {
  @Text(
    'the path of a file, or an https address without a user name in it (http only to this machine)',
    (text) => !/^[a-z][a-z0-9+.-]+:\/\//i.test(text) || isSecureUrl(text),
    { secret: true },
  )
  readonly source: string;

  @IsOptional()
  @Entries('header names with a value on one line each', (_, name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name), {
    secret: true,
  })
  readonly headers?: Record<string, string> | null;

  @IsOptional()
  @OneOf(rosterFormats)
  readonly format?: RosterFormat | null;

  @IsOptional()
  @Text('a time zone such as Europe/Berlin or UTC', isTimeZone)
  readonly timeZone?: string | null;

  @IsOptional()
  @Text('DD, MM and YYYY with separators between them, such as DD.MM.YYYY', isDatePattern)
  readonly dateFormat?: string | null;

  @IsOptional()
  @Entries(`a heading of the file as key and one of these as value: ${listed(rosterColumns)}`, (column) =>
    has(rosterColumns, column),
  )
  readonly columns?: Record<string, string> | null;

  @IsOptional()
  @Entries(`a word of the file as key and one of these as value: ${listed(rosterStatuses)}`, (status) =>
    has(rosterStatuses, status),
  )
  readonly statuses?: Record<string, (typeof rosterStatuses)[number]> | null;

  @IsOptional()
  @YesNo()
  readonly currentStaffOnly?: boolean | null;

  @IsOptional()
  @Text(durationExpected, (text) => parseDuration(text) !== null)
  readonly maxAge?: string | null;
}
