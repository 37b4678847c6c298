import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { datasets, type Dataset, type Instant } from '../checks/check.js';
import { permissions, type Permission } from '../checks/permissions.js';

const ways = ['owner', 'editor', 'team'] as const;
const unverified =
  'Present where an incomplete listing did not show what this rests on: it held at the last reading, and nobody knows about this one.';

export class AccessWay {
  @ApiProperty({
    type: String,
    enum: [...ways],
    description: '`owner` and `editor` are roles, and hold `admin` on every repository of the organization.',
  })
  readonly via: (typeof ways)[number];

  @ApiPropertyOptional({
    type: String,
    description:
      'The team that has the permission, or that carries the role; absent where the role is the account’s own.',
  })
  readonly team?: string;

  @ApiPropertyOptional({
    type: String,
    description: 'A custom role that `roles` of the policy counts as owner or editor, as Docker Hub spells it.',
  })
  readonly role?: string;

  @ApiProperty({ type: String, enum: [...permissions] })
  readonly permission: Permission;

  @ApiPropertyOptional({ type: Boolean, enum: [true], description: unverified })
  readonly unverified?: true;
}

export class AccessPerson {
  @ApiProperty({ type: String, description: 'The employee id.' })
  readonly id: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: the roster of the evaluation does not say.' })
  readonly name: string | null;
}

/** What one account may do with one repository. */
export class AccessEntry {
  @ApiProperty({ type: String, description: 'Organization and name, `acme/api`.' })
  readonly repository: string;

  @ApiProperty({ type: String, description: 'The username, or the Hub user id where Docker Hub did not show one.' })
  readonly account: string;

  @ApiProperty({ type: String, description: 'As GET /accounts has it, `acme:0ab7…`.' })
  readonly accountId: string;

  @ApiProperty({
    type: AccessPerson,
    nullable: true,
    description: 'Whose account it is; null: it is linked to nobody.',
  })
  readonly person: AccessPerson | null;

  @ApiProperty({
    type: String,
    enum: [...permissions],
    description: 'The highest over the paths: `read` is to pull, `write` to push as well, `admin` to decide who may.',
  })
  readonly permission: Permission;

  @ApiProperty({ type: [AccessWay], description: 'Every way by which it comes to a permission, from the highest.' })
  readonly paths: readonly AccessWay[];
}

export class TokenAccess {
  @ApiProperty({ type: String, description: 'The label, or the id where Docker Hub did not show one.' })
  readonly token: string;

  @ApiProperty({
    type: String,
    enum: [...permissions],
    description:
      'The highest that its scopes give on the repository; where none was asked for, on any of its organization. `read` is also ' +
      'what changes nothing and pulls nothing; `scopes` says what it is.',
  })
  readonly permission: Permission;

  @ApiProperty({ type: String })
  readonly organization: string;

  @ApiProperty({ type: String })
  readonly id: string;

  @ApiProperty({ type: [String], description: 'As Docker Hub words them.' })
  readonly scopes: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'The username of whoever made it.' })
  readonly createdBy: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As Docker Hub says it; null: never, or it did not say.' })
  readonly expiresAt: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As Docker Hub says it.' })
  readonly lastUsedAt: string | null;

  @ApiPropertyOptional({ type: Boolean, enum: [true], description: unverified })
  readonly unverified?: true;
}

export class AccessMissing {
  @ApiProperty({ type: String, nullable: true, description: 'Null: nothing was evaluated at all.' })
  readonly organization: string | null;

  @ApiProperty({ type: String, enum: [...datasets, null], nullable: true, description: 'The listing that lacks it.' })
  readonly dataset: Dataset | null;

  @ApiProperty({ type: String, description: 'A code.' })
  readonly reason: string;

  @ApiProperty({ type: String, description: 'The same for people.' })
  readonly message: string;

  @ApiProperty({
    type: [String],
    description:
      'Accounts, teams, repositories or tokens that it is about, at most 50; none where it is all of the listing.',
  })
  readonly about: readonly string[];
}

/** What holds of a whole answer, on each of its pages. */
export class AccessWhole {
  @ApiProperty({
    type: [TokenAccess],
    description:
      'Organization access tokens that work and have a permission on the repository; asked for a person or an account, those that ' +
      'they made, because whoever made a token may have kept it. Whole on every page.',
  })
  readonly tokens: readonly TokenAccess[];

  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether everybody may pull the repository. Null: no repository was asked for, or Docker Hub did not say (`missing` has it).',
  })
  readonly public: boolean | null;

  @ApiProperty({
    type: Boolean,
    description:
      'False: there may be more access than is shown, for the reasons in `missing`; an empty list then means nothing.',
  })
  readonly complete: boolean;

  @ApiProperty({ type: [AccessMissing], description: 'What is not known. Whole on every page.' })
  readonly missing: readonly AccessMissing[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The clock of the evaluation whose snapshots answer; null: nothing was evaluated.',
  })
  readonly evaluatedAt: Instant | null;
}

export class AccessAnswer extends AccessWhole {
  @ApiProperty({
    type: [AccessEntry],
    description:
      'Accounts only, by repository and account. Pending invites are access in waiting; GET /accounts has them.',
  })
  readonly items: readonly AccessEntry[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
