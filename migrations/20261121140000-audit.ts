import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Audit20261121140000 implements MigrationInterface {
  readonly name = 'Audit20261121140000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The archive of Docker Hub's audit log. key: the event's own id, or a hash where it has none; digest: SHA-256 of what is
      -- kept of it, so that an event which says something else later is a second row. Nothing is changed or removed.
      create table audit_event (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        key text not null,
        digest text not null,
        at timestamptz not null,
        action text not null,
        actor text,
        token text,
        name text,
        data jsonb not null,
        run_id bigint not null references sync_run (id),
        recorded_at timestamptz not null default clock_timestamp(),
        unique (organization_id, key, digest)
      );
      create index audit_event_at on audit_event (organization_id, at);
      create index audit_event_action on audit_event (organization_id, action, at);
      create index audit_event_actor on audit_event (organization_id, lower(actor collate "C"), at);
      create index audit_event_run on audit_event (run_id);

      -- A stretch of time that a run set out to read. covered_from: since when, up to its end, every event was seen; null: of
      -- no part of it.
      create table audit_window (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        run_id bigint not null references sync_run (id),
        from_at timestamptz not null,
        to_at timestamptz not null,
        covered_from timestamptz,
        events integer not null,
        recorded_at timestamptz not null default clock_timestamp(),
        check (from_at <= to_at and (covered_from is null or covered_from between from_at and to_at))
      );
      create index audit_window_organization on audit_window (organization_id, run_id);
      create index audit_window_run on audit_window (run_id);

      -- What readings of an archived event's time, made to their end, said of it since: that it is absent, or there again.
      create table audit_absence (
        run_id bigint not null references sync_run (id),
        event_id bigint not null references audit_event (id),
        absent boolean not null,
        recorded_at timestamptz not null default clock_timestamp(),
        primary key (run_id, event_id)
      );
      create index audit_absence_event on audit_absence (event_id);

      create function refuse_audit_change() returns trigger language plpgsql as $$
      begin
        raise exception 'The audit archive is append-only: % of % is refused.', lower(tg_op), tg_table_name
          using errcode = 'insufficient_privilege';
      end $$;
      create trigger audit_event_stays before update or delete on audit_event
        for each row execute function refuse_audit_change();
      create trigger audit_event_stays_whole before truncate on audit_event
        for each statement execute function refuse_audit_change();
      create trigger audit_window_stays before update or delete on audit_window
        for each row execute function refuse_audit_change();
      create trigger audit_window_stays_whole before truncate on audit_window
        for each statement execute function refuse_audit_change();
      create trigger audit_absence_stays before update or delete on audit_absence
        for each row execute function refuse_audit_change();
      create trigger audit_absence_stays_whole before truncate on audit_absence
        for each statement execute function refuse_audit_change();

      -- Which time a listing of the audit log is about; null for everything else.
      alter table listing
        add column window_from timestamptz,
        add column window_to timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table listing drop column window_to, drop column window_from;
      drop table audit_absence, audit_window, audit_event;
      drop function refuse_audit_change;
    `);
  }
}
