import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables whose rows change, with when a row that is there already was probably written. */
const kept = {
  link: 'linked_at',
  unmatched: null,
  roster: 'read_at',
  roster_reading: 'read_at',
  finding: 'first_seen_at',
  finding_transition: 'at',
  exception: 'requested_at',
  excepted_finding: 'started_at',
  attestation: 'attested_at',
  held_loss: 'held_at',
} as const;

export class History20261121140300 implements MigrationInterface {
  readonly name = 'History20261121140300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a row of another table was until replaced_at, by the machine's clock. Together with the rows that are there now,
      -- of which recorded_at says since when they are as they are, these are every table as it was at any instant.
      create table past_row (
        id bigint generated always as identity primary key,
        table_name text not null,
        row jsonb not null,
        recorded_at timestamptz not null,
        replaced_at timestamptz not null
      );
      create index past_row_of_table on past_row (table_name, replaced_at);

      -- Whoever wants to know how things stand waits until nobody is in the middle of changing them (between-changes.ts).
      create function announce_change() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(hashtextextended('history', 0));
        return null;
      end $$;

      create function keep_past_row() returns trigger language plpgsql as $$
      declare
        moment constant timestamptz := clock_timestamp();
      begin
        insert into past_row (table_name, row, recorded_at, replaced_at)
        values (tg_table_name, to_jsonb(old), old.recorded_at, moment);
        if tg_op = 'DELETE' then
          return old;
        end if;
        new.recorded_at := moment;
        return new;
      end $$;
    `);
    for (const [table, since] of Object.entries(kept)) {
      await runner.query(`
        alter table ${table} add column recorded_at timestamptz not null default clock_timestamp();
        update ${table} set recorded_at = least(recorded_at, ${since ?? `'-infinity'`});
        create trigger ${table}_announced before insert or update or delete on ${table}
          for each statement execute function announce_change();
        create trigger ${table}_kept before update or delete on ${table}
          for each row execute function keep_past_row();
      `);
    }
    await runner.query(`
      -- since when it is true, as far as it was known when it was opened; null: since it was first seen.
      alter table finding add column began_at timestamptz;
      create index finding_began on finding (began_at);
      create index finding_transition_at on finding_transition (at) where evaluation_number is null;

      -- What it takes to judge again. read_at: what was recorded before it, and nothing else, is what was read; judged_at: the
      -- findings that were recorded before it are those that tonight's verdicts met. operation: the facts about schedule and
      -- alerts, which nobody keeps. report_hash: the SHA-256 of the report as JSON. Null: recorded before all this was kept.
      alter table evaluation
        add column read_at timestamptz,
        add column judged_at timestamptz,
        add column operation jsonb,
        add column report_hash text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table evaluation
        drop column report_hash, drop column operation, drop column judged_at, drop column read_at;
      drop index finding_transition_at, finding_began;
      alter table finding drop column began_at;
    `);
    for (const table of Object.keys(kept)) {
      await runner.query(`
        drop trigger ${table}_kept on ${table};
        drop trigger ${table}_announced on ${table};
        alter table ${table} drop column recorded_at;
      `);
    }
    await runner.query('drop function keep_past_row; drop function announce_change; drop table past_row');
  }
}
