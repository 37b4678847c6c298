/**
 * What an evaluation could see of each table, as conditions over what the table has now. `$number` stands for the evaluation's
 * number, `$roster` for its roster; a row of `seen` is an organization that it judged (`organization_id`) with its snapshot
 * (`run_id`). A table that is not in here makes a test fail: whoever adds one says what of it was known.
 */
export type AsKnown =
  /** These rows, as they are; columns of `ends` that an end has since been written into are null again. */
  | { readonly rows: string; readonly ends?: Readonly<Record<string, string>>; readonly written?: true }
  /** The rows that had been recorded by an instant, as they were; the table keeps its past ones in `past_row`. */
  | { readonly kept: Moment; readonly written?: true }
  /** No judgement rests on it. */
  | 'nothing';

/** When the evaluation read; when its verdicts met the findings; when its run matched accounts to people. */
export type Moment = 'read' | 'judged' | 'matched';

const ofOrganization = (column: string): string =>
  `exists (select from seen where seen.organization_id = own.organization_id and ${column} <= seen.run_id)`;
const ofRun = (column: string): string => `exists (
  select from seen join sync_run as made on made.organization_id = seen.organization_id
   where made.id = ${column} and made.id <= seen.run_id)`;

/** `written`: an evaluation, or a matching, writes into it. `own` is the table itself. */
export const asKnown: Readonly<Record<string, AsKnown>> = {
  organization: { rows: 'true' },
  sync_run: { rows: ofOrganization('own.id') },
  dataset_reading: { rows: ofRun('own.run_id') },
  listing: 'nothing',
  staged_observation: 'nothing',
  unchanged_batch: 'nothing',
  observation: {
    rows: ofOrganization('own.first_snapshot'),
    ends: { last_snapshot: ofOrganization('own.last_snapshot') },
  },
  unverified: { rows: ofRun('own.snapshot') },
  held_loss: { kept: 'read' },
  audit_event: { rows: ofOrganization('own.run_id') },
  audit_window: { rows: ofOrganization('own.run_id') },
  audit_absence: { rows: ofRun('own.run_id') },
  roster: { kept: 'read' },
  roster_reading: { kept: 'read' },
  roster_candidate: 'nothing',
  person: { rows: 'own.first_roster <= $roster', ends: { last_roster: 'own.last_roster <= $roster' } },
  link: { kept: 'matched', written: true },
  unmatched: { kept: 'matched', written: true },
  evaluation: { rows: 'own.number < $number', written: true },
  evaluated_snapshot: { rows: 'own.evaluation_number < $number', written: true },
  evaluated_check: { rows: 'own.evaluation_number < $number', written: true },
  // Of verdicts, an evaluation looks at those alone that stood until then.
  verdict: {
    rows: 'own.first_evaluation < $number and (own.last_evaluation is null or own.last_evaluation >= $number)',
    ends: { last_evaluation: 'own.last_evaluation < $number' },
    written: true,
  },
  // What it takes to judge faster; who judges again compares every verdict.
  judged_state: 'nothing',
  judged_group: 'nothing',
  judged_apart: 'nothing',
  finding: { kept: 'judged', written: true },
  finding_transition: { kept: 'judged', written: true },
  exception: { kept: 'judged', written: true },
  excepted_finding: { kept: 'judged', written: true },
  attestation: { kept: 'judged' },
  // Recorded with the evaluation: see findings/operation.query.ts.
  alert_channel: 'nothing',
  alert_message: 'nothing',
  alert_item: 'nothing',
  run: 'nothing',
  schedule_slot: 'nothing',
  api_token: {
    rows: 'own.created_at < $read',
    ends: { revoked_at: 'own.revoked_at < $read', revoked_by: 'own.revoked_at < $read' },
  },
  trail_entry: { rows: 'own.number <= $decided' },
  trail_head: 'nothing',
  voice: 'nothing',
  past_row: 'nothing',
  history_horizon: 'nothing',
  folded_snapshot: 'nothing',
  rate_window: 'nothing',
  run_reading: 'nothing',
  evaluation_at_work: 'nothing',
  evaluation_slice: 'nothing',
  evaluation_part: 'nothing',
};
