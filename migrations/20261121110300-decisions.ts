import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Decisions20261121110300 implements MigrationInterface {
  readonly name = 'Decisions20261121110300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table finding add column acknowledged_reason text;
      -- Who changed a finding by hand; null: the engine.
      alter table finding_transition add column by text;

      -- Who took a link back, and why. A pair that somebody took back is not tied again by keys.
      alter table link add column ended_by text;
      alter table link add column ended_reason text;

      -- What dashboards ask for: the open findings by urgency, everything about one subject, the last evaluations.
      create index finding_urgency on finding (
        (case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end), due_at, id)
        where resolved_at is null;
      create index finding_first_seen on finding (first_seen_at, id);
      create index verdict_subject on verdict (organization_id, subject_kind, subject_key, first_evaluation);
      create index evaluation_at on evaluation (at);
      create index observation_dataset on observation (organization_id, dataset, first_snapshot);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index observation_dataset, evaluation_at, verdict_subject, finding_first_seen, finding_urgency;
      alter table link drop column ended_reason, drop column ended_by;
      alter table finding_transition drop column by;
      alter table finding drop column acknowledged_reason;
    `);
  }
}
