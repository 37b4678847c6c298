import { rosterColumns } from '../config/sections/roster.section.js';

/** What a roster may say about a person, under the names of the canonical CSV header. */
export type Column = (typeof rosterColumns)[number];

/** Where a cell goes. Two of them make up a full name where the roster has none. */
export type Field = Column | 'first_name' | 'last_name';

/** Headings separated by `|`. */
function list(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split('|').map((heading) => heading.trim()));
}

/**
 * The headings that BambooHR, HiBob, Personio (English and German), Rippling and Workday export, best first: where a
 * file has several for one field, the first of this order is the one that is read.
 */
const synonyms: Readonly<Record<Field, readonly string[]>> = {
  employee_id: list(
    'Employee ID | Employee Number | Employee No. | Employee # | Company Employee ID | Worker ID | EEID',
    'Mitarbeiter-ID | Mitarbeiternummer | Mitarbeitenden-ID | Personalnummer | Personal-Nr. | Personalnr',
  ),
  full_name: list(
    'Full Name | Display Name | Preferred Full Name | Legal Full Name | Vollständiger Name',
    'Employee Name | Worker Name | Legal Name | Bezeichnung | Mitarbeiter | Name | Employee | Worker',
    'Preferred Name',
  ),
  first_name: list(
    'First Name | Legal First Name | Legal Name - First Name | Preferred First Name | Given Name',
    'Forename | Vorname',
  ),
  last_name: list(
    'Last Name | Legal Last Name | Legal Name - Last Name | Preferred Last Name | Family Name | Surname',
    'Nachname | Familienname',
  ),
  work_email: list(
    'Work Email | Work Email Address | Email - Primary Work | Email - Work | Primary Work Email',
    'Company Email | Business Email | Geschäftliche E-Mail | Geschäftliche E-Mail-Adresse',
    'Dienstliche E-Mail | E-Mail (geschäftlich) | Email Address | Email | E-Mail-Adresse',
  ),
  other_emails: list(
    'Other Emails | Additional Email | Additional Emails | Additional Email Address',
    'Additional Email Addresses | Weitere E-Mails | Weitere E-Mail-Adressen',
  ),
  status: list(
    'Status | Lifecycle Status | Employee Status | Worker Status | Active Status | Currently Active',
    'Employment Status | Mitarbeiterstatus | Beschäftigungsstatus',
  ),
  start_date: list(
    'Start Date | Hire Date | Date of Hire | Employment Start Date | Anstelldatum | Einstellungsdatum',
    'Datum der Einstellung | Eintrittsdatum | Eintritt | Startdatum | Beschäftigungsbeginn',
  ),
  end_date: list(
    'End Date | Last Day of Work | Last Working Day | Last Day Worked | Letzter Arbeitstag',
    'Termination Date | End of Employment | Employment End Date | Ende des Arbeitsverhältnisses',
    'Austrittsdatum | Austritt | Enddatum | Beschäftigungsende',
  ),
  department: list('Department | Department Name | Abteilung | Supervisory Organization'),
  job_title: list(
    'Job Title | Business Title | Position Title | Title | Position | Stellenbezeichnung',
    'Positionsbezeichnung | Jobtitel',
  ),
  manager_email: list(
    'Manager Email | Manager Email Address | Manager - Work Email | Manager Work Email | Manager - Email',
    "Manager's Email | Reports to Email | Reports to - Email | Reporting to Email | Supervisor Email",
    'Supervisor Work Email | Vorgesetzter E-Mail | E-Mail des Vorgesetzten | E-Mail Vorgesetzter',
  ),
  employment_type: list(
    'Employment Type | Employment Type Name | Worker Type | Employee Type | Contract Type',
    'Anstellungsart | Beschäftigungsart | Art der Beschäftigung',
  ),
  docker_username: list('Docker Username | Docker Hub Username | Docker ID | Docker Hub ID'),
};

/**
 * Headings of the same exports that mean nothing to us and look like ones that do. Without this list a `State` would be
 * taken for a misspelt `Status`.
 */
const meaningless: readonly string[] = list(
  'State | Site | Site Name | Note | Notes | Date | Race | Age | Stage | Grade | Titel | Tier',
  'Employer | Legal Employer | Nickname | Nick Name | User Name | Username | Rufname | Spitzname',
  'Geburtsname | Middle Name | Birth Name | Department ID | Department Code | Position ID',
  'Job Title ID | Manager | Manager ID | Manager Name | Supervisor | Supervisor ID | Reports To',
  "Reporting To | Worker's Manager | Vorgesetzter | Home Email | Personal Email | Private Email",
  'Private E-Mail | Home Email Address | Contract End Date | Contract Start Date | Vertragsende',
  'Vertragsbeginn | Original Hire Date | Original Start Date | Rehire Date | Probation End Date',
  'Birth Date | Date of Birth | Geburtsdatum | Effective Date | Kündigungsdatum | Last Changed | Team',
  'Teams | Division | Location | Office | Company | Cost Center | Employment Status: Date',
  'Employment Status Date | Time Type | On Leave | Retired | Country | City | Gender',
  'Standort | Kostenstelle | Gesellschaft',
);

/** A heading without what varies from export to export: case, spaces, underscores, hyphens, punctuation. */
export function fold(heading: string): string {
  return heading
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}#]/gu, '');
}

interface Known {
  readonly field: Field;
  /** Lower is better. */
  readonly rank: number;
  /** As we would write it. */
  readonly heading: string;
  readonly canonical: boolean;
}

const fields: readonly Field[] = [...rosterColumns, 'first_name', 'last_name'];

/** By folded heading. */
export const knownHeadings: ReadonlyMap<string, Known> = new Map(
  fields.flatMap((field) => {
    const canonical = rosterColumns.find((column) => column === field);
    const headings = [...(canonical === undefined ? [] : [canonical]), ...synonyms[field]];
    // The canonical name often folds to the same as a vendor's, and of two equal keys the last one stays.
    return headings
      .map((heading, rank): [string, Known] => [
        fold(heading),
        { field, rank, heading, canonical: heading === canonical },
      ])
      .toReversed();
  }),
);

export const meaninglessHeadings: ReadonlySet<string> = new Set(meaningless.map((heading) => fold(heading)));
