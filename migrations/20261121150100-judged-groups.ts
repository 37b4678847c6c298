import type { MigrationInterface, QueryRunner } from 'typeorm';

export class JudgedGroups20261121150100 implements MigrationInterface {
  readonly name = 'JudgedGroups20261121150100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What the evaluation before said, in short, so that the next one need not compare every verdict: all of it can be dropped
      -- at any time, and is then written anew. Nothing but the last evaluation's is kept.
      create table judged_state (
        organization_id bigint primary key references organization (id),
        -- Holds only where no other evaluation came since, and where it would be by the same policy and the same rules.
        evaluation_number bigint not null references evaluation (number) on delete cascade,
        policy text not null
      );

      -- Everything that is judged of one thing that a source showed. subject: its kind and key. shape: a hash of which checks judge
      -- which of its subjects; digest: of what they said.
      create table judged_group (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        source text not null,
        subject text not null,
        shape text not null,
        digest text not null,
        unique (organization_id, source, subject)
      ) with (fillfactor = 90);

      -- Subjects with a verdict that stands and that nothing was judged for: carried from an earlier night, or of an empty check.
      create table judged_apart (
        check_id text not null,
        organization_id bigint not null,
        subject_kind text not null,
        subject_key text not null,
        primary key (organization_id, check_id, subject_kind, subject_key)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table judged_apart, judged_group, judged_state');
  }
}
