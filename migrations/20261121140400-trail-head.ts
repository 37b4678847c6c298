import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TrailHead20261121140400 implements MigrationInterface {
  readonly name = 'TrailHead20261121140400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row: the entry that was written last. The next one goes on from here, whatever is left of the trail, so that an end
      -- that somebody cut off stays missing.
      create table trail_head (
        single boolean primary key default true check (single),
        number bigint not null,
        hash text not null
      );
      insert into trail_head (number, hash)
      select coalesce(max(number), 0),
             coalesce((select hash from trail_entry order by number desc limit 1), repeat('0', 64)) from trail_entry;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table trail_head');
  }
}
