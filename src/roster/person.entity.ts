import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A person as the rosters [firstRoster, lastRoster) had them. `data` is `PersonData`. */
@Entity('person')
export class PersonEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text', { name: 'employee_id' })
  employeeId: string;

  @Column('jsonb')
  data: unknown;

  @Column('bigint', { name: 'first_roster' })
  firstRoster: string;

  @Column('bigint', { name: 'last_roster', nullable: true })
  lastRoster: string | null;
}
