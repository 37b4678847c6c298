import { pruneRows, type PruneStep } from '../database/pruning.js';
import { sameSubject } from './same-subject.js';

/** What failed last is what an exception accepts, for as long as the finding is open. */
const isNeeded = `verdict.outcome = 'fail' and exists (
  select from finding where ${sameSubject('finding', 'verdict')} and finding.resolved_at is null)`;

/** No evaluation from the horizon on has them before its eyes: an evaluation reads the verdicts that stood until it, too. */
const verdicts = pruneRows(
  'verdict',
  `select verdict.id as key from verdict
    where verdict.last_evaluation < (select evaluation from horizon) and not (${isNeeded})
    order by verdict.last_evaluation`,
);

/** With their counts and snapshots. */
const evaluations = pruneRows(
  'evaluation',
  `select evaluation.number as key from evaluation
    where evaluation.number < (select evaluation from horizon) order by evaluation.number`,
  { key: 'number' },
);

/**
 * Resolved before anything that an evaluation looks back on. A decision about a finding, or a finding that follows it, keeps
 * it; so does a message that tells of it, or that nobody has made yet. Since when a leaver's access was known is told for as
 * long as the account is followed.
 */
const findings = pruneRows(
  'finding',
  `select finding.id as key from finding
    where finding.resolved_at < (select facts_at from horizon)
      and not exists (select from exception where exception.finding_id = finding.id)
      and not exists (select from excepted_finding where excepted_finding.finding_id = finding.id)
      and not exists (select from finding as later where later.recurrence_of = finding.id)
      and not exists (
        select from alert_item join alert_message on alert_message.id = alert_item.message_id
         where alert_item.finding_id = finding.id
           and (alert_message.created_at >= (select begins_at from horizon) or alert_message.state in ('waiting', 'sending')))
      and not exists (
        select from alert_channel
          join finding_transition on finding_transition.finding_id = finding.id
           and finding_transition.id > alert_channel.planned_through
         where alert_channel.last_seen_at >= (select begins_at from horizon))
      and not (finding.check_id = 'offboarded-access-removed' and exists (
        select from link
         where link.organization_id = finding.organization_id and link.subject_kind = finding.subject_kind
           and link.subject_key = finding.subject_key))
    order by finding.id`,
  {
    also: `transitions as (
      delete from finding_transition where finding_id in (select key from due) returning 1),`,
  },
);

/** In this order: what was judged, by which evaluations, and what came of it. */
export const judgementSteps: readonly PruneStep[] = [verdicts, evaluations, findings];
