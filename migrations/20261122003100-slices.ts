import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Slices20261122003100 implements MigrationInterface {
  readonly name = 'Slices20261122003100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- An evaluation at work that has others judge slices of it. One row for each attempt; the evaluation itself exists once it
      -- is recorded, and whatever stands here afterwards means nothing.
      create table evaluation_at_work (
        attempt uuid primary key,
        -- As text: in jsonb, keys would be in another order, and its hash another one.
        task json not null
      );

      -- Who judges a slice holds its row locked, and sets subjects in the transaction that writes its parts.
      create table evaluation_slice (
        attempt uuid not null,
        number integer not null,
        slice json not null,
        -- How many were judged; null: it is not done.
        subjects bigint,
        -- How many rows of evaluation_part it came to.
        parts integer,
        primary key (attempt, number)
      );

      -- What was judged of a slice, as lines for COPY, for the process that records the evaluation. Unlogged: a server that breaks down
      -- undoes the evaluation as well.
      create unlogged table evaluation_part (
        attempt uuid not null,
        number integer not null,
        position integer not null,
        place text not null,
        lines bytea not null,
        primary key (attempt, number, position)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table evaluation_part, evaluation_slice, evaluation_at_work');
  }
}
