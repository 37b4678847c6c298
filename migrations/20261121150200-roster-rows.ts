import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a million people cost while they are written and compared. */
export class RosterRows20261121150200 implements MigrationInterface {
  readonly name = 'RosterRows20261121150200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The first and the last roster of a person are written where the roster is, in one transaction, and nobody ever removes
      -- either: a check of every single row would cost as much as storing it.
      alter table person
        drop constraint if exists person_first_roster_fkey,
        drop constraint if exists person_last_roster_fkey;

      -- Nearly everybody is still in force.
      drop index person_last_roster;
      create index person_last_roster on person (last_roster) where last_roster is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index person_last_roster;
      create index person_last_roster on person (last_roster);
      alter table person
        add constraint person_first_roster_fkey foreign key (first_roster) references roster (id),
        add constraint person_last_roster_fkey foreign key (last_roster) references roster (id);
    `);
  }
}
