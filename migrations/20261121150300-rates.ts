import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Rates20261121150300 implements MigrationInterface {
  readonly name = 'Rates20261121150300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What all processes together may still send with one credential, by its fingerprint, until the rate window ends. Until
      -- found_out_by one of them is left alone to find out about the next window.
      create table rate_window (
        credential text primary key,
        ends_at timestamptz not null,
        unleased integer not null check (unleased >= 0),
        found_out_by timestamptz
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table rate_window');
  }
}
