import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A Docker Hub organization that was ever watched. It stays when the configuration drops it. */
@Entity('organization')
export class OrganizationEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  name: string;
}
