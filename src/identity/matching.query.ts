import type { QueryRunner } from 'typeorm';
import type { Decision } from './decide.js';
import type { Account, Instant } from './matcher.js';
import type { ShownSuggestion } from './suggest.js';

/** What was decided about an account or invite that does not simply keep its link. */
export interface DecisionRow {
  readonly kind: Account['kind'];
  readonly key: string;
  readonly outcome: Decision['outcome'];
  readonly ends: string | null;
  readonly person: string | null;
  readonly username: string | null;
  readonly email: string | null;
  readonly full_name: string | null;
}

export interface AccountKeyRow {
  readonly kind: Account['kind'];
  readonly key: string;
  readonly rank: number;
  readonly matcher: string;
  readonly value: string;
}

export interface PersonKeyRow {
  readonly matcher: string;
  readonly value: string;
  readonly person: string;
  /** Counts only where somebody holds the key now. */
  readonly once: boolean;
}

/** An account or invite, and somebody whose it is not. */
export interface Pair {
  readonly kind: Account['kind'];
  readonly key: string;
  readonly person: string;
}

/** A decision by keys that has come to nothing. */
export type UnlinkedRow = Pick<DecisionRow, 'kind' | 'key' | 'username' | 'email' | 'full_name'>;

/** The tables live as long as the transaction. */
export async function createWorkTables(writer: QueryRunner): Promise<void> {
  await writer.query(`
    create temporary table matching_decision (
      kind text not null, key text not null, outcome text not null, ends text, person text,
      username text, email text, full_name text) on commit drop;
    create temporary table matching_account_key (
      kind text not null, key text not null, rank integer not null, matcher text not null, value text not null) on commit drop;
    create temporary table matching_person_key (
      matcher text not null, value text not null, person text not null, once boolean not null) on commit drop;
    create temporary table matching_rejected (
      kind text not null, key text not null, person text not null) on commit drop;
    create temporary table matching_suggestion (
      kind text not null, key text not null, suggestions jsonb not null) on commit drop`);
}

/** Before the transaction ends, so that another matching may follow in it. */
export async function dropWorkTables(writer: QueryRunner): Promise<void> {
  await writer.query(`
    drop table matching_decision, matching_account_key, matching_person_key, matching_rejected, matching_suggestion,
               matching_meeting, matching_nobodys`);
}

export async function addDecisions(writer: QueryRunner, rows: readonly DecisionRow[]): Promise<void> {
  await writer.query(
    `insert into matching_decision
     select kind, key, outcome, ends, person, username, email, full_name
       from jsonb_to_recordset($1) as row (kind text, key text, outcome text, ends text, person text,
                                           username text, email text, full_name text)`,
    [JSON.stringify(rows)],
  );
}

export async function addAccountKeys(writer: QueryRunner, rows: readonly AccountKeyRow[]): Promise<void> {
  await writer.query(
    `insert into matching_account_key
     select kind, key, rank, matcher, value
       from jsonb_to_recordset($1) as row (kind text, key text, rank integer, matcher text, value text)`,
    [JSON.stringify(rows)],
  );
}

export async function addRejectedPairs(writer: QueryRunner, rows: readonly Pair[]): Promise<void> {
  await writer.query(
    `insert into matching_rejected
     select kind, key, person from jsonb_to_recordset($1) as row (kind text, key text, person text)`,
    [JSON.stringify(rows)],
  );
}

export async function addPersonKeys(writer: QueryRunner, rows: readonly PersonKeyRow[]): Promise<void> {
  await writer.query(
    `insert into matching_person_key
     select matcher, value, person, once
       from jsonb_to_recordset($1) as row (matcher text, value text, person text, once boolean)`,
    [JSON.stringify(rows)],
  );
}

/**
 * Where keys meet. Of a key that many people hold, twenty are named: two are enough to link nobody, and without a limit
 * an address that stands in every row of a roster would be multiplied by every account that has it.
 *
 * A pair that somebody rejected does not meet, by whatever key: of the twenty there are as many more as an account has
 * rejected, so that what is left of many is never one; and what is left has to hold the key now, as without the rejection.
 */
export async function meet(writer: QueryRunner): Promise<void> {
  await writer.query('analyze matching_decision, matching_account_key, matching_person_key, matching_rejected');
  await writer.query(`
    create temporary table matching_meeting on commit drop as
    with rejected as (
      select kind, key, array_agg(person) as people from matching_rejected group by kind, key
    ), named as (
      select 20 + coalesce(max(cardinality(people)), 0) as most from rejected
    ), holder as (
      select matcher, value, (array_agg(distinct person collate "C"))[1:(select most from named)] as people,
             (array_agg(distinct person collate "C") filter (where not once))[1:(select most from named)] as people_now
        from matching_person_key
       where (matcher, value) in (select matcher, value from matching_account_key)
       group by matcher, value
      having not bool_and(once)
    ), meeting as (
      select account_key.kind, account_key.key, account_key.rank, matcher, value, person
        from matching_account_key as account_key
        join holder using (matcher, value)
        left join rejected on rejected.kind = account_key.kind and rejected.key = account_key.key
       cross join unnest(holder.people) as person
       where rejected.people is null
          or person <> all(rejected.people) and not holder.people_now <@ rejected.people
    )
    select kind, key, array_agg(distinct person collate "C") as people, (array_agg(matcher order by rank))[1] as source,
           jsonb_agg(distinct jsonb_build_object('matcher', matcher, 'key', value)) as keys
      from meeting
     group by kind, key`);
  await writer.query('analyze matching_meeting');
}

