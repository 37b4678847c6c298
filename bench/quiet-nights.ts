import type { DataSource } from 'typeorm';
import { startHub } from '../src/demo/hub.js';
import { largeSecrets, largeWorld } from '../src/demo/large-world.js';
import type { Measure } from './measures.js';
import { syncNight, withDatabase } from './sync-rig.js';

const nights = 100;
const dayMs = 86_400_000;
/** What a sync may leave behind; the evaluation has tables of its own. */
const tables = ['sync_run', 'dataset_reading', 'listing', 'staged_observation', 'observation', 'unverified'].concat([
  'unchanged_batch',
  'audit_event',
  'audit_window',
  'audit_absence',
  'held_loss',
  'rate_window',
  'organization',
]);

/** What nights in which nothing has changed leave in the tables of the inventory, their indexes included. */
export async function quietNights(): Promise<Measure[]> {
  const begin = Date.parse('2026-01-01T02:00:00.000Z');
  const company = largeWorld({ members: 200, teams: 5, repositories: 20, seed: 2, now: new Date(begin).toISOString() });
  const hub = await startHub(company.world);
  const { reader, owner } = largeSecrets;
  const organization = {
    name: 'large',
    hub: { identifier: 'large', secret: reader },
    owner: { identifier: owner.username, secret: owner.password },
    scim: null,
  };
  try {
    return await withDatabase(async (dataSource) => {
      const night = (place: number): ReturnType<typeof syncNight> =>
        syncNight(dataSource, {
          hubUrl: hub.url,
          organization,
          storedAs: 'large',
          now: new Date(begin + place * dayMs).toISOString(),
        });
      // Two, so that the first look back over the audit log is behind them.
      await night(0);
      await night(1);
      const before = await bytes(dataSource);
      for (let place = 0; place < nights; place += 1) await night(2 + place);
      const after = await bytes(dataSource);
      return [
        {
          name: 'sync: what a quiet night leaves in the inventory',
          unit: 'bytes an organization',
          figures: [(after - before) / nights],
          peer: 'limit',
          against: [4_096],
          goal: { atMost: 1 },
        },
      ];
    });
  } finally {
    await hub.stop();
  }
}

/** Packed, because what a table holds in reserve is not what a night adds. */
async function bytes(dataSource: DataSource): Promise<number> {
  await dataSource.query(`vacuum full ${tables.join(', ')}`);
  const [row]: [{ bytes: string }] = await dataSource.query(
    'select sum(pg_total_relation_size(name::regclass)) as bytes from unnest($1::text[]) as name',
    [tables],
  );
  return Number(row.bytes);
}
