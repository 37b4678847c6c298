import type { HubDataset } from '../dockerhub/reading.js';
import type { AuditEvidence } from './archive-audit-log.js';
import type { TeamComparison } from './compare-teams.js';
import { rootDatasets, type DatasetStatus, type Instant, type ListingState } from './listing-state.js';

/** How one dataset of a run ended. `received` and `reported` count rows that are kept: no pending invite among the members. */
export interface DatasetReading {
  readonly dataset: HubDataset;
  readonly status: DatasetStatus;
  /** Null where complete. */
  readonly reason: string | null;
  readonly message: string | null;
  readonly received: number;
  readonly reported: number | null;
  /** The run's clock at the oldest page that it rests on; null where no page was received. */
  readonly fetchedAt: Instant | null;
}

/** The listings of one dataset that are about one team, one repository or one token each. */
export interface Details {
  readonly listings: number;
  /** Those of which a page was received. */
  readonly read: number;
  /** Those that are not complete, by reason, most frequent first; `scope` and `message` are one of them. */
  readonly incomplete: readonly {
    readonly status: DatasetStatus;
    readonly reason: string;
    readonly message: string;
    readonly scope: string;
    readonly listings: number;
  }[];
  readonly reported: number | null;
  readonly fetchedAt: Instant | null;
}

/** What shows that the listing of repositories holds the private ones too. */
export interface Visibility {
  readonly privateRepository: boolean;
  /** Read with the password of somebody who is an owner. A personal token can be narrower than its user. */
  readonly ownersLogin: boolean;
  /** Read with an organization token whose own scopes hold `scope-repository-list`. */
  readonly tokenScope: boolean;
}

/** The permissions that cannot be joined with the teams as they stand. */
export interface OddPermissions {
  /** Of which Docker Hub did not say the team's name. */
  readonly nameless: number;
  /** The repository of one of them. */
  readonly on: string | null;
  /** Teams that the listing of teams does not have: their names, or ids where they have none. */
  readonly unlisted: readonly string[];
}

export interface RunEvidence {
  readonly roots: ReadonlyMap<HubDataset, ListingState>;
  readonly details: ReadonlyMap<HubDataset, Details>;
  readonly teams: TeamComparison;
  readonly permissions: OddPermissions;
  /** Members who may be invitees instead. */
  readonly invitees: number;
  readonly visibility: Visibility;
  /** Rows that go into the snapshot, or of the audit log into the archive. */
  readonly kept: ReadonlyMap<HubDataset, number>;
  readonly audit: AuditEvidence;
}

/** One reading for every dataset of Docker Hub. */
export function judgeDatasets(evidence: RunEvidence): DatasetReading[] {
  const roots = new Map(rootDatasets.map((dataset) => [dataset, ofRoot(dataset, evidence)]));
  const members = withListedInvitees(rootOf(roots, 'members'), evidence.invitees);
  const teams = withListedTeams(rootOf(roots, 'teams'), evidence.teams);
  const repositories = withVisibility(rootOf(roots, 'repositories'), evidence.visibility);
  const tokens = withDetails(rootOf(roots, 'tokens'), evidence.details.get('tokens'), 'tokens');
  return [
    members,
    rootOf(roots, 'invites'),
    teams,
    teamMembers(members, teams, evidence),
    repositories,
    withNamedTeams(repositoryTeams(repositories, evidence), evidence),
    tokens,
    rootOf(roots, 'image_access'),
    rootOf(roots, 'registry_access'),
    withArchive(rootOf(roots, 'audit_log'), evidence.audit),
    rootOf(roots, 'scim_users'),
  ];
}

function rootOf(roots: ReadonlyMap<HubDataset, DatasetReading>, dataset: HubDataset): DatasetReading {
  const reading = roots.get(dataset);
  if (reading === undefined) throw new Error(`The run has no listing of ${dataset}.`);
  return reading;
}

