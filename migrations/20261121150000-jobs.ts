import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Jobs20261121150000 implements MigrationInterface {
  readonly name = 'Jobs20261121150000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What a run at work has to have read, by whichever process. An organization is read once it has a sealed snapshot with
      -- a number above newer_than, and being read while somebody holds the advisory lock "sync of <organization>"; neither
      -- is written down here, so that no process can die between doing and telling. Rows of a run that is over mean nothing.
      create table run_reading (
        run_id uuid not null references run (id) on delete cascade,
        organization text not null,
        newer_than bigint not null,
        -- Fingerprints, in order: a process that is configured otherwise leaves it to the others.
        credentials text[] not null,
        deadline timestamptz not null,
        -- No request of its credentials may be sent before.
        not_before timestamptz,
        -- Why it could not be read at all; what Docker Hub refuses is in the snapshot.
        failure text,
        primary key (run_id, organization)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table run_reading');
  }
}
