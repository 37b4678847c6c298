import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Instant } from '../findings/report.js';

export const endings = ['DECLARED_OTHERWISE', 'DECLARED_SERVICE_ACCOUNT', 'DECLARATION_REMOVED', 'TAKEN_BACK'] as const;

export class SharedKey {
  @ApiProperty({ type: String, description: 'Such as `work-email`.' })
  readonly matcher: string;

  @ApiProperty({ type: String })
  readonly key: string;
}

/** As it was when the link was made. */
export class LinkEvidence {
  @ApiProperty({ type: String, nullable: true })
  readonly username: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly email: string | null;

  @ApiProperty({
    type: [SharedKey],
    description: 'What account and person had in common; empty where somebody declared or made it.',
  })
  readonly keys: readonly SharedKey[];

  @ApiPropertyOptional({ type: String, description: 'Who made it by hand.' })
  readonly by?: string;

  @ApiPropertyOptional({ type: String, description: 'Why it was made by hand.' })
  readonly reason?: string;
}

/** Whose an account or invite is, and why we think so. */
export class Link {
  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: String, description: 'The id of the account or invite.' })
  readonly account: string;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String, enum: ['account', 'invite'] })
  readonly kind: 'account' | 'invite';

  @ApiProperty({ type: String, description: 'The Hub user id, or the id of the invite.' })
  readonly key: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'What it was last called: the username, or whom the invite was sent to. Null: Docker Hub never showed it.',
  })
  readonly username: string | null;

  @ApiProperty({ type: String, description: 'The employee id.' })
  readonly person: string;

  @ApiProperty({ type: String, nullable: true })
  readonly personName: string | null;

  @ApiProperty({ type: String, description: '`declared`, `manual`, or the matcher that made it.' })
  readonly source: string;

  @ApiProperty({ type: LinkEvidence })
  readonly evidence: LinkEvidence;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly since: Instant;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it stands.' })
  readonly endedAt: Instant | null;

  @ApiProperty({
    type: String,
    enum: [...endings, null],
    nullable: true,
    description:
      'hubwarden.yaml names somebody else, names it a service account, or no longer names anybody; or somebody took it back.',
  })
  readonly endedBecause: (typeof endings)[number] | null;

  @ApiProperty({ type: String, nullable: true, description: 'Who took it back.' })
  readonly endedBy: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly endedReason: string | null;
}
