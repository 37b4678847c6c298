import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UnchangedRows20261122003000 implements MigrationInterface {
  readonly name = 'UnchangedRows20261122003000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What one transaction of a run in progress read and found as it stood: a row of listing_ids, readings, pages and
      -- observation_ids for each row that Docker Hub showed, and the listings that it read from their start to their end.
      create table unchanged_batch (
        run_id bigint not null references sync_run (id) on delete cascade,
        id bigint generated always as identity,
        listings jsonb not null,
        listing_ids bigint[] not null,
        readings smallint[] not null,
        pages integer[] not null,
        observation_ids bigint[] not null,
        primary key (run_id, id)
      );

      -- A listing gets its row with the rows that it showed, and in the same transaction after them.
      alter table staged_observation alter constraint staged_observation_listing_id_fkey deferrable initially deferred;
    `);
  }

  /** A run in progress is begun anew by a program that does not know the table: see listing-state.ts. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table staged_observation alter constraint staged_observation_listing_id_fkey not deferrable;
      drop table unchanged_batch;
    `);
  }
}
