/** What can be read from one organization; whatever lies inside something else comes after it. */
export const hubDatasets = [
  'members',
  'invites',
  'teams',
  'team_members',
  'repositories',
  'repository_teams',
  'tokens',
  'image_access',
  'registry_access',
  'audit_log',
  'scim_users',
] as const;
export type HubDataset = (typeof hubDatasets)[number];

/**
 * One listing of one organization. `scope` names what is inside the organization: the team's name for `team_members`,
 * the repository's name for `repository_teams`, the token's id for one token's details (`tokens`); '' elsewhere.
 */
export interface Listing {
  readonly dataset: HubDataset;
  readonly scope: string;
  /** Of `audit_log` alone: whose events. Without it the page is empty, and says only that the log can be read. */
  readonly window?: TimeWindow;
}

/** Both ends belong to it; ISO 8601 in UTC. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

/**
 * One decoded row. `key` identifies it inside its dataset and organization; undefined where the row had none, which makes
 * the listing partial. A field that Docker Hub did not send is absent from `data`; one that it sent as null is null.
 */
export interface Row<Data = RowData> {
  readonly key: string | undefined;
  readonly data: Data;
}
export type RowData = Readonly<Record<string, unknown>>;

export interface MemberData {
  readonly username?: string;
  readonly fullName?: string | null;
  readonly email?: string | null;
  /** As Docker Hub spells it: `Owner`, `Editor`, `Member`, or a custom role. */
  readonly role?: string | null;
  /** Names of the member's teams. */
  readonly groups?: readonly string[] | null;
  /**
   * Role or type is spelled `Invitee`: a pending invite, which has a row of its own among the invites, or a member with a
   * custom role of that name. Absent elsewhere.
   */
  readonly invitee?: true;
  readonly isGuest?: boolean | null;
  readonly dateJoined?: string | null;
  readonly lastSeenAt?: string | null;
  readonly lastLoggedInAt?: string | null;
}
export interface InviteData {
  /** A Docker ID or an e-mail address. */
  readonly invitee?: string;
  readonly inviter?: string | null;
  readonly team?: string | null;
  readonly role?: string | null;
  readonly createdAt?: string | null;
}
export interface TeamData {
  readonly name?: string;
  readonly memberCount?: number | null;
  readonly role?: string | null;
}
/** Of a team that was read by itself; the key is the member's id. */
export interface TeamMemberData {
  readonly username?: string;
}
export interface RepositoryData {
  readonly name?: string;
  readonly isPrivate?: boolean | null;
  readonly lastUpdated?: string | null;
}
/** The key is the team's id. */
export interface RepositoryTeamData {
  readonly team?: string;
  readonly permission?: string | null;
}
export interface TokenData {
  readonly label?: string;
  readonly createdBy?: string | null;
  readonly isActive?: boolean | null;
  readonly createdAt?: string | null;
  readonly expiresAt?: string | null;
  readonly lastUsedAt?: string | null;
  /** Only from the token's own page. */
  readonly resources?: readonly {
    readonly type?: string;
    readonly path?: string;
    readonly scopes?: readonly string[];
  }[];
}
export interface ImageAccessData {
  readonly enabled?: boolean | null;
  readonly allowOfficialImages?: boolean | null;
  readonly allowVerifiedPublishers?: boolean | null;
}
export interface RegistryAccessData {
  readonly enabled?: boolean | null;
  readonly registries?: readonly { readonly address?: string; readonly allowed?: boolean | null }[];
}
/** What is kept of an event: what rules ask for, and of people no more than their usernames. */
export interface AuditEventData {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** With its group, as `repo.tag.push`. */
  readonly action: string;
  /** Without what Docker Hub adds for a token. */
  readonly actor?: string | null;
  /** The label of the access token that it was done with. */
  readonly token?: string;
  readonly name?: string | null;
  readonly details?: Readonly<Record<string, string>>;
}
export interface ScimUserData {
  readonly userName?: string;
  /** The Docker ID. */
  readonly displayName?: string | null;
  readonly active?: boolean | null;
  readonly emails?: readonly string[] | null;
}

/** Why a listing could not be read to its end. `message` tells people what happened and what to do instead. */
export interface Refusal {
  readonly status: 'failed' | 'not_permitted' | 'not_configured';
  /** `SOURCE_UNREACHABLE`, `CREDENTIAL_REFUSED`, `CAPABILITY_MISSING`, `NOT_CONFIGURED`, `DEADLINE`, `SOURCE_INCOMPLETE`. */
  readonly reason: string;
  readonly message: string;
}

export type PageResult =
  | {
      readonly outcome: 'page';
      readonly rows: readonly Row[];
      /** Rows that the answer held, kept or not. */
      readonly received: number;
      /** What Docker Hub says the whole listing holds; null where it does not say. */
      readonly reported: number | null;
      /** Opaque to the caller and stable over processes; null at the end. */
      readonly next: string | null;
      /** Fingerprint of the credential that read it; a listing goes on only under the same one. */
      readonly credential: string;
    }
  | ({ readonly outcome: 'refused' } & Refusal);
