import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Exceptions20261121140200 implements MigrationInterface {
  readonly name = 'Exceptions20261121140200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A decision to accept a failing subject, or every subject that a pattern matches: asked for by one, approved by another.
      -- organization_id is 0 for the roster.
      create table exception (
        id bigint generated always as identity primary key,
        -- Null: it is for a pattern.
        finding_id bigint references finding (id),
        check_id text not null,
        organization_id bigint not null,
        -- Null: of whatever kind.
        subject_kind text,
        -- The key of the finding's subject; of a pattern, a name or a key in which * stands for any run of characters.
        subject text not null,
        subject_name text,
        reason text not null,
        compensating_control text,
        -- What was seen when somebody asked (accepted-state.ts), which has to stay so; null: of a pattern.
        accepted jsonb,
        state text not null
          check (state in ('requested', 'approved', 'refused', 'revoked', 'voided', 'expired', 'replaced')),
        requested_at timestamptz not null,
        requested_by text not null,
        requested_token uuid,
        expires_at timestamptz not null,
        decided_at timestamptz,
        decided_by text,
        decided_token uuid,
        decision_reason text,
        ended_at timestamptz,
        -- Null: it ended by itself.
        ended_by text,
        -- A code, or what somebody wrote.
        ended_because text,
        -- Entries of the trail: an evaluation knows which of them it could see.
        approved_entry bigint,
        ended_entry bigint,
        -- The shortest reminder before the expiry that was told, in days.
        reminded smallint
      );
      create unique index exception_requested on exception (finding_id) where state = 'requested';
      create index exception_finding on exception (finding_id);
      create index exception_subject on exception (check_id, organization_id, subject_kind, subject);
      create index exception_standing on exception (expires_at) where state in ('requested', 'approved');

      -- A finding under an exception. [first_evaluation, last_evaluation): the evaluations that judged it so; null where none did.
      create table excepted_finding (
        id bigint generated always as identity primary key,
        exception_id bigint not null references exception (id),
        finding_id bigint not null references finding (id),
        accepted jsonb not null,
        started_at timestamptz not null,
        ended_at timestamptz,
        -- RESOLVED, EXPIRED, REVOKED, REPLACED, or VOIDED with why in ended_cause.
        ended_because text,
        ended_cause text,
        first_evaluation bigint,
        last_evaluation bigint
      );
      create unique index excepted_finding_standing on excepted_finding (finding_id) where ended_at is null;
      create index excepted_finding_exception on excepted_finding (exception_id);
      create index excepted_finding_history on excepted_finding (finding_id, first_evaluation);
      create index excepted_finding_open on excepted_finding (id) where last_evaluation is null;

      alter table finding add column excepted_by bigint references exception (id);
      create index finding_excepted on finding (excepted_by) where excepted_by is not null;

      alter table finding_transition
        add column exception_id bigint references exception (id),
        drop constraint finding_transition_kind_check,
        add constraint finding_transition_kind_check check (kind in (
          'opened', 'reopened', 'overdue', 'acknowledged', 'resolved',
          'excepted', 'exception_expiring', 'exception_expired', 'exception_voided', 'exception_revoked'));
      create index finding_transition_exception on finding_transition (exception_id) where exception_id is not null;

      -- Somebody vouches for what no source shows.
      create table attestation (
        id bigint generated always as identity primary key,
        check_id text not null,
        organization_id bigint not null references organization (id),
        answer text not null check (answer in ('yes', 'no')),
        statement text not null,
        attested_at timestamptz not null,
        attested_by text not null,
        attested_token uuid,
        expires_at timestamptz not null,
        revoked_at timestamptz,
        revoked_by text,
        revoked_because text,
        -- Entries of the trail.
        made_entry bigint,
        revoked_entry bigint
      );
      create index attestation_check on attestation (organization_id, check_id, id);

      -- A dataset that lost too much in some run, which nothing confirmed. shape: a hash of the keys that it lost.
      create table held_loss (
        id bigint generated always as identity primary key,
        organization_id bigint not null references organization (id),
        run_id bigint not null references sync_run (id) on delete cascade,
        dataset text not null,
        shape text not null,
        had integer not null,
        lost integer not null,
        -- The first of the keys that it lost, for people.
        sample text[] not null,
        state text not null check (state in ('held', 'released', 'refused', 'believed', 'settled')),
        held_at timestamptz not null,
        decided_at timestamptz,
        decided_by text,
        decision_reason text,
        -- The run that believed it, or in which it was no more.
        ended_run bigint
      );
      create unique index held_loss_standing on held_loss (organization_id, dataset)
        where state in ('held', 'released', 'refused');
      create index held_loss_run on held_loss (run_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table held_loss, attestation;
      delete from alert_item where transition_id in (select id from finding_transition where exception_id is not null);
      delete from finding_transition where exception_id is not null;
      alter table finding_transition
        drop column exception_id,
        drop constraint finding_transition_kind_check,
        add constraint finding_transition_kind_check check (kind in (
          'opened', 'reopened', 'overdue', 'acknowledged', 'resolved'));
      alter table finding drop column excepted_by;
      drop table excepted_finding, exception;
    `);
  }
}
