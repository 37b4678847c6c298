import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Runs20261121110100 implements MigrationInterface {
  readonly name = 'Runs20261121110100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One attempt at an evaluation, from the moment that somebody asked for it. Its id is the evaluation's, once that is
      -- recorded. Who holds the advisory lock "check run" works on it; a run that is 'running' while nobody holds the lock was
      -- left behind by a process that died, and is taken up by the next one (except a 'command', whose terminal is gone).
      create table run (
        id uuid primary key,
        number bigint generated always as identity unique,
        cause text not null check (cause in ('schedule', 'request', 'command')),
        requested_by text,
        state text not null check (state in ('waiting', 'running', 'finished', 'failed')),
        requested_at timestamptz not null,
        -- The clock of beliefs: set when work begins, kept when another process goes on with it.
        at timestamptz,
        started_at timestamptz,
        finished_at timestamptz,
        -- How often work on it began: whoever began earlier may write no more.
        attempts integer not null default 0,
        -- How often it broke down by itself; that a process ended or lost the database counts for nothing.
        failures integer not null default 0,
        -- A failed attempt is repeated from here on.
        not_before timestamptz,
        progress jsonb not null default '[]',
        message text
      );
      create index run_open on run (number) where state in ('waiting', 'running');

      -- The night that was due, by the schedule and not by anybody's clock: the first process that adds the row has it.
      -- run_id is the run that it led to, or the one that was still at work and stands for it.
      create table schedule_slot (
        slot timestamptz primary key,
        run_id uuid not null references run (id),
        claimed_at timestamptz not null
      );
      create index schedule_slot_run on schedule_slot (run_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table schedule_slot, run');
  }
}
