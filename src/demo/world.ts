/**
 * What the simulated Docker Hub knows. Plain data, and mutable: a test repairs something between two nights by changing it,
 * and the next request sees the change. Instants are ISO 8601 texts in UTC.
 *
 * Every thing that is listed may carry `wire`: fields that replace those of the answer. `{ role: undefined }` leaves the
 * field out, `{ role: null }` sends null, `{ shoeSize: 43 }` sends a field that nobody documented.
 */
export interface HubWorld {
  organizations: HubOrganization[];
}

export interface HubOrganization {
  name: string;
  /** Accepted members, owners included. */
  members: HubMember[];
  /** Pending invitations. */
  invites: HubInvite[];
  /** `owners` among them. */
  teams: HubTeam[];
  repositories: HubRepository[];
  /** Organization access tokens, whether or not somebody holds a credential for them. */
  tokens: HubToken[];
  /** Null: answers 404. */
  imageAccess: HubImageAccess | null;
  /** Null: answers 404. */
  registryAccess: HubRegistryAccess | null;
  /** Null: the organization has no SCIM connection, so no SCIM token is right. */
  scim: { token: string; users: HubScimUser[] } | null;
  credentials: HubCredential[];
  /** Newest first. Absent: a few events that follow from members and repositories; written down when the hub starts. */
  auditEvents?: HubAuditEvent[];
  /** Members whose address lies outside are guests. Absent or empty: nobody is. */
  verifiedDomains?: string[];
  /** Members carry `last_logged_in_at`, `last_seen_at`, `last_desktop_version`. */
  insights?: boolean;
  /** Passwords of its members are refused at sign-in; their personal tokens are not. */
  ssoEnforced?: boolean;
}

export interface Wire {
  wire?: Record<string, unknown>;
}

export interface HubMember extends Wire {
  /** 32 hexadecimal digits; the same in every organization of the same user. */
  id: string;
  username: string;
  fullName: string;
  email: string;
  /** As answers spell it: `Owner`, `Editor`, `Member`, or the name of a custom role. */
  role: string;
  /** Names of teams; whoever is `Owner` is in `owners`. */
  groups: string[];
  dateJoined: string;
  company?: string;
  location?: string;
  lastLoggedInAt?: string | null;
  lastSeenAt?: string | null;
  lastDesktopVersion?: string;
}

export interface HubInvite extends Wire {
  /** A dashed UUID. */
  id: string;
  /** A Docker ID or an e-mail address. */
  invitee: string;
  inviter: string;
  /** '' where the invitation leads into no team. */
  team: string;
  /** Left out of the answer where absent. */
  role?: string;
  createdAt: string;
}

export interface HubTeam extends Wire {
  id: number;
  /** A dashed UUID. */
  uuid: string;
  name: string;
  description?: string;
  /** A core or custom role that everybody in the team gets. */
  role: string | null;
  /** Usernames of its own listing and count, where these are to differ from the members' `groups`. */
  members?: string[];
}

export interface HubRepository extends Wire {
  name: string;
  isPrivate: boolean;
  /** `team` is a team's name. */
  teams: { team: string; permission: 'read' | 'write' | 'admin' }[];
  description?: string;
  lastUpdated?: string | null;
  registeredAt?: string;
  pullCount?: number;
}

export interface HubToken extends Wire {
  /** A dashed UUID. */
  id: string;
  label: string;
  createdBy: string;
  isActive: boolean;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  resources: { type: 'TYPE_ORG' | 'TYPE_REPO'; path: string; scopes: string[] }[];
}

export interface HubImageAccess {
  enabled: boolean;
  allowOfficialImages: boolean;
  allowVerifiedPublishers: boolean;
}

export interface HubRegistryAccess {
  enabled: boolean;
  dockerHubAllowed: boolean;
  customRegistries: { address: string; friendlyName: string; allowed: boolean }[];
}

export interface HubScimUser extends Wire {
  /** A dashed UUID. */
  id: string;
  /** An e-mail address. */
  userName: string;
  givenName: string;
  familyName: string;
  /** The Docker ID. */
  displayName: string;
  active: boolean;
  groups: string[];
  createdAt: string;
  modifiedAt?: string;
}

/** Who can sign in at all. Rights come from the member's role and teams, or from the organization token's scopes. */
export type HubCredential =
  | { kind: 'password'; username: string; secret: string }
  /** `scopes`: `repo:admin` where absent; `repo:public_read` sees no private repository. */
  | { kind: 'pat'; id: string; username: string; secret: string; scopes?: string[] }
  /** Signs in as the organization; `token` is the id of one of its tokens. */
  | { kind: 'oat'; token: string; secret: string };

export interface HubAuditEvent extends Wire {
  eventId: string;
  /** With its group: `repo.tag.push`. */
  action: string;
  name: string;
  actor: string;
  data: Record<string, string>;
  timestamp: string;
  description: string;
}