function ofRoot(dataset: HubDataset, { roots, kept }: RunEvidence): DatasetReading {
  const root = roots.get(dataset);
  if (root === undefined || root.status === null) throw new Error(`The listing of ${dataset} has not ended.`);
  return {
    dataset,
    status: root.status,
    reason: root.reason,
    message: root.message,
    received: kept.get(dataset) ?? 0,
    reported: root.reported === null ? null : Math.max(0, root.reported - root.unkept),
    fetchedAt: root.fetchedAt,
  };
}

/** Never better than `partial` from here on, and what was wrong before stays what is wrong. */
function demoted(reading: DatasetReading, reason: string, message: string): DatasetReading {
  return reading.status === 'complete' ? { ...reading, status: 'partial', reason, message } : reading;
}

function withListedInvitees(members: DatasetReading, invitees: number): DatasetReading {
  if (invitees === 0) return members;
  const who = invitees === 1 ? '1 invitee who may be a member' : `${invitees} invitees who may be members`;
  return demoted(
    members,
    'INVITEE_NOT_LISTED',
    `The members show ${who} with a custom role of that name: no invite is listed for it, or it was a member before.`,
  );
}

function withListedTeams(teams: DatasetReading, { unlisted }: TeamComparison): DatasetReading {
  if (unlisted.length === 0) return teams;
  return demoted(
    teams,
    'TEAM_NOT_LISTED',
    `Members are in teams that the listing of teams does not have: ${firstOf(unlisted)}.`,
  );
}

function firstOf(names: readonly string[]): string {
  return names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
}

/** Who is in a critical system is told by joining permissions and memberships by the name of the team. */
function withNamedTeams(permissions: DatasetReading, evidence: RunEvidence): DatasetReading {
  const { nameless, on, unlisted } = evidence.permissions;
  const named =
    nameless === 0
      ? permissions
      : demoted(
          permissions,
          'FIELD_NOT_EXPOSED',
          `Of ${nameless} of ${permissions.received} permissions Docker Hub did not say which team holds it, one on ${on} among them.`,
        );
  if (unlisted.length === 0 || evidence.roots.get('teams')?.status !== 'complete') return named;
  return demoted(
    named,
    'TEAM_NOT_LISTED',
    `Teams hold permissions that the listing of teams does not have: ${firstOf(unlisted)}.`,
  );
}

/** What rests on the audit log rests on all of it, also on what earlier nights should have read. */
function withArchive(log: DatasetReading, { unseen, gap }: AuditEvidence): DatasetReading {
  if (unseen > 0) {
    const events = unseen === 1 ? 'one event' : `${unseen} events`;
    return demoted(
      log,
      'AUDIT_EVENTS_MISSING',
      `It lacks ${events} that an earlier reading of the same time showed; the next run reads that time once more.`,
    );
  }
  if (gap === null) return log;
  return demoted(
    log,
    'AUDIT_LOG_GAP',
    `Not every event from ${gap.from} to ${gap.to} was read yet; the next runs go on with it.`,
  );
}

function withVisibility(repositories: DatasetReading, visibility: Visibility): DatasetReading {
  if (visibility.privateRepository || visibility.ownersLogin || visibility.tokenScope) return repositories;
  return demoted(
    repositories,
    'VISIBILITY_NOT_PROVEN',
    'Nothing shows that the credential sees private repositories: none is listed, and Docker Hub leaves out without a word ' +
      "what a credential may not see. Give the organization's token the scope scope-repository-list and configure an " +
      "owner's login, which can read that scope and the repositories.",
  );
}

function withDetails(parent: DatasetReading, details: Details | undefined, things: string): DatasetReading {
  const [worst] = details?.incomplete ?? [];
  if (details === undefined || worst === undefined) return parent;
  return demoted(parent, worst.reason, unreadable(details, things));
}

