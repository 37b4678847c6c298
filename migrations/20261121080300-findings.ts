import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Findings20261121080300 implements MigrationInterface {
  readonly name = 'Findings20261121080300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One run of all checks over one snapshot per organization, one roster, one policy, one clock.
      create table evaluation (
        id uuid primary key,
        number bigint generated always as identity unique,
        at timestamptz not null,
        started_at timestamptz not null,
        finished_at timestamptz,
        roster_id bigint references roster (id),
        roster_dataset jsonb not null,
        catalogue_version text not null,
        policy jsonb not null
      );

      create index evaluation_roster on evaluation (roster_id);

      create table evaluated_snapshot (
        evaluation_number bigint not null references evaluation (number) on delete cascade,
        organization_id bigint not null references organization (id),
        run_id bigint not null references sync_run (id),
        primary key (evaluation_number, organization_id)
      );
      create index evaluated_snapshot_organization on evaluated_snapshot (organization_id);
      create index evaluated_snapshot_run on evaluated_snapshot (run_id);

      create table evaluated_check (
        evaluation_number bigint not null references evaluation (number) on delete cascade,
        check_id text not null,
        title text not null,
        severity text not null,
        status text not null,
        pass integer not null,
        fail integer not null,
        unknown integer not null,
        error integer not null,
        not_applicable integer not null,
        excepted integer not null,
        primary key (evaluation_number, check_id)
      );

      -- What was judged of each subject, true in the evaluations [first_evaluation, last_evaluation).
      -- organization_id is 0 for the roster, which belongs to none.
      create table verdict (
        id bigint generated always as identity primary key,
        check_id text not null,
        organization_id bigint not null,
        subject_kind text not null,
        subject_key text not null,
        subject_name text not null,
        subject_system text,
        outcome text not null check (outcome in ('pass', 'fail', 'unknown', 'error', 'not_applicable')),
        reason text not null,
        message text not null,
        facts jsonb not null,
        since timestamptz not null,
        first_evaluation bigint not null,
        last_evaluation bigint
      );
      create unique index verdict_current on verdict (check_id, organization_id, subject_kind, subject_key)
        where last_evaluation is null;
      create index verdict_history on verdict (first_evaluation);
      create index verdict_closed on verdict (last_evaluation) where last_evaluation is not null;

      -- A failing subject over time.
      create table finding (
        id bigint generated always as identity primary key,
        check_id text not null,
        organization_id bigint not null,
        subject_kind text not null,
        subject_key text not null,
        subject_name text not null,
        subject_system text,
        severity text not null,
        reason text not null,
        message text not null,
        first_seen_at timestamptz not null,
        due_at timestamptz not null,
        acknowledged_at timestamptz,
        acknowledged_by text,
        resolved_at timestamptz,
        resolved_because text,
        reopened integer not null default 0,
        overdue_noted boolean not null default false,
        recurrence_of bigint references finding (id)
      );
      create unique index finding_open on finding (check_id, organization_id, subject_kind, subject_key)
        where resolved_at is null;
      create index finding_subject on finding (check_id, organization_id, subject_kind, subject_key, resolved_at);
      create index finding_recurrence on finding (recurrence_of);

      -- Every change of a finding, written with the verdicts that caused it. These rows are the outbox of the alerts.
      create table finding_transition (
        id bigint generated always as identity primary key,
        finding_id bigint not null references finding (id),
        evaluation_number bigint references evaluation (number),
        at timestamptz not null,
        kind text not null check (kind in ('opened', 'reopened', 'overdue', 'acknowledged', 'resolved')),
        because text
      );
      create index finding_transition_finding on finding_transition (finding_id);
      create index finding_transition_evaluation on finding_transition (evaluation_number);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table finding_transition, finding, verdict, evaluated_check, evaluated_snapshot, evaluation',
    );
  }
}
