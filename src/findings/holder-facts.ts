import type { HolderFacts, Identity, NamedPerson } from '../checks/facts.js';
import { foldUsername } from '../config/username.js';
import type { HolderRow } from './holder-facts.query.js';
import { lifecycleFacts } from './lifecycle-facts.js';
import { decodePerson, type PersonRow } from './people.query.js';
import type { JudgedPolicy } from './policy.js';

/** What could be seen of the organization tonight, where that decides between "has none" and "nobody said". */
export interface Sight {
  /** Teams and memberships were both complete: who is in no team is in none. */
  readonly teams: boolean;
  /** SCIM was read to its end, or the organization has none: whom it does not show, it does not have. */
  readonly scim: boolean;
  /** The organization has a SCIM connection. */
  readonly scimConfigured: boolean;
}

/** The facts of one account or invite that a snapshot shows, or that is gone. Unverified rows have no facts to judge. */
export function holderFacts(row: HolderRow, organization: string, policy: JudgedPolicy, sight: Sight): HolderFacts {
  const name = row.kind === 'account' ? text(row.data['username']) : text(row.data['invitee']);
  const identity = identityOf(row, name, policy);
  return {
    organization,
    kind: row.kind,
    id: row.key,
    name: name ?? row.key,
    presence: row.presence === 'gone' ? 'gone' : 'present',
    identity,
    ...lifecycleFacts(row, identity, policy.lifecycle, sight.scimConfigured),
    ...roleOf(row),
    ...teamsOf(row, sight),
    ...scimOf(row, sight),
    invites: row.kind === 'account' ? (row.invites ?? []) : [],
    ...(row.kind === 'account' && { vocabulary: policy.vocabulary, systems: policy.systemsOf(organization) }),
    removalConfirmed: row.removal_confirmed,
    ...(row.kind === 'invite' && { invite: inviteOf(row, organization, policy) }),
  };
}

function identityOf(row: HolderRow, name: string | undefined, policy: JudgedPolicy): Identity {
  const link = row.link;
  // Matching has ended the link of whatever is a service account now; one that stands says whose the account is.
  if (link !== null) {
    return {
      state: 'linked',
      person: named(link.employee_id, row.person, policy),
      source: link.source,
      since: new Date(link.since).toISOString(),
    };
  }
  const declared = name === undefined ? undefined : policy.serviceAccounts.get(foldUsername(name));
  if (declared !== undefined) return { state: 'service_account', declared };
  if (row.candidates !== null && row.candidates.length > 0) return { state: 'ambiguous', candidates: row.candidates };
  return { state: 'unlinked', suggestions: row.suggestions ?? [], hidden: hiddenKeys(row) };
}

/** What could have tied it to somebody, had Docker Hub sent it. */
function hiddenKeys(row: HolderRow): string[] {
  const keys = row.kind === 'account' ? ['username', 'email'] : ['invitee'];
  return keys.filter((key) => !(key in row.data));
}

function named(id: string, person: PersonRow | null, policy: JudgedPolicy): NamedPerson {
  return { id, person: person === null ? null : decodePerson(person, policy.lifecycle.managers) };
}

/** A member always has a role, so null says nothing: nobody knows what Docker Hub answers of a custom one. */
function roleOf(row: HolderRow): Pick<HolderFacts, 'role'> {
  const role = row.data['role'];
  return typeof role === 'string' || (role === null && row.kind === 'invite') ? { role } : {};
}

/**
 * Memberships that were seen are not enough to rank somebody: a team that was not seen may carry a higher role. So where
 * teams are incomplete nothing is said of an account's teams at all.
 */
function teamsOf(row: HolderRow, sight: Sight): Pick<HolderFacts, 'teams' | 'teamRoles'> {
  const teams = row.teams ?? [];
  const teamRoles = row.team_role_unsaid === true ? {} : { teamRoles: row.team_roles ?? [] };
  if (row.kind === 'account') {
    if (sight.teams) return { teams, ...teamRoles };
    // Of what is gone only the traces count, and a membership that was seen is one.
    return row.presence === 'gone' && teams.length > 0 ? { teams } : {};
  }
  // An invite names its team itself, if any; what the team carries only the listing of teams can say.
  const said = row.data['team'] === null || typeof row.data['team'] === 'string';
  return said ? { teams, ...(sight.teams || teams.length === 0 ? teamRoles : {}) } : {};
}

function scimOf(row: HolderRow, sight: Sight): Pick<HolderFacts, 'scimActive'> {
  if (row.kind === 'invite') return {};
  if (row.scim_found && row.scim_active === true) return { scimActive: true };
  if (row.scim_unverified || (row.scim_found && row.scim_active === null)) return {};
  if (row.scim_found) return { scimActive: false };
  return sight.scim ? { scimActive: null } : {};
}

function inviteOf(row: HolderRow, organization: string, policy: JudgedPolicy): NonNullable<HolderFacts['invite']> {
  const { inviter, createdAt } = row.data;
  return {
    ...((inviter === null || typeof inviter === 'string') && { inviter }),
    ...((createdAt === null || typeof createdAt === 'string') && { createdAt }),
    ...inviterPerson(row, organization, policy),
    vocabulary: policy.vocabulary,
  };
}

/** A token invites in the organization's name, and a service account in its own: neither is a person who could leave. */
function inviterPerson(
  row: HolderRow,
  organization: string,
  policy: JudgedPolicy,
): Pick<NonNullable<HolderFacts['invite']>, 'inviterPerson'> {
  if (row.inviter_link !== null) return { inviterPerson: named(row.inviter_link, row.inviter_person, policy) };
  const said = text(row.data['inviter']);
  if (said === undefined) return {};
  const inviter = foldUsername(said);
  return inviter === organization || policy.serviceAccounts.has(inviter) ? { inviterPerson: null } : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
