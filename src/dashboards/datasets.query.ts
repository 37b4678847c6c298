import type { EntityManager } from 'typeorm';
import type { DatasetFacts } from '../checks/facts.js';
import type { EvaluatedDataset } from './dataset.js';
import type { View } from './view.query.js';

type DatasetRow = Omit<EvaluatedDataset, 'fetchedAt' | 'ageSeconds'> & { fetched_at: Date | null };

/** Every dataset of one evaluation in the order of its report, the roster last. `now` is what ages are counted up to. */
export async function findDatasets(manager: EntityManager, view: View, now: Date): Promise<EvaluatedDataset[]> {
  const rows: DatasetRow[] = await manager.query(
    `select organization.name as organization, dataset as name, status, fetched_at, received, reported, reason, message
       from evaluated_snapshot
       join organization on organization.id = evaluated_snapshot.organization_id
       join dataset_reading on dataset_reading.run_id = evaluated_snapshot.run_id
      where evaluated_snapshot.evaluation_number = $1
      order by organization.name collate "C", dataset collate "C"`,
    [view.number],
  );
  const [evaluation]: { roster: DatasetFacts }[] = await manager.query(
    'select roster_dataset as roster from evaluation where number = $1',
    [view.number],
  );
  const roster = evaluation?.roster;
  const until = view.until === null ? now : new Date(view.until);
  return [
    ...rows.map(({ fetched_at, ...row }) => aged(row, fetched_at, until)),
    ...(roster === undefined
      ? []
      : [
          aged({ ...roster, organization: null }, roster.fetchedAt === null ? null : new Date(roster.fetchedAt), until),
        ]),
  ];
}

/** Never negative: an evaluation may have been given a clock ahead of ours. */
function aged(
  { organization, name, status, received, reported, reason, message }: Omit<DatasetRow, 'fetched_at'>,
  fetchedAt: Date | null,
  until: Date,
): EvaluatedDataset {
  return {
    organization,
    name,
    status,
    fetchedAt: fetchedAt?.toISOString() ?? null,
    // Whole minutes: whoever polls is told the same answer for a minute, which need not be sent again.
    ageSeconds:
      fetchedAt === null ? null : 60 * Math.max(0, Math.floor((until.getTime() - fetchedAt.getTime()) / 60_000)),
    received,
    reported,
    reason,
    message,
  };
}