function repositoryTeams(repositories: DatasetReading, { details, kept }: RunEvidence): DatasetReading {
  const own = details.get('repository_teams');
  const reading = (status: DatasetStatus, reason: string | null, message: string | null): DatasetReading => ({
    dataset: 'repository_teams',
    status,
    reason,
    message,
    received: kept.get('repository_teams') ?? 0,
    reported: repositories.status === 'complete' ? (own === undefined ? 0 : own.reported) : null,
    fetchedAt: oldest([repositories.fetchedAt, own?.fetchedAt ?? null]),
  });
  const [worst] = own?.incomplete ?? [];
  const wrong = own === undefined || worst === undefined ? null : unreadable(own, 'repositories');
  if (repositories.status !== 'complete') {
    const rests = `It rests on the listing of repositories. ${repositories.message ?? ''}`.trim();
    const status = own === undefined || own.read === 0 ? repositories.status : 'partial';
    return reading(status, repositories.reason, wrong === null ? rests : `${wrong} ${rests}`);
  }
  if (own === undefined || worst === undefined) return reading('complete', null, null);
  return reading(own.read > 0 ? 'partial' : commonStatus(own), worst.reason, wrong);
}

/** Where nothing could be read of any: what all of them ended as, if they ended alike. */
function commonStatus({ incomplete }: Details): DatasetStatus {
  const statuses = new Set(incomplete.map(({ status }) => status));
  const [status] = statuses;
  return statuses.size === 1 && status !== undefined ? status : 'failed';
}

function unreadable({ incomplete, listings }: Details, things: string): string {
  const [worst] = incomplete;
  const count = incomplete.reduce((sum, { listings: some }) => sum + some, 0);
  return `${count} of ${listings} ${things} could not be read whole, ${worst?.scope} among them: ${worst?.message}`;
}

function teamMembers(members: DatasetReading, teams: DatasetReading, evidence: RunEvidence): DatasetReading {
  const received = evidence.kept.get('team_members') ?? 0;
  const own = evidence.details.get('team_members');
  const reading = (status: DatasetStatus, reason: string | null, message: string | null): DatasetReading => ({
    dataset: 'team_members',
    status,
    reason,
    message,
    received,
    reported: teams.status === 'complete' ? evidence.teams.reported : null,
    fetchedAt: oldest([members.fetchedAt, teams.fetchedAt, own?.fetchedAt ?? null]),
  });
  const parents = [members, teams].filter(({ status }) => status !== 'complete');
  const [parent] = parents;
  if (parent !== undefined) {
    const unread = parents.find(({ fetchedAt }) => fetchedAt === null);
    const status = received === 0 && unread !== undefined ? unread.status : 'partial';
    return reading(
      status,
      parent.reason,
      `It rests on the listing of ${parent.dataset}. ${parent.message ?? ''}`.trim(),
    );
  }
  const unsettled = evidence.teams.odd.filter(
    ({ status, onlyInGroups, onlyInTeam }) => status !== 'complete' || onlyInGroups + onlyInTeam > 0,
  );
  const [first] = unsettled;
  if (first === undefined) return reading('complete', null, null);
  const count = unsettled.length === 1 ? 'One team' : `${unsettled.length} teams`;
  const name = first.name ?? 'one without a name';
  return first.status === null || first.status === 'complete'
    ? reading(
        'partial',
        'TEAM_DISAGREES',
        `${count} could not be settled, ${name} among them: the team's own listing has ${first.onlyInTeam} whose groups ` +
          `don't name it, and lacks ${first.onlyInGroups} whose groups do. Everybody who is in either is counted as in it.`,
      )
    : reading(
        'partial',
        first.reason,
        `${count} could not be settled, ${name} among them: ${first.message ?? ''}`.trim(),
      );
}

function oldest(instants: readonly (Instant | null)[]): Instant | null {
  return instants.reduce((first, next) => (first === null || (next !== null && next < first) ? next : first), null);
}
