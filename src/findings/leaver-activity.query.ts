import type { LeaverActivityFacts } from '../checks/activity-facts.js';
import type { AuditEventFacts } from '../checks/audit-facts.js';
import { streamRows } from '../database/rows.js';
import { auditCoverage, eventColumns, eventOf, isKnown, type EventRow } from './audit-facts.query.js';
import { decodePerson, mayHaveLeft, type PersonRow } from './people.query.js';
import type { SubjectSource } from './subject-source.js';

/**
 * $1 organization, $2 snapshot, $3 clock. Everybody who has left, or of whom HR leaves that open, with each account and invite
 * that is theirs, whether Docker Hub still shows it or not: a link stays. An account goes by every username that it had. An
 * invite to somebody who has an account here says nothing that the account does not.
 */
const sql = `
with leaver as materialized (
  select link.subject_kind as kind, link.subject_key as key, person.employee_id, person.data->>'fullName' as full_name,
         employment_at(person.data, $3) as employment,
         case link.subject_kind when 'account' then 'members' else 'invites' end as dataset,
         case link.subject_kind when 'account' then 'username' else 'invitee' end as field
    from link
    join person on person.employee_id = link.employee_id and person.last_roster is null
   where link.organization_id = $1 and link.subject_kind in ('account', 'invite') and link.ended_at is null
     and ${mayHaveLeft}
), known as materialized (
  select leaver.*, shown.name, shown.names
    from leaver
    join lateral (
      select (array_agg(observation.data->>leaver.field order by observation.first_snapshot desc))[1] as name,
             array_agg(distinct lower(observation.data->>leaver.field collate "C"))
               filter (where position('@' in observation.data->>leaver.field) = 0) as names
        from observation
       where observation.organization_id = $1 and observation.dataset = leaver.dataset and observation.key = leaver.key
         and observation.first_snapshot <= $2) as shown on true
)
select known.kind, known.key, known.name, known.names is not null as acts, done.events, done.first_at, done.last_at,
       done.examples,
       jsonb_build_object('employee_id', known.employee_id, 'full_name', known.full_name,
                          'employment', known.employment) as person
  from known
  left join lateral (
    select count(*)::integer as events, min(event.at) as first_at, max(event.at) as last_at,
           (select jsonb_agg(to_jsonb(example) order by example.at, example.id)
              from (select ${eventColumns} from audit_event as event
                     where ${isKnown} and lower(event.actor collate "C") = any (known.names) and event.at <= $3
                       and event.at > (known.employment->>'endedAt')::timestamptz + interval '15 minutes'
                     order by event.at desc, event.id desc limit 5) as example) as examples
      from audit_event as event
     where ${isKnown} and lower(event.actor collate "C") = any (known.names) and event.at <= $3
       and event.at > (known.employment->>'endedAt')::timestamptz + interval '15 minutes') as done on true
 where not (known.kind = 'invite' and exists (
         select from known as account where account.kind = 'account' and account.names && known.names))
 order by known.kind, known.key`;

interface LeaverRow {
  readonly kind: 'account' | 'invite';
  readonly key: string;
  readonly name: string | null;
  readonly acts: boolean;
  readonly events: number;
  readonly first_at: Date | null;
  readonly last_at: Date | null;
  readonly examples: readonly (Omit<EventRow, 'at'> & { readonly at: string })[] | null;
  readonly person: PersonRow;
}

export const leaverActivitySource: SubjectSource = {
  name: 'leaver-activity',
  async *subjects(runner, { organizationId, organization, snapshot, now }) {
    const coverage = await auditCoverage(runner.manager, { organizationId, snapshot });
    const archive = { coveredSince: coverage.at(-1)?.from ?? null };
    for await (const row of streamRows<LeaverRow>(runner, sql, [organizationId, snapshot, now])) {
      const name = row.name ?? row.key;
      const facts: LeaverActivityFacts = {
        organization,
        kind: row.kind,
        name,
        person: decodePerson(row.person),
        acts: row.acts,
        activity:
          row.first_at === null || row.last_at === null
            ? null
            : {
                events: row.events,
                firstAt: row.first_at.toISOString(),
                lastAt: row.last_at.toISOString(),
                examples: (row.examples ?? []).map((event): AuditEventFacts =>
                  eventOf({ ...event, at: new Date(event.at) }),
                ),
              },
        archive,
      };
      yield { subject: { kind: row.kind, key: row.key, name, system: null }, facts };
    }
  },
};
