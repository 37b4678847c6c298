import type { EntityManager } from 'typeorm';
import { catalog } from '../checks/catalog.js';
import type { Severity, SubjectKind } from '../checks/check.js';
import type { Outcome } from '../findings/report.js';
import { dispositionSql, filterFindings, onlyOpen } from './filter-findings.query.js';
import type { Finding, FindingDetail, FindingTransition } from './finding.js';
import type { FindingFilters } from './finding-filters.js';
import { partsOf, saidSince, seenTransition, standing, standingParameters, verdictThen } from './standing.query.js';
import type { Reading, View } from './view.query.js';

interface FindingRow {
  id: string;
  check_id: string;
  organization: string | null;
  subject_kind: SubjectKind;
  subject_key: string;
  subject_name: string;
  subject_system: string | null;
  severity: Severity;
  disposition: Finding['disposition'];
  reason: string;
  message: string;
  verdict: Outcome | null;
  first_seen_at: Date;
  began_at: Date;
  due_at: Date;
  acknowledged_at: Date | null;
  acknowledged_by: string | null;
  acknowledged_reason: string | null;
  resolved_at: Date | null;
  resolved_because: string | null;
  reopened: number;
  recurrence_of: string | null;
  excepted_by: string | null;
}

const sameSubjectThen = `verdict.organization_id = standing.organization_id and verdict.subject_kind = standing.subject_kind
  and verdict.subject_key = standing.subject_key and verdict.check_id = standing.check_id`;

/** What is shown of the findings in `standing`; $1 to $6 are its parameters, $7 is the clock of the evaluation. */
const shown = `
  standing.id, standing.check_id,
  (select organization.name from organization where organization.id = standing.organization_id) as organization,
  standing.subject_kind, standing.subject_key, coalesce(said.subject_name, standing.subject_name) as subject_name,
  standing.subject_system, standing.severity, ${dispositionSql} as disposition,
  coalesce(said.reason, standing.reason) as reason, coalesce(said.message, standing.message) as message,
  (select verdict.outcome from verdict where ${sameSubjectThen} and ${verdictThen}
    order by verdict.first_evaluation desc limit 1) as verdict,
  standing.first_seen_at, standing.began_at, standing.due_at, standing.acknowledged_at, standing.acknowledged_by,
  standing.acknowledged_reason, standing.resolved_at, standing.resolved_because, standing.reopened, standing.recurrence_of,
  standing.excepted_by`;

/** One more than the limit, where there are more. */
export async function findFindings(
  manager: EntityManager,
  reading: Reading,
  filters: FindingFilters,
): Promise<Finding[]> {
  const { view } = reading;
  const { conditions, parameters, orderBy } = filterFindings(filters, view, reading.after);
  const where = conditions.length === 0 ? 'true' : conditions.join(' and ');
  const cut = `order by ${orderBy} limit $${parameters.length + 1}`;
  const asked = onlyOpen(filters) ? 'open' : 'any';
  const [unchanged, ...changed] = partsOf(view, asked);
  // What was open at an instant is read from an index whole, and only what is on the page from the table.
  const place = view.past ? `id = any (array(select id from ${unchanged} as standing where ${where} ${cut}))` : where;
  const rows: FindingRow[] = await manager.query(
    `with ${standing(view, asked, orderBy)},
       page as (
         (select * from ${unchanged} as standing where ${place} ${cut})
         ${changed.map((part) => `union all (select * from ${part} as standing where ${where} ${cut})`).join(' ')}
         ${cut})
     select ${shown} from page as standing left join lateral ${saidSince} as said on true
      order by ${orderBy}`,
    [...parameters, reading.limit + 1],
  );
  return rows.map(readFinding);
}

/** Null: the view has no such finding. */
export async function findFinding(manager: EntityManager, view: View, id: string): Promise<FindingDetail | null> {
  const [row]: (FindingRow & { facts: FindingDetail['facts'] | null })[] = await manager.query(
    `with ${standing(view, { ids: '$8::bigint' })}
     select ${shown},
            (select verdict.facts from verdict
              where ${sameSubjectThen} and verdict.first_evaluation <= $1
              order by verdict.first_evaluation desc limit 1) as facts
       from standing left join lateral ${saidSince} as said on true
      where standing.id = $8`,
    [...standingParameters(view), view.at, id],
  );
  if (row === undefined) return null;
  const history: (Omit<FindingTransition, 'at'> & { at: Date })[] = await manager.query(
    `select at, kind, because, by,
            (select evaluation.id from evaluation where evaluation.number = evaluation_number) as evaluation
       from finding_transition join finding on finding.id = finding_id
      where finding_id = $7 and ${seenTransition}
      order by finding_transition.id`,
    [...standingParameters(view), id],
  );
  const check = catalog.find((one) => one.id === row.check_id);
  return {
    ...readFinding(row),
    why: check?.why ?? '',
    remedy: check?.remedy ?? '',
    facts: row.facts ?? {},
    history: history.map(({ at, ...rest }) => ({ at: at.toISOString(), ...rest })),
  };
}

const titles: ReadonlyMap<string, string> = new Map(catalog.map(({ id, title }) => [id, title]));

function readFinding(row: FindingRow): Pick<Finding, keyof Finding> {
  return {
    id: row.id,
    check: row.check_id,
    title: titles.get(row.check_id) ?? row.check_id,
    severity: row.severity,
    organization: row.organization,
    subject: {
      kind: row.subject_kind,
      id: row.subject_key,
      name: row.subject_name,
      ...(row.subject_system !== null && { system: row.subject_system }),
    },
    status: row.resolved_at === null ? 'open' : 'resolved',
    disposition: row.disposition,
    reason: row.reason,
    message: row.message,
    verdict: row.verdict,
    firstSeenAt: row.first_seen_at.toISOString(),
    beganAt: row.began_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedReason: row.acknowledged_reason,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    resolvedBecause: row.resolved_because,
    reopened: row.reopened,
    recurrenceOf: row.recurrence_of,
    exception: row.excepted_by,
  };
}
