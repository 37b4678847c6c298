import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './roles.js';

/** Who may call the API. The token itself is kept nowhere. */
@Entity('api_token')
export class ApiTokenEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  role: Role;

  @Column('bytea')
  hash: Buffer;

  @Column('boolean', { name: 'from_environment', default: false })
  fromEnvironment: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('text', { name: 'created_by' })
  createdBy: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_by', nullable: true })
  revokedBy: string | null;
}
