import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Roster20261121080100 implements MigrationInterface {
  readonly name = 'Roster20261121080100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One list of people that could be read. Refused files leave no row here: they change nothing.
      create table roster (
        id bigint generated always as identity primary key,
        source text not null,
        format text not null,
        -- Of the bytes alone, and of the bytes with everything in the configuration that changes what they mean.
        content text not null,
        fingerprint text not null,
        time_zone text not null,
        current_staff_only boolean not null,
        columns text[] not null,
        as_of timestamptz not null,
        read_at timestamptz not null,
        state text not null check (state in ('accepted', 'quarantined', 'rejected', 'superseded')),
        -- Who is in it, and how many of them were employed when it was judged.
        people integer not null,
        employed integer not null,
        -- Of those whom the roster in force had as employed, how many it lost.
        lost integer not null default 0,
        refused_rows jsonb not null default '[]',
        decided_at timestamptz,
        decided_by text,
        decision_reason text
      );
      create unique index roster_quarantined on roster (state) where state = 'quarantined';

      -- The people of a quarantined list wait here until somebody decides.
      create table roster_candidate (
        roster_id bigint not null references roster (id),
        employee_id text not null,
        data jsonb not null,
        primary key (roster_id, employee_id)
      );

      -- The same list read again, unchanged, is not a new roster: it only makes the one in force younger.
      create table roster_reading (
        id bigint generated always as identity primary key,
        roster_id bigint references roster (id),
        read_at timestamptz not null,
        outcome text not null check (outcome in ('accepted', 'unchanged', 'quarantined', 'refused', 'unreachable')),
        message text
      );
      create index roster_reading_roster on roster_reading (roster_id);

      -- A person as the rosters [first_roster, last_roster) had them; still so where last is null. Nobody is ever removed.
      create table person (
        id bigint generated always as identity primary key,
        employee_id text not null,
        data jsonb not null,
        first_roster bigint not null references roster (id),
        last_roster bigint references roster (id)
      );
      create unique index person_current on person (employee_id) where last_roster is null;
      create index person_history on person (employee_id, first_roster);
      create index person_first_roster on person (first_roster);
      create index person_last_roster on person (last_roster);

      -- Employment of one person at a clock, from the spells of person.data. One rule, used by the import's guard and by
      -- the facts: a doubt = unknown, except that somebody whose last working day has passed has not merely vanished;
      -- concluded to have left = ended; within any spell = employed; else before a later spell = not started (with lastDay
      -- where somebody comes back); else ended.
      -- The answer is an object: state, firstDay, lastDay, endedAt, inferred, reason, department, jobTitle, employmentType.
      create function employment_at(person jsonb, clock timestamptz) returns jsonb
      language plpgsql stable parallel safe as $$
        declare
          spell jsonb;
          starts timestamptz;
          ends timestamptz;
          present jsonb;
          present_since timestamptz;
          coming jsonb;
          coming_at timestamptz;
          past jsonb;
          past_until timestamptz;
          -- Set-based queries ask this of a million people: a loop costs a fifth of what subqueries over the spells do.
          attributes constant text[] := array['startsAt', 'endsAt', 'startDate', 'endDate', 'inferred'];
        begin
          for i in 0 .. coalesce(jsonb_array_length(person->'spells'), 0) - 1 loop
            spell := person->'spells'->i;
            starts := coalesce((spell->>'startsAt')::timestamptz, '-infinity');
            ends := coalesce((spell->>'endsAt')::timestamptz, 'infinity');
            if starts <= clock and clock < ends then
              if present is null or starts > present_since then
                present := spell;
                present_since := starts;
              end if;
            elsif starts > clock then
              if coming is null or starts < coming_at then
                coming := spell;
                coming_at := starts;
              end if;
            elsif past is null or ends > past_until then
              past := spell;
              past_until := ends;
            end if;
          end loop;

          if person->>'doubt' is not null
             and not (person->>'doubt' = 'LEFT_ROSTER' and past is not null and present is null and coming is null) then
            return jsonb_build_object('state', 'unknown', 'reason', person->>'doubt');
          end if;
          if (person->>'leftAt')::timestamptz <= clock then
            return jsonb_build_object(
              'state', 'ended', 'lastDay', person->'leftOn', 'endedAt', person->'leftAt', 'inferred', true);
          end if;
          if present is not null then
            return jsonb_build_object('state', 'employed', 'lastDay', present->'endDate') || (present - attributes);
          end if;
          if coming is not null then
            return jsonb_build_object('state', 'not_started', 'firstDay', coming->'startDate')
              || case when past is null then '{}' else jsonb_build_object('lastDay', past->'endDate') end
              || (coming - attributes);
          end if;
          if past is not null then
            return jsonb_build_object('state', 'ended', 'lastDay', past->'endDate', 'endedAt', past->'endsAt',
                                      'inferred', coalesce((past->>'inferred')::boolean, false)) || (past - attributes);
          end if;
          return jsonb_build_object('state', 'unknown', 'reason', 'HR_STATUS_UNKNOWN');
        end
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function employment_at; drop table person, roster_candidate, roster_reading, roster');
  }
}
