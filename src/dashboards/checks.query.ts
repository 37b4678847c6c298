import type { EntityManager } from 'typeorm';
import { catalog } from '../checks/catalog.js';
import type { Severity } from '../checks/check.js';
import { parseDuration } from '../checks/duration.js';
import type { CheckStatus } from '../findings/report.js';
import type { CheckDetail, CheckFindings, CheckTrendPoint, EvaluatedCheck, VerdictCounts } from './checked.js';
import { standing, standingParameters } from './standing.query.js';
import type { View } from './view.query.js';

const nightsOfTrend = 30;

interface CountsRow {
  status: CheckStatus;
  pass: number;
  fail: number;
  unknown: number;
  error: number;
  not_applicable: number;
  excepted: number;
}

interface CheckRow extends CountsRow {
  id: string;
  title: string;
  severity: Severity;
  policy: {
    readonly enabled: boolean;
    readonly reason: string | null;
    readonly sla?: string;
    /** Instead of `sla`, in policies that were recorded before business days were counted. */
    readonly slaMs?: number;
    readonly policy: Readonly<Record<string, unknown>>;
  } | null;
}

/** Every check of one evaluation, in the order of its report. */
export async function findChecks(manager: EntityManager, view: View): Promise<EvaluatedCheck[]> {
  return (await readChecks(manager, view, null)).map(readCheck);
}

/** Null: the evaluation had no such check. */
export async function findCheck(manager: EntityManager, view: View, id: string): Promise<CheckDetail | null> {
  const [row] = await readChecks(manager, view, id);
  if (row === undefined) return null;
  const check = catalog.find((one) => one.id === id);
  return {
    ...readCheck(row),
    why: check?.why ?? '',
    remedy: check?.remedy ?? '',
    policy: row.policy?.policy ?? {},
    findings: await countFindings(manager, view, id),
    trend: await readTrend(manager, view, id),
  };
}

async function readChecks(manager: EntityManager, view: View, id: string | null): Promise<CheckRow[]> {
  return manager.query(
    `select evaluated_check.check_id as id, title, severity, status, pass, fail, unknown, error, not_applicable, excepted,
            policy.value as policy
       from evaluated_check
       join evaluation on evaluation.number = evaluated_check.evaluation_number
       left join lateral (
         select value from jsonb_array_elements(evaluation.policy->'checks') as entry(value)
          where value->>'id' = evaluated_check.check_id limit 1) as policy on true
      where evaluation_number = $1 and ($3::text is null or check_id = $3)
      order by array_position($2::text[], check_id), check_id collate "C"`,
    [view.number, catalog.map((check) => check.id), id],
  );
}

async function countFindings(manager: EntityManager, view: View, id: string): Promise<CheckFindings> {
  const [row]: Pick<CheckFindings, keyof CheckFindings>[] = await manager.query(
    `with ${standing(view, 'open')}
     select count(*)::integer as open,
            (count(*) filter (where due_at >= $7 and excepted_by is null))::integer as in_grace,
            (count(*) filter (where due_at < $7 and excepted_by is null))::integer as overdue,
            count(excepted_by)::integer as excepted,
            count(acknowledged_at)::integer as acknowledged
       from standing where check_id = $8 and resolved_at is null`,
    [...standingParameters(view), view.at, id],
  );
  return { open: 0, in_grace: 0, overdue: 0, acknowledged: 0, excepted: 0, ...row };
}

async function readTrend(manager: EntityManager, view: View, id: string): Promise<CheckTrendPoint[]> {
  const rows: (CountsRow & { evaluation: string; at: Date })[] = await manager.query(
    `select evaluation.id as evaluation, evaluation.at, status, pass, fail, unknown, error, not_applicable, excepted
       from evaluation join evaluated_check on evaluated_check.evaluation_number = evaluation.number
      where evaluation.number <= $1 and check_id = $2
      order by evaluation.number desc limit $3`,
    [view.number, id, nightsOfTrend],
  );
  return rows.toReversed().map((row) => ({
    evaluation: row.evaluation,
    at: row.at.toISOString(),
    status: row.status,
    counts: countsOf(row),
  }));
}

function readCheck(row: CheckRow): Pick<EvaluatedCheck, keyof EvaluatedCheck> {
  const check = catalog.find(({ id }) => id === row.id);
  return {
    id: row.id,
    title: row.title,
    severity: row.severity,
    status: row.status,
    counts: countsOf(row),
    enabled: row.policy?.enabled ?? false,
    disabledBecause: row.policy?.enabled === false ? row.policy.reason : null,
    ...slaOf(row.policy),
    dataTrust: check?.dataTrust === true,
    needs: (check?.needs ?? []).map((need) =>
      typeof need === 'string' ? { dataset: need, when: 'always' } : { dataset: need.dataset, when: need.when },
    ),
    controls: check?.controls ?? [],
  };
}

function slaOf(policy: CheckRow['policy']): Pick<EvaluatedCheck, 'sla' | 'slaSeconds'> {
  const { sla, slaMs } = policy ?? {};
  if (sla === undefined) {
    return {
      sla: slaMs === undefined ? null : `${slaMs / 1000}s`,
      slaSeconds: slaMs === undefined ? null : slaMs / 1000,
    };
  }
  const milliseconds = parseDuration(sla);
  return { sla, slaSeconds: milliseconds === null ? null : milliseconds / 1000 };
}

function countsOf({ pass, fail, unknown, error, not_applicable, excepted }: CountsRow): VerdictCounts {
  return { pass, fail, unknown, error, not_applicable, excepted };
}
