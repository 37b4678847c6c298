import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { subjectKinds, type Instant, type SubjectKind } from '../checks/check.js';
import { outcomes, type Outcome } from '../findings/report.js';
import { SubjectCounts } from './checked.js';
import { Link } from './link.js';

export const holderKinds = ['account', 'invite'] as const;
export type HolderKind = (typeof holderKinds)[number];
export const presences = ['present', 'unverified', 'gone'] as const;
export type Presence = (typeof presences)[number];
const identityStates = ['linked', 'service_account', 'ambiguous', 'unlinked'] as const;

export class AccountLink {
  @ApiProperty({ type: String, description: 'Of the link.' })
  readonly id: string;

  @ApiProperty({ type: String, description: 'The employee id.' })
  readonly person: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: the roster of the evaluation does not say.' })
  readonly name: string | null;

  @ApiProperty({ type: String, description: '`declared`, `manual`, or the matcher that made it.' })
  readonly source: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly since: Instant;
}

export class AccountSuggestion {
  @ApiProperty({ type: String, description: 'The employee id.' })
  readonly person: string;

  @ApiProperty({ type: String, nullable: true })
  readonly name: string | null;

  @ApiProperty({ type: String, description: 'What makes them resemble each other.' })
  readonly because: string;
}

/** An account, or a pending invite: access in waiting. */
export class Account {
  @ApiProperty({
    type: String,
    description:
      'Organization and Hub user id, `acme:0ab7…`; of an invite `acme:invite:` and its id. Stable. One segment of a path.',
  })
  readonly id: string;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String, enum: [...holderKinds] })
  readonly kind: HolderKind;

  @ApiProperty({ type: String, description: 'The Hub user id, or the id of the invite.' })
  readonly key: string;

  @ApiProperty({
    type: String,
    enum: [...presences],
    description:
      '`unverified`: the listing of that night was incomplete and did not show it, the last complete one did; `gone`: a ' +
      'complete listing does not have it any more.',
  })
  readonly presence: Presence;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Of an invite, the Docker ID that it was sent to. Null: Docker Hub did not show it; see `hidden`.',
  })
  readonly username: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly fullName: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Of an invite, the address that it was sent to.' })
  readonly email: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As Docker Hub spells it: the member’s own, or the one offered.',
  })
  readonly role: string | null;

  @ApiProperty({
    type: [String],
    description:
      'Of username, fullName, email, invitee and role, those that Docker Hub did not send. Others that are null are empty.',
  })
  readonly hidden: readonly string[];

  @ApiProperty({
    type: [String],
    nullable: true,
    description:
      'The highest of the member’s own role, the roles of its teams and membership of `owners`, as it was judged; several where ' +
      'one cannot be ranked. Null: it was not judged.',
  })
  readonly effectiveRoles: readonly string[] | null;

  @ApiProperty({
    type: [String],
    description: 'The teams that it was seen in; of an invite, the one that it leads into.',
  })
  readonly teams: readonly string[];

  @ApiProperty({
    type: Boolean,
    description: 'False: the listing of teams or of their members was incomplete, and there may be more.',
  })
  readonly teamsKnown: boolean;

  @ApiProperty({ type: String, enum: [...identityStates] })
  readonly identity: (typeof identityStates)[number];

  @ApiProperty({ type: AccountLink, nullable: true })
  readonly link: AccountLink | null;

  @ApiProperty({ type: [String], description: 'Employee ids of several people who hold its keys.' })
  readonly candidates: readonly string[];

  @ApiProperty({ type: [AccountSuggestion], description: 'People who resemble it. Never used.' })
  readonly suggestions: readonly AccountSuggestion[];

  @ApiProperty({
    type: String,
    enum: [...outcomes, null],
    nullable: true,
    description: 'The worst verdict: fail, error, unknown, pass, not_applicable. Null: it was not judged.',
  })
  readonly verdict: Outcome | null;

  @ApiProperty({ type: SubjectCounts, description: 'Its verdicts, over all checks and systems.' })
  readonly counts: SubjectCounts;
}

export class AccountVerdict {
  @ApiProperty({ type: String })
  readonly check: string;

  @ApiProperty({ type: String })
  readonly title: string;

  @ApiProperty({ type: String, enum: [...subjectKinds] })
  readonly kind: SubjectKind;

  @ApiPropertyOptional({ type: String, description: 'The critical system that it is judged for.' })
  readonly system?: string;

  @ApiProperty({ type: String, enum: [...outcomes] })
  readonly verdict: Outcome;

  @ApiProperty({ type: String, description: 'A code.' })
  readonly reason: string;

  @ApiProperty({ type: String, description: 'The same for people.' })
  readonly message: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'Since when it has been this verdict.' })
  readonly since: Instant;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What it rests on.' })
  readonly facts: Readonly<Record<string, unknown>>;
}

export class TeamRole {
  @ApiProperty({ type: String })
  readonly team: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The role that the team carries; null: none, or it was not said.',
  })
  readonly role: string | null;

  @ApiProperty({ type: Boolean, description: 'False: Docker Hub did not say whether the team carries a role.' })
  readonly said: boolean;
}

export class ScimUser {
  @ApiProperty({ type: String, description: 'The SCIM id.' })
  readonly id: string;

  @ApiProperty({ type: String, nullable: true })
  readonly userName: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The Docker ID.' })
  readonly displayName: string | null;

  @ApiProperty({ type: Boolean, nullable: true, description: 'Null: SCIM did not say.' })
  readonly active: boolean | null;
}

export class ScimState {
  @ApiProperty({
    type: String,
    enum: ['complete', 'partial', 'failed', 'not_permitted', 'not_configured', null],
    nullable: true,
    description:
      'How the reading of SCIM ended. Only where it is `complete` does an empty list mean that SCIM has no such user.',
  })
  readonly status: string | null;

  @ApiProperty({ type: [ScimUser], description: 'Users by any name that the account or its person goes by.' })
  readonly users: readonly ScimUser[];
}

export class Sighting {
  @ApiProperty({ type: String, description: 'The number of the snapshot.' })
  readonly snapshot: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'By the clock of its run.' })
  readonly at: Instant;
}

export class AccountDetail extends Account {
  @ApiProperty({ type: [AccountVerdict], description: 'The worst first.' })
  readonly verdicts: readonly AccountVerdict[];

  @ApiProperty({ type: [Link], description: 'Whose it was said to be, the newest first, with the evidence.' })
  readonly links: readonly Link[];

  @ApiProperty({ type: [TeamRole] })
  readonly teamRoles: readonly TeamRole[];

  @ApiProperty({ type: ScimState, nullable: true, description: 'Null for an invite.' })
  readonly scim: ScimState | null;

  @ApiProperty({ type: [String], description: 'Ids of the open findings about it.' })
  readonly findings: readonly string[];

  @ApiProperty({ type: Sighting })
  readonly firstSeen: Sighting;

  @ApiProperty({ type: Sighting, description: 'By the moment that is asked about.' })
  readonly lastSeen: Sighting;
}
