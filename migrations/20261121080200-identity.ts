import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Identity20261121080200 implements MigrationInterface {
  readonly name = 'Identity20261121080200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Whose account or invite it is. Sticky: it outlives a changed address, a hidden address and the person's employment.
      create table link (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        subject_kind text not null check (subject_kind in ('account', 'invite')),
        subject_key text not null,
        employee_id text not null,
        source text not null,
        evidence jsonb not null,
        linked_at timestamptz not null,
        ended_at timestamptz,
        ended_because text,
        check ((ended_at is null) = (ended_because is null))
      );
      create unique index link_standing on link (organization_id, subject_kind, subject_key) where ended_at is null;
      create index link_history on link (organization_id, subject_kind, subject_key, linked_at);
      create index link_person on link (employee_id);

      -- Why the others have no link, as of the last matching: several candidates, or people who look alike. Links nobody.
      create table unmatched (
        organization_id bigint not null references organization (id),
        subject_kind text not null check (subject_kind in ('account', 'invite')),
        subject_key text not null,
        candidates text[] not null,
        suggestions jsonb not null,
        primary key (organization_id, subject_kind, subject_key)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table unmatched, link');
  }
}
