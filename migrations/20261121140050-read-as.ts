import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ReadAs20261121140050 implements MigrationInterface {
  readonly name = 'ReadAs20261121140050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Who read it: what the sign-ins of the credentials said of themselves, without secrets; null where nobody got a page,
      -- and in snapshots from before this column.
      alter table dataset_reading add column read_as jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table dataset_reading drop column read_as');
  }
}
