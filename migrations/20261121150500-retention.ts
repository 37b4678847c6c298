import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Triggers of 20261121140300, which is as it was but for what a removal by the retention policy leaves behind: nothing. */
const keepPastRow = (removal: string): string => `
  create or replace function keep_past_row() returns trigger language plpgsql as $$
  declare
    moment constant timestamptz := clock_timestamp();
  begin
    ${removal}
    insert into past_row (table_name, row, recorded_at, replaced_at)
    values (tg_table_name, to_jsonb(old), old.recorded_at, moment);
    if tg_op = 'DELETE' then
      return old;
    end if;
    new.recorded_at := moment;
    return new;
  end $$`;

export class Retention20261121150500 implements MigrationInterface {
  readonly name = 'Retention20261121150500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Where history begins since some of it was removed: one row, or none. It is moved before anything is removed, so that
      -- nobody takes what is not there any more for something that never was.
      create table history_horizon (
        single boolean primary key default true check (single),
        -- The oldest evaluation that is kept whole, and its clock.
        evaluation_number bigint not null,
        begins_at timestamptz not null,
        -- What an evaluation looks back on reaches further: what was seen since then is kept as it was seen.
        facts_at timestamptz not null,
        -- Past rows that were replaced before it are known to no evaluation that is kept.
        past_until timestamptz not null,
        state text not null check (state in ('removing', 'removed')),
        -- How many rows of each table, since it was moved.
        removed jsonb not null default '{}',
        moved_at timestamptz not null
      );

      -- Up to which snapshot repeats have been taken out of an organization's observations.
      create table folded_snapshot (
        organization_id bigint primary key references organization (id),
        snapshot bigint not null
      );
      create index observation_ended on observation (organization_id, last_snapshot, id) where last_snapshot is not null;

      -- Findings and messages outlive the evaluations that they began in.
      alter table finding_transition drop constraint finding_transition_evaluation_number_fkey;
      alter table alert_message drop constraint alert_message_evaluation_number_fkey;
    `);
    await runner.query(
      keepPastRow(`if tg_op = 'DELETE' and current_setting('hubwarden.removal', true) = 'retention' then
      return old;
    end if;`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(keepPastRow(''));
    await runner.query(`
      update alert_message set evaluation_number = null
       where not exists (select from evaluation where number = evaluation_number);
      update finding_transition set evaluation_number = null
       where not exists (select from evaluation where number = evaluation_number);
      alter table alert_message add constraint alert_message_evaluation_number_fkey
        foreign key (evaluation_number) references evaluation (number);
      alter table finding_transition add constraint finding_transition_evaluation_number_fkey
        foreign key (evaluation_number) references evaluation (number);
      drop index observation_ended;
      drop table folded_snapshot, history_horizon;
    `);
  }
}
