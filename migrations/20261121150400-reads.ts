import type { MigrationInterface, QueryRunner } from 'typeorm';

const urgency = `(case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end), due_at, id`;
/** When a finding was open; of one that came back, from the first time to the last one. */
const openDuring = 'tstzrange(least(began_at, first_seen_at, resolved_at), resolved_at)';

export class Reads20261121150400 implements MigrationInterface {
  readonly name = 'Reads20261121150400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was open at an instant: of findings to which no more happened than that they were opened, acknowledged and resolved,
      -- and of all others.
      create index finding_open_then on finding using gist (${openDuring})
        where (reopened = 0 and excepted_by is null);
      create index finding_eventful_then on finding using gist (${openDuring})
        where (reopened > 0 or excepted_by is not null);

      -- The orders of the list: of what is open (finding_urgency has one of them), and of everything.
      create index finding_open_due on finding (due_at, id) where resolved_at is null;
      create index finding_open_first_seen on finding (first_seen_at, id) where resolved_at is null;
      create index finding_any_urgency on finding (${urgency});
      create index finding_any_due on finding (due_at, id);

      -- Findings about somebody's accounts and invites, whatever their kind.
      create index finding_holder on finding (
        (case when subject_kind = 'critical_system_account' then substr(subject_key, length(subject_system) + 2) else subject_key end),
        organization_id);

      -- From a person to the ids that HR had them under before, and from an account to its teams.
      create index person_same_as on person ((data->>'sameAs')) where data ? 'sameAs';
      create index observation_member on observation (organization_id, (data->>'member')) where dataset = 'team_members';

      -- What was said of one subject by one check. The one that it replaces led to what all checks ever said of it.
      create index verdict_of_subject on verdict (organization_id, subject_kind, subject_key, check_id, first_evaluation);

      -- What the overview counts, without a visit to the rows.
      create index finding_open_counts on finding (severity)
        include (id, due_at, acknowledged_at, excepted_by, check_id, organization_id) where resolved_at is null;
      create index finding_transition_of_evaluation on finding_transition (evaluation_number) include (kind, finding_id);
      create index finding_transition_alarm on finding_transition (at) where evaluation_number is null and kind = 'opened';

      -- Which evaluation was the last one at an instant.
      create index evaluation_order on evaluation (at, number);

      -- How many more findings were open after an evaluation than before it: what it opened and reopened, without what it resolved.
      alter table evaluation add column more_open integer not null default 0;
      update evaluation set more_open = change.net
        from (select evaluation_number, sum(case kind when 'resolved' then -1 else 1 end) as net from finding_transition
               where evaluation_number is not null and kind in ('opened', 'reopened', 'resolved') group by evaluation_number) as change
       where evaluation.number = change.evaluation_number;
      create function count_open_findings() returns trigger language plpgsql as $$
      begin
        update evaluation set more_open = evaluation.more_open + change.net
          from (select evaluation_number, sum(case kind when 'resolved' then -1 else 1 end) as net from added
                 where kind in ('opened', 'reopened', 'resolved') group by evaluation_number) as change
         where evaluation.number = change.evaluation_number;
        return null;
      end $$;
      create trigger finding_transition_counted after insert on finding_transition
        referencing new table as added for each statement execute function count_open_findings();

      -- Last, because whoever reads waits from here on.
      drop index verdict_subject, finding_transition_evaluation, evaluation_at;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger finding_transition_counted on finding_transition;
      drop function count_open_findings;
      alter table evaluation drop column more_open;
      create index verdict_subject on verdict (organization_id, subject_kind, subject_key, first_evaluation);
      drop index verdict_of_subject;
      create index evaluation_at on evaluation (at);
      create index finding_transition_evaluation on finding_transition (evaluation_number);
      drop index evaluation_order, finding_transition_alarm, finding_transition_of_evaluation, finding_open_counts,
                 observation_member, person_same_as, finding_holder, finding_any_due, finding_any_urgency, finding_open_first_seen,
                 finding_open_due, finding_eventful_then, finding_open_then;
    `);
  }
}
