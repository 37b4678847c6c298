import type { EntityManager } from 'typeorm';
import { keptRows } from './seen-rows.query.js';
import { openListings, type DatasetStatus, type HeldRun, type ListingState } from './listing-state.js';

/**
 * Of the gathered rows (seen-rows.query.ts): who says to be in which team (the members' `groups`), beside what the teams listing says about the team. Team names are
 * compared in lower case. A member without the field is `silent`: nobody can tell then which teams are whole.
 *
 * Of the team `owners` there is a third witness, the role Owner, which comes with the same members; where it differs, the
 * team is read by itself, but it does not outvote that reading.
 */
const tally = `
  with kept as not materialized (${keptRows}), member as materialized (
    select key as id, data->'groups' is null as silent, data->'groups' as groups,
           data->'groups' is not null
             and (coalesce(lower(data->>'role'), '') = 'owner') <> coalesce(lower((data->'groups')::text)::jsonb ? 'owners', false)
             as odd_owner
      from kept where dataset = 'members'
  ), claim as materialized (
    select distinct member.id as member, lower(team) as team
      from member
      cross join jsonb_array_elements_text(case jsonb_typeof(member.groups) when 'array' then member.groups else '[]' end) as team
     where team is not null
  ), team as materialized (
    select key as id, data->>'name' as name, lower(data->>'name') as folded,
           case jsonb_typeof(data->'memberCount') when 'number' then (data->>'memberCount')::numeric end as member_count
      from kept where dataset = 'teams'
  ), claimed as (
    select team, count(*) as members from claim group by team
  ), tally as (
    select team.id, team.name, team.folded, team.member_count, coalesce(claimed.members, 0) as claimed,
           team.name is null
             or team.member_count is null
             or team.member_count <> coalesce(claimed.members, 0)
             or (select coalesce(bool_or(silent), false) from member)
             or team.folded = 'owners' and (select bool_or(odd_owner) from member) as disagrees
      from team left join claimed on claimed.team = team.folded
  )`;

/** A team that the members listing could not settle by itself. */
export interface OddTeam {
  readonly name: string | null;
  /** Of its own listing; null where there is none. */
  readonly status: DatasetStatus | null;
  readonly reason: string | null;
  readonly message: string | null;
  /** In its own listing and not by the member's `groups`, where the member has that field. */
  readonly onlyInTeam: number;
  /** By the member's `groups` and not in its own listing. */
  readonly onlyInGroups: number;
}

export interface TeamComparison {
  readonly odd: readonly OddTeam[];
  /** Names in members' `groups` that the teams listing does not have. */
  readonly unlisted: readonly string[];
  /** What all teams should hold together; null where one of them does not say. */
  readonly reported: number | null;
}

/** How the comparison comes out, once everything is read that is known of so far. */
export async function compareTeams(manager: EntityManager, runId: string): Promise<TeamComparison> {
  const [row]: [TeamComparison] = await manager.query(
    `${tally}, own as (
       select listing.scope, listing.status, listing.reason, listing.message, listing.reported - listing.unkept as reported
         from listing where listing.run_id = $1 and listing.dataset = 'team_members'
     ), seen as (
       select kept.scope, kept.key as member from kept where kept.dataset = 'team_members'
     ), pair as (
       select team, member, bool_or(seen) as seen, bool_or(claimed) as claimed
         from (select lower(scope) as team, member, true as seen, false as claimed from seen
               union all
               select team, member, false, true from claim where team in (select lower(scope) from own)) as told
        group by team, member
     ), difference as (
       select team,
              count(*) filter (where not claimed and not exists (
                select from member as mute where mute.id = pair.member and mute.silent)) as only_in_team,
              count(*) filter (where not seen) as only_in_groups
         from pair group by team
     ), odd as (
       select tally.id, tally.name, own.status, own.reason, own.message,
              coalesce(difference.only_in_team, 0) as "onlyInTeam", coalesce(difference.only_in_groups, 0) as "onlyInGroups"
         from tally
         left join own on own.scope = tally.name
         left join difference on difference.team = tally.folded
        where tally.disagrees or own.scope is not null
     )
     select coalesce((select jsonb_agg(to_jsonb(odd) - 'id' order by odd.id) from odd), '[]') as odd,
            coalesce((select jsonb_agg(team order by team collate "C") from claimed
                       where not exists (select from team where team.folded = claimed.team)), '[]') as unlisted,
            (select case when bool_and(coalesce(own.reported, tally.member_count) is not null)
                         then least(sum(coalesce(own.reported, tally.member_count)), 2147483647) end::integer
               from tally left join own on own.scope = tally.name and own.status = 'complete') as reported`,
    [runId],
  );
  return row;
}

/** Opens the listing of every team whose members cannot be told from the members listing. Safe to repeat. */
export async function openDisagreeingTeams(
  manager: EntityManager,
  run: HeldRun,
  { odd }: TeamComparison,
): Promise<ListingState[]> {
  const scopes = odd.flatMap(({ name, status }) => (name === null || status !== null ? [] : name));
  return openListings(
    manager,
    run.id,
    scopes.map((scope) => ({ dataset: 'team_members', scope })),
  );
}
