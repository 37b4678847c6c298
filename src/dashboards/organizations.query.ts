import type { EntityManager } from 'typeorm';
import type { SubjectCounts } from './checked.js';
import { standing, standingParameters } from './standing.query.js';
import { verdictsThen } from './verdicts-then.query.js';
import type { View } from './view.query.js';
import type { OrganizationDataset, OrganizationFindings, WatchedOrganization } from './watched-organization.js';

interface OrganizationRow {
  id: string;
  name: string;
  snapshot: string;
  believed_at: Date;
  members: number;
  invites: number;
  /** As jsonb writes instants. */
  datasets: OrganizationDataset[];
}

const none: SubjectCounts = { pass: 0, fail: 0, unknown: 0, error: 0, not_applicable: 0 };

/** The organizations of one evaluation by name. */
export async function findOrganizations(manager: EntityManager, view: View): Promise<WatchedOrganization[]> {
  const rows = await readOrganizations(manager, view);
  const verdicts = await countVerdicts(manager, view);
  const findings = await countFindings(manager, view);
  return rows.map((row) => ({
    name: row.name,
    members: known(row, 'members'),
    invites: known(row, 'invites'),
    verdicts: verdicts.get(row.id) ?? none,
    findings: findings.get(row.id) ?? { open: 0, overdue: 0 },
    snapshot: { number: row.snapshot, at: row.believed_at.toISOString() },
    datasets: row.datasets.map(({ fetchedAt, ...rest }) => ({
      ...rest,
      fetchedAt: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
    })),
  }));
}

/** Nobody in a listing that could not be read is not the same as nobody. */
function known(row: OrganizationRow, dataset: 'members' | 'invites'): number | null {
  const complete = row.datasets.some(({ name, status }) => name === dataset && status === 'complete');
  return row[dataset] > 0 || complete ? row[dataset] : null;
}

async function readOrganizations(manager: EntityManager, view: View): Promise<OrganizationRow[]> {
  const inSnapshot = (dataset: 'members' | 'invites'): string => `(
    select count(*)::integer from observation
     where observation.organization_id = organization.id and observation.dataset = '${dataset}'
       and observation.first_snapshot <= sync_run.id
       and (observation.last_snapshot is null or observation.last_snapshot > sync_run.id))`;
  return manager.query(
    `select organization.id, organization.name, sync_run.id as snapshot, sync_run.believed_at,
            ${inSnapshot('members')} as members, ${inSnapshot('invites')} as invites,
            (select coalesce(jsonb_agg(jsonb_build_object('name', dataset, 'status', status, 'fetchedAt', fetched_at)
                                       order by dataset collate "C"), '[]')
               from dataset_reading where run_id = sync_run.id) as datasets
       from evaluated_snapshot
       join organization on organization.id = evaluated_snapshot.organization_id
       join sync_run on sync_run.id = evaluated_snapshot.run_id
      where evaluated_snapshot.evaluation_number = $1
      order by organization.name collate "C"`,
    [view.number],
  );
}

async function countVerdicts(manager: EntityManager, view: View): Promise<ReadonlyMap<string, SubjectCounts>> {
  const rows: (SubjectCounts & { organization_id: string })[] = await manager.query(
    `select organization_id,
            (count(*) filter (where outcome = 'pass'))::integer as pass,
            (count(*) filter (where outcome = 'fail'))::integer as fail,
            (count(*) filter (where outcome = 'unknown'))::integer as unknown,
            (count(*) filter (where outcome = 'error'))::integer as error,
            (count(*) filter (where outcome = 'not_applicable'))::integer as not_applicable
       from ${verdictsThen('true')} as said group by organization_id`,
    [view.number],
  );
  return new Map(rows.map(({ organization_id, ...counts }) => [organization_id, counts]));
}

async function countFindings(manager: EntityManager, view: View): Promise<ReadonlyMap<string, OrganizationFindings>> {
  const rows: (OrganizationFindings & { organization_id: string })[] = await manager.query(
    `with ${standing(view, 'open')}
     select organization_id, count(*)::integer as open, (count(*) filter (where due_at < $7 and excepted_by is null))::integer as overdue
       from standing where resolved_at is null group by organization_id`,
    [...standingParameters(view), view.at],
  );
  return new Map(rows.map(({ organization_id, ...counts }) => [organization_id, counts]));
}
