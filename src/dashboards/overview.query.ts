import type { EntityManager } from 'typeorm';
import { severities } from '../checks/check.js';
import type { CheckStatus } from '../findings/report.js';
import type { VerdictCounts } from './checked.js';
import type {
  OverviewChanges,
  OverviewEvaluation,
  OverviewFindingCounts,
  OverviewFindings,
  OverviewNight,
  OverviewPosture,
  OverviewRun,
  OverviewSeverity,
} from './overview.js';
import { partsOf, standing, standingParameters } from './standing.query.js';
import type { View } from './view.query.js';

const daysOfTrend = 30;

export async function readEvaluation(manager: EntityManager, view: View): Promise<OverviewEvaluation | null> {
  const [row]: { id: string; at: Date; started_at: Date; finished_at: Date }[] = await manager.query(
    'select id, at, started_at, finished_at from evaluation where number = $1',
    [view.number],
  );
  if (row === undefined) return null;
  return {
    id: row.id,
    at: row.at.toISOString(),
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at.toISOString(),
  };
}

export async function readPosture(manager: EntityManager, view: View): Promise<OverviewPosture> {
  const rows: (VerdictCounts & { status: CheckStatus })[] = await manager.query(
    `select status, pass, fail, unknown, error, not_applicable, excepted
       from evaluated_check where evaluation_number = $1`,
    [view.number],
  );
  const total = (count: (row: VerdictCounts & { status: CheckStatus }) => number): number =>
    rows.reduce((sum, row) => sum + count(row), 0);
  const having = (status: CheckStatus): number => total((row) => (row.status === status ? 1 : 0));
  const subjects = {
    pass: total(({ pass }) => pass),
    fail: total(({ fail }) => fail),
    unknown: total(({ unknown }) => unknown),
    error: total(({ error }) => error),
    not_applicable: total(({ not_applicable }) => not_applicable),
    excepted: total(({ excepted }) => excepted),
  };
  const withheld = subjects.unknown + subjects.error;
  const applicable = subjects.pass + subjects.fail + withheld;
  return {
    checks: {
      failing: having('failing'),
      at_risk: having('at_risk'),
      error: having('error'),
      unknown: having('unknown'),
      passing_with_exceptions: having('passing_with_exceptions'),
      passing: having('passing'),
      not_applicable: having('not_applicable'),
    },
    subjects,
    unknownShare: applicable === 0 ? null : withheld / applicable,
  };
}

export async function readFindings(manager: EntityManager, view: View): Promise<OverviewFindings> {
  const rows: Pick<OverviewSeverity, keyof OverviewSeverity>[] = await manager.query(
    // Part by part: of all of them together the planner expects few, and would sort what it has to count.
    `with ${standing(view, 'open')}
     select severity, sum(open)::integer as open, sum(overdue)::integer as overdue, sum(acknowledged)::integer as acknowledged,
            sum(excepted)::integer as excepted
       from (${partsOf(view, 'open')
         .map(
           (part) => `
         select severity, count(*) as open, count(*) filter (where due_at < $7 and excepted_by is null) as overdue,
                count(acknowledged_at) as acknowledged, count(excepted_by) as excepted
           from ${part} where resolved_at is null group by severity`,
         )
         .join(' union all ')}) as counted group by severity`,
    [...standingParameters(view), view.at],
  );
  const [changes]: Pick<OverviewChanges, keyof OverviewChanges>[] = await manager.query(
    `select (count(*) filter (where kind = 'opened'))::integer as opened,
            (count(*) filter (
              where kind in ('reopened', 'exception_expired', 'exception_voided', 'exception_revoked')))::integer as reopened,
            (count(*) filter (where kind = 'overdue'))::integer as overdue,
            (count(*) filter (where kind = 'resolved'))::integer as resolved
       from finding_transition where evaluation_number = $1`,
    [view.number],
  );
  const total = (count: (row: OverviewFindingCounts) => number): number =>
    rows.reduce((sum, row) => sum + count(row), 0);
  return {
    open: total(({ open }) => open),
    overdue: total(({ overdue }) => overdue),
    acknowledged: total(({ acknowledged }) => acknowledged),
    excepted: total(({ excepted }) => excepted),
    bySeverity: severities.map((severity) => ({
      severity,
      open: 0,
      overdue: 0,
      acknowledged: 0,
      excepted: 0,
      ...rows.find((row) => row.severity === severity),
    })),
    changes: { opened: 0, reopened: 0, overdue: 0, resolved: 0, ...changes },
  };
}

/**
 * What was open on a night is what is open now, without what opened and with what was resolved since. Of what was known then: what was
 * found later is in no night before.
 */
export async function readTrend(manager: EntityManager, view: View): Promise<OverviewNight[]> {
  const rows: (OverviewNight['subjects'] & { evaluation: string; at: Date; open: number })[] = await manager.query(
    `with recursive night as (
       select number, id, at, 1 as position from evaluation where number = $1
       union all
       select earlier.number, earlier.id, earlier.at, night.position + 1
         from night
        cross join lateral (
          select number, id, at from evaluation
           where finished_at is not null and at < date_trunc('day', night.at, 'UTC')
           order by at desc, number desc limit 1) as earlier
        where night.position < $2),
     -- Opened between two evaluations, which is seldom.
     alarm as materialized (
       select at from finding_transition where evaluation_number is null and kind = 'opened')
     select night.id as evaluation, night.at, pass, fail, unknown, error, not_applicable,
            ((select count(*) from finding where resolved_at is null)
             - (select coalesce(sum(more_open), 0) from evaluation where number > $1)
             - (select coalesce(sum(more_open), 0) from evaluation where number > night.number and number <= $1)
             - (select count(*) from alarm where alarm.at > night.at))::integer as open
       from night
      -- Night by night: whoever joins them expects a hundred nights, and reads all that there ever were.
      cross join lateral (
        select sum(pass)::integer as pass, sum(fail)::integer as fail, sum(unknown)::integer as unknown, sum(error)::integer as error,
               sum(not_applicable)::integer as not_applicable
          from evaluated_check where evaluation_number = night.number having count(*) > 0) as judged
      order by night.number`,
    [view.number, daysOfTrend],
  );
  return rows.map(({ evaluation, at, open, ...subjects }) => ({
    evaluation,
    at: at.toISOString(),
    subjects,
    openFindings: open,
  }));
}

/** The run at work, or else the one that waits the longest. */
export async function readOpenRun(manager: EntityManager): Promise<OverviewRun | null> {
  const [row]: (Pick<OverviewRun, 'id' | 'cause' | 'state'> & { requested_at: Date; started_at: Date | null })[] =
    await manager.query(
      `select id, cause, state, requested_at, started_at from run where state in ('waiting', 'running')
        order by state = 'running' desc, number limit 1`,
    );
  if (row === undefined) return null;
  const { requested_at, started_at, ...run } = row;
  return { ...run, requestedAt: requested_at.toISOString(), startedAt: started_at?.toISOString() ?? null };
}
