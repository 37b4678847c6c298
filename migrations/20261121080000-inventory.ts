import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Inventory20261121080000 implements MigrationInterface {
  readonly name = 'Inventory20261121080000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table organization (
        id bigint generated always as identity primary key,
        name text not null unique
      );

      -- One reading of one organization. Its id is the snapshot's number once it is sealed. Whoever takes a run up raises its
      -- fence; every write names the fence that it was started under, so that a process which lost the run changes nothing.
      create table sync_run (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        state text not null check (state in ('running', 'paused', 'verifying', 'sealed', 'rejected')),
        fence integer not null default 1,
        credentials text[] not null,
        pages integer not null default 0,
        started_at timestamptz not null,
        believed_at timestamptz not null,
        sealed_at timestamptz
      );
      create unique index sync_run_open on sync_run (organization_id) where state in ('running', 'paused', 'verifying');
      create index sync_run_organization on sync_run (organization_id, id);

      -- The stack of a run in progress: where each listing stands in its first or second reading. A listing without a status
      -- is still to be read, from its cursor. first_read_at is the machine's time, fetched_at the run's clock.
      create table listing (
        id bigint generated always as identity primary key,
        run_id bigint not null references sync_run (id) on delete cascade,
        dataset text not null,
        scope text not null,
        reading smallint not null default 1 check (reading in (1, 2)),
        cursor text,
        pages integer not null default 0,
        received integer not null default 0,
        unkept integer not null default 0,
        reported integer,
        odd text,
        again text check (again in ('odd', 'shrank')),
        odd_before text,
        status text check (status in ('complete', 'partial', 'failed', 'not_permitted', 'not_configured')),
        reason text,
        message text,
        credential text,
        read_as jsonb,
        first_read_at timestamptz,
        fetched_at timestamptz,
        unique (run_id, dataset, scope)
      );

      create table staged_observation (
        listing_id bigint not null references listing (id) on delete cascade,
        reading smallint not null,
        key text not null,
        page integer not null,
        data jsonb not null,
        primary key (listing_id, reading, key)
      );

      -- How each dataset of a sealed run ended: one line of the report's "datasets".
      create table dataset_reading (
        run_id bigint not null references sync_run (id) on delete cascade,
        dataset text not null,
        status text not null check (status in ('complete', 'partial', 'failed', 'not_permitted', 'not_configured')),
        reason text,
        message text,
        received integer not null,
        reported integer,
        fetched_at timestamptz,
        primary key (run_id, dataset)
      );

      -- What Docker Hub showed, and in which snapshots: true in [first_snapshot, last_snapshot), still true where last is null.
      create table observation (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        dataset text not null,
        key text not null,
        data jsonb not null,
        first_snapshot bigint not null,
        last_snapshot bigint
      );
      create unique index observation_current on observation (organization_id, dataset, key) where last_snapshot is null;
      create index observation_history on observation (organization_id, dataset, key, first_snapshot);

      -- Rows that an incomplete listing did not show: neither seen nor gone in that snapshot.
      create table unverified (
        snapshot bigint not null,
        observation_id bigint not null references observation (id) on delete cascade,
        primary key (snapshot, observation_id)
      );
      create index unverified_observation on unverified (observation_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table unverified, observation, dataset_reading, staged_observation, listing, sync_run, organization',
    );
  }
}
