import type { MigrationInterface, QueryRunner } from 'typeorm';

const openFrom = 'least(began_at, first_seen_at, resolved_at)';
/** A day, two, four, … up to eleven years, in hours. */
const spans = '{24:00,48:00,96:00,192:00,384:00,768:00,1536:00,3072:00,6144:00,12288:00,24576:00,49152:00,98304:00}';

export class OpenThen20261122000400 implements MigrationInterface {
  readonly name = 'OpenThen20261122000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What was open at an instant, with what is counted of it and what lists are ordered by: of findings to which no more happened than
      -- that they were opened, acknowledged and resolved. By how long they were open, so that those of an instant lie together.
      create index finding_plain_then on finding (
          (coalesce(width_bucket(resolved_at - ${openFrom}, '${spans}'::interval[]), 13)), (${openFrom}))
        include (id, severity, due_at, began_at, first_seen_at, resolved_at, acknowledged_at, check_id, organization_id)
        where reopened = 0 and excepted_by is null;

      -- How each of the others stood, without a visit to its transitions.
      create index finding_transition_of_finding on finding_transition (finding_id, id) include (kind, evaluation_number, at);

      -- The order of the list for one check, of what is open and of what is resolved.
      create index finding_of_check on finding (
        check_id, (case severity when 'critical' then 1 when 'high' then 2 when 'medium' then 3 else 4 end), due_at, id);

      -- Last, because whoever reads waits from here on.
      drop index finding_open_then, finding_transition_finding;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index finding_transition_finding on finding_transition (finding_id);
      create index finding_open_then on finding using gist (tstzrange(${openFrom}, resolved_at))
        where (reopened = 0 and excepted_by is null);
      drop index finding_of_check, finding_transition_of_finding, finding_plain_then;
    `);
  }
}
