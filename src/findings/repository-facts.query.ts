import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { PrivacyEvent, RepositoryFacts, VisibilityFlip } from '../checks/repository-facts.js';
import { streamRows } from '../database/rows.js';
import { auditEvents, type ArchiveAsOf, type AuditEvent } from './audit-facts.query.js';
import type { SubjectSource } from './subject-source.js';

/** The repositories that a snapshot shows, with what earlier ones showed of their visibility. */
export const repositorySource: SubjectSource = {
  name: 'repositories',
  async *subjects(runner, { organizationId, organization, snapshot, now }) {
    const events = await privacyEvents(runner.manager, { organizationId, snapshot }, now);
    for await (const row of streamRows<Row>(runner, sql, [organizationId, snapshot])) {
      const { name, is_private: isPrivate, watched_since: watchedSince } = row;
      const facts: RepositoryFacts = {
        organization,
        name,
        ...((isPrivate === null ? row.said_null : typeof isPrivate === 'boolean') && { isPrivate }),
        watchedSince: watchedSince?.toISOString() ?? null,
        flips: (row.flips ?? []).map(readFlip),
        ...(events !== null && { privacyEvents: events.get(`${organization}/${name}`) ?? events.get(name) ?? [] }),
      };
      yield { subject: { kind: 'repository', key: name, name, system: null }, facts };
    }
  },
};

interface Row {
  readonly name: string;
  readonly is_private: boolean | null;
  readonly said_null: boolean;
  readonly watched_since: Date | null;
  readonly flips: readonly { readonly public_at: string; readonly back_at: string | null }[] | null;
}

/**
 * $1 organization, $2 snapshot. A row of a repository begins whenever anything about it changes, so that of a public one that was
 * public before nothing is to be said: a flip is a public row whose last row before that said anything said private.
 */
const sql = `
with shown as materialized (
  select observation.key, observation.data
    from observation
   where observation.organization_id = $1 and observation.dataset = 'repositories' and observation.first_snapshot <= $2
     and (observation.last_snapshot is null or observation.last_snapshot > $2)
     and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
), earlier as materialized (
  select min(sync_run.id) as snapshot
    from sync_run join dataset_reading on dataset_reading.run_id = sync_run.id
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id < $2
     and dataset_reading.dataset = 'repositories' and dataset_reading.status = 'complete'
), open as materialized (
  select key, first_snapshot
    from observation
   where organization_id = $1 and dataset = 'repositories' and first_snapshot <= $2 and data->'isPrivate' = 'false'
), flip as materialized (
  select open.key, jsonb_agg(jsonb_build_object('public_at', begun.believed_at, 'back_at', back.believed_at)
                             order by open.first_snapshot) as flips
    from open
    join sync_run as begun on begun.id = open.first_snapshot
    cross join lateral (
      select observation.data->'isPrivate' = 'true' as was_private
        from observation
       where observation.organization_id = $1 and observation.dataset = 'repositories' and observation.key = open.key
         and observation.first_snapshot < open.first_snapshot and jsonb_typeof(observation.data->'isPrivate') = 'boolean'
       order by observation.first_snapshot desc limit 1) as before
    left join lateral (
      select sync_run.believed_at
        from observation join sync_run on sync_run.id = observation.first_snapshot
       where observation.organization_id = $1 and observation.dataset = 'repositories' and observation.key = open.key
         and observation.first_snapshot > open.first_snapshot and observation.first_snapshot <= $2
         and observation.data->'isPrivate' = 'true'
       order by observation.first_snapshot limit 1) as back on true
   where before.was_private
   group by open.key
)
select shown.key as name, case jsonb_typeof(shown.data->'isPrivate') when 'boolean' then (shown.data->>'isPrivate')::boolean end as is_private,
       coalesce(shown.data->'isPrivate' = 'null', false) as said_null, since.believed_at as watched_since, flip.flips
  from shown
  cross join lateral (
    select min(observation.first_snapshot) as snapshot
      from observation
     where observation.organization_id = $1 and observation.dataset = 'repositories' and observation.key = shown.key) as first
  left join sync_run as since on since.id = case when first.snapshot < $2 then first.snapshot else (select snapshot from earlier) end
  left join flip on flip.key = shown.key
 order by shown.key`;

function readFlip({ public_at: publicAt, back_at: backAt }: NonNullable<Row['flips']>[number]): VisibilityFlip {
  return {
    publicAt: new Date(publicAt).toISOString(),
    backAt: backAt === null ? null : new Date(backAt).toISOString(),
  };
}

const yearMs = 366 * 86_400_000;

/** By the name that the log gives the repository; null: nothing of the log was ever archived. */
async function privacyEvents(
  manager: EntityManager,
  archive: ArchiveAsOf,
  now: Instant,
): Promise<ReadonlyMap<string, readonly PrivacyEvent[]> | null> {
  const [row]: { archived: boolean }[] = await manager.query(
    'select exists (select from audit_window where organization_id = $1 and run_id <= $2) as archived',
    [archive.organizationId, archive.snapshot],
  );
  if (row?.archived !== true) return null;
  const events = await auditEvents(manager, archive, {
    actions: ['repo.change_privacy'],
    since: new Date(Date.parse(now) - yearMs).toISOString(),
    until: now,
  });
  const found = new Map<string, PrivacyEvent[]>();
  for (const event of events) {
    if (event.name === undefined) continue;
    const name = event.name.toLowerCase();
    const { at, actor } = event;
    found.set(name, [
      ...(found.get(name) ?? []),
      { at, became: becameOf(event), ...(actor !== undefined && { actor }) },
    ]);
  }
  return found;
}

/** Docker documents no fields of it: whatever says what it became, and does not say what it was. */
function becameOf({ data }: AuditEvent): PrivacyEvent['became'] {
  const flag = data['is_private']?.trim().toLowerCase();
  if (flag === 'true' || flag === 'false') return flag === 'true' ? 'private' : 'public';
  const words = Object.entries(data).flatMap(([name, value]) =>
    /^((new|to)_?)?(privacy|visibility)$/i.test(name) ? [value.trim().toLowerCase()] : [],
  );
  const named = words.find((word) => word === 'public' || word === 'private');
  if (named === 'public' || named === 'private') return named;
  const [, told] = /\bto (?:be )?(public|private)\b/i.exec(data['description'] ?? '') ?? [];
  const word = told?.toLowerCase();
  return word === 'public' || word === 'private' ? word : null;
}
