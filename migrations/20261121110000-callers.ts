import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Callers20261121110000 implements MigrationInterface {
  readonly name = 'Callers20261121110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Who may call the API. The token itself is shown once and kept nowhere: it is 256 random bits, so that a plain SHA-256 of
      -- it cannot be turned around. Never deleted, because what a caller did stays theirs.
      create table api_token (
        id uuid primary key,
        name text not null,
        role text not null check (role in ('admin', 'operator', 'auditor', 'reviewer')),
        hash bytea not null unique,
        -- True of the one that HUBWARDEN_ADMIN_TOKEN names; a changed variable revokes the one before.
        from_environment boolean not null default false,
        created_at timestamptz not null,
        created_by text not null,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        revoked_by text
      );
      create unique index api_token_name on api_token (name) where revoked_at is null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table api_token');
  }
}