/** No earlier than it began: a run that was parked goes on at its clock, and people may have decided since. */
export async function endLinks(writer: QueryRunner, organizationId: string, now: Instant): Promise<number> {
  return await count(
    writer,
    `with done as (
       update link set ended_at = greatest($2::timestamptz, link.linked_at), ended_because = decision.ends
         from matching_decision as decision
        where decision.ends is not null and link.organization_id = $1 and link.ended_at is null
          and link.subject_kind = decision.kind and link.subject_key = decision.key
       returning 1)
     select count(*)::integer as count from done`,
    [organizationId, now],
  );
}

/** From the clock on, but not before the end of the link that it follows. */
export async function insertLinks(writer: QueryRunner, organizationId: string, now: Instant): Promise<number> {
  return await count(
    writer,
    `with done as (
       insert into link (organization_id, subject_kind, subject_key, employee_id, source, evidence, linked_at)
       select $1, kind, key, coalesce(decision.person, meeting.people[1]),
              case when decision.outcome = 'declared' then 'declared' else meeting.source end,
              jsonb_build_object('username', decision.username, 'email', decision.email,
                                 'keys', case when decision.outcome = 'declared' then '[]' else meeting.keys end),
              greatest($2::timestamptz, (select max(before.ended_at) from link as before
                                          where before.organization_id = $1 and before.subject_kind = kind
                                            and before.subject_key = key))
         from matching_decision as decision
         left join matching_meeting as meeting using (kind, key)
        where decision.outcome = 'declared' or (decision.outcome = 'by keys' and cardinality(meeting.people) = 1)
       returning 1)
     select count(*)::integer as count from done`,
    [organizationId, now],
  );
}

const nobodys = `
  from matching_decision as decision
  left join matching_meeting as meeting using (kind, key)
 cross join lateral (select coalesce(meeting.people, '{}') as candidates) as known
 where (decision.outcome = 'unnamed' or decision.outcome = 'by keys' and cardinality(known.candidates) <> 1)`;

/** At most `limit` of those that nobody holds a key of, always the same ones. */
export async function readUnlinked(writer: QueryRunner, limit: number): Promise<readonly UnlinkedRow[]> {
  const rows: UnlinkedRow[] = await writer.query(
    `select kind, key, decision.username, decision.email, decision.full_name ${nobodys} and cardinality(known.candidates) = 0
      order by kind collate "C", key collate "C" limit $1`,
    [limit],
  );
  return rows;
}

export async function addSuggestions(
  writer: QueryRunner,
  rows: readonly { kind: string; key: string; suggestions: readonly ShownSuggestion[] }[],
): Promise<void> {
  await writer.query(
    `insert into matching_suggestion
     select kind, key, suggestions from jsonb_to_recordset($1) as row (kind text, key text, suggestions jsonb)`,
    [JSON.stringify(rows)],
  );
}

/** Makes `unmatched` say what this matching found, touching only rows that say something else. */
export async function rewriteUnmatched(
  writer: QueryRunner,
  organizationId: string,
): Promise<{ readonly ambiguous: number; readonly unlinked: number }> {
  await writer.query(
    `create temporary table matching_nobodys on commit drop as
     select kind, key, known.candidates, coalesce(suggestion.suggestions, '[]') as suggestions
       from (select kind, key, known.candidates ${nobodys}) as known
       left join matching_suggestion as suggestion using (kind, key)`,
  );
  await writer.query('analyze matching_nobodys');
  await writer.query(
    `delete from unmatched
      where organization_id = $1
        and not exists (select from matching_nobodys where kind = subject_kind and key = subject_key)`,
    [organizationId],
  );
  await writer.query(
    `insert into unmatched (organization_id, subject_kind, subject_key, candidates, suggestions)
     select $1, kind, key, candidates, suggestions from matching_nobodys
     on conflict (organization_id, subject_kind, subject_key)
     do update set candidates = excluded.candidates, suggestions = excluded.suggestions
     where (unmatched.candidates, unmatched.suggestions) is distinct from (excluded.candidates, excluded.suggestions)`,
    [organizationId],
  );
  const [counts]: { ambiguous: number; unlinked: number }[] = await writer.query(
    `select count(*) filter (where cardinality(candidates) > 1)::integer as ambiguous,
            count(*) filter (where cardinality(candidates) < 2)::integer as unlinked
       from matching_nobodys`,
  );
  return { ambiguous: counts?.ambiguous ?? 0, unlinked: counts?.unlinked ?? 0 };
}

async function count(writer: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<number> {
  const [row]: { count: number }[] = await writer.query(sql, [...parameters]);
  return row?.count ?? 0;
}
