import type { CriticalRepositoryFacts } from '../checks/repository-facts.js';
import { streamRows } from '../database/rows.js';
import { CriticalPatterns } from './critical-patterns.js';
import type { SubjectSource } from './subject-source.js';

/** The critical repositories that any reading had, gone ones too, and those that the policy names and no reading had. */
export const criticalRepositorySource: SubjectSource = {
  name: 'critical-repositories',
  async *subjects(runner, { organizationId, organization, snapshot, policy }) {
    const critical = CriticalPatterns.of(policy, organization);
    if (critical.isEmpty) return;
    const missing = new Set(critical.exactNames);
    const about = (name: string): Pick<CriticalRepositoryFacts, 'organization' | 'name' | 'systems'> => ({
      organization,
      name,
      systems: critical.systemsOf(name),
    });
    const subject = (name: string) => ({ kind: 'repository', key: name, name, system: null }) as const;
    for await (const row of streamRows<Row>(runner, sql, [organizationId, snapshot, critical.likes])) {
      const { name, presence, gone_at: goneAt, gone_before_at: goneBeforeAt, missed_by: missedBy } = row;
      missing.delete(name);
      if (presence === 'unverified') continue;
      const facts: CriticalRepositoryFacts =
        presence === 'present'
          ? { ...about(name), presence }
          : {
              ...about(name),
              presence,
              ...(goneAt !== null && { goneAt: goneAt.toISOString() }),
              ...(goneBeforeAt !== null && { goneBeforeAt: goneBeforeAt.toISOString() }),
              missedBy,
            };
      yield { subject: subject(name), facts };
    }
    for (const name of missing) {
      const facts: CriticalRepositoryFacts = { ...about(name), presence: 'never' };
      yield { subject: subject(name), facts };
    }
  },
};

interface Row {
  readonly name: string;
  readonly presence: 'present' | 'unverified' | 'gone';
  readonly gone_at: Date | null;
  readonly gone_before_at: Date | null;
  readonly missed_by: number;
}

/**
 * $1 organization, $2 snapshot, $3 patterns. A row ends only where the listing was whole; the readings since then that count are those
 * whose listing was whole as well.
 */
const sql = `
with newest as materialized (
  select distinct on (key) id, key, last_snapshot
    from observation
   where organization_id = $1 and dataset = 'repositories' and first_snapshot <= $2 and key like any ($3::text[])
   order by key, first_snapshot desc
), whole as materialized (
  select sync_run.id
    from sync_run join dataset_reading on dataset_reading.run_id = sync_run.id
   where sync_run.organization_id = $1 and sync_run.state = 'sealed' and sync_run.id <= $2
     and dataset_reading.dataset = 'repositories' and dataset_reading.status = 'complete'
     and sync_run.id >= (select min(last_snapshot) from newest where last_snapshot <= $2)
)
select newest.key as name,
       case when newest.last_snapshot <= $2 then 'gone'
            when exists (select from unverified
                          where unverified.snapshot = $2 and unverified.observation_id = newest.id) then 'unverified'
            else 'present' end as presence,
       case when newest.last_snapshot <= $2
            then (select believed_at from sync_run where id = newest.last_snapshot) end as gone_at,
       case when newest.last_snapshot <= $2
            then (select believed_at from sync_run where id = (
                    select max(ended.last_snapshot)
                      from (select last_snapshot, lead(first_snapshot) over (order by first_snapshot) as next
                              from observation
                             where organization_id = $1 and dataset = 'repositories' and key = newest.key
                               and first_snapshot <= $2) as ended
                     where ended.last_snapshot < ended.next
                       and (select count(*)
                              from sync_run as read join dataset_reading on dataset_reading.run_id = read.id
                             where read.organization_id = $1 and read.state = 'sealed'
                               and read.id >= ended.last_snapshot and read.id < ended.next
                               and dataset_reading.dataset = 'repositories' and dataset_reading.status = 'complete') > 1))
            end as gone_before_at,
       case when newest.last_snapshot <= $2
            then (select count(*) from whole where whole.id >= newest.last_snapshot) else 0 end::integer as missed_by
  from newest
 order by newest.key`;
