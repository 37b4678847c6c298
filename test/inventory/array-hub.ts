import type {
  AuditEventData,
  HubDataset,
  Listing,
  PageResult,
  Refusal,
  Row,
  RowData,
} from '../../src/dockerhub/reading.js';
import type { CredentialIdentity } from '../../src/dockerhub/credential.js';
import type { HubReader } from '../../src/inventory/hub-reader.js';

export interface ArrayWorld {
  members: ArrayMember[];
  /** Each stands among the members too, as a pending invitee, unless it is hidden there. */
  invites: { id: string; invitee: string; hidden?: true }[];
  teams: { id: number; name: string; memberCount?: number | null; members?: string[] }[];
  repositories: { name: string; isPrivate: boolean; teams: { id: number; team: string; permission: string }[] }[];
  tokens: { id: string; label: string; scopes: string[] }[];
  imageAccess: RowData;
  registryAccess: RowData;
  scimUsers: { id: string; userName: string; active: boolean }[];
  /** Newest first. */
  auditEvents: ({ id: string } & AuditEventData)[];
}

export interface ArrayMember {
  id: string;
  username: string;
  role: string;
  groups?: string[] | null;
  email?: string;
  invitee?: true;
}

export interface AskedPage extends Listing {
  readonly page: number;
}

export type HonestPage = Extract<PageResult, { outcome: 'page' }>;

/** Returns the page to answer with instead, or throws; undefined leaves it as it is. */
export type Fault = (asked: AskedPage, honest: HonestPage) => PageResult | undefined;

/** Docker Hub as the client shows it, over arrays. Cursors are page numbers. */
export class ArrayHub implements HubReader {
  faults: Fault[] = [];
  readonly asked: AskedPage[] = [];
  /** The fingerprint of the one that reads, by dataset where it is not `login-1`. */
  readBy: Partial<Record<HubDataset, string>> = {};
  credentials: readonly string[] = ['login-1'];
  identities: Record<string, CredentialIdentity> = {
    'login-1': { kind: 'password', username: 'ada', tokenId: null },
  };

  constructor(
    readonly world: ArrayWorld,
    readonly pageSize = 3,
  ) {}

  identity(credential: string): CredentialIdentity | undefined {
    return this.identities[credential];
  }

  async page(listing: Listing, cursor: string | null): Promise<PageResult> {
    const asked = { ...pick(listing), page: cursor === null ? 1 : Number(cursor) };
    this.asked.push(asked);
    await Promise.resolve();
    const honest = this.honestPage(asked);
    for (const fault of this.faults) {
      const answer = fault(asked, honest);
      if (answer !== undefined) return answer;
    }
    return honest;
  }

  cursorAfter(cursor: string): string {
    return String(Number(cursor) + 1);
  }

  count(dataset: string): number {
    return this.asked.filter((asked) => asked.dataset === dataset).length;
  }

  private honestPage(asked: AskedPage): HonestPage {
    const rows = this.rows(asked);
    const start = (asked.page - 1) * this.pageSize;
    const end = start + this.pageSize;
    const total = rows.length;
    const shown = rows.slice(start, end);
    return {
      outcome: 'page',
      rows: shown,
      received: shown.length,
      reported:
        ['invites', 'audit_log'].includes(asked.dataset) || (asked.scope !== '' && asked.dataset === 'tokens')
          ? null
          : total,
      next: end < total ? String(asked.page + 1) : null,
      credential: this.readBy[asked.dataset] ?? 'login-1',
    };
  }

  private rows({ dataset, scope, window }: Listing): Row[] {
    const { world } = this;
    switch (dataset) {
      case 'members':
        return [...world.members, ...world.invites.filter(({ hidden }) => hidden !== true).map(asInvitee)].map(
          ({ id, ...data }) => ({ key: id, data }),
        );
      case 'invites':
        return world.invites.map(({ id, invitee }) => ({ key: id, data: { invitee } }));
      case 'teams':
        return world.teams.map(({ id, name, ...team }) => ({
          key: String(id),
          data: { name, memberCount: 'memberCount' in team ? team.memberCount : this.membersOf(name).length },
        }));
      case 'team_members':
        return this.membersOf(scope).map(({ id, username }) => ({ key: id, data: { username } }));
      case 'repositories':
        return world.repositories.map(({ name, isPrivate }) => ({ key: name, data: { name, isPrivate } }));
      case 'repository_teams':
        return (world.repositories.find(({ name }) => name === scope)?.teams ?? []).map(({ id, ...data }) => ({
          key: String(id),
          data,
        }));
      case 'tokens':
        return scope === ''
          ? world.tokens.map(({ id, label }) => ({ key: id, data: { label } }))
          : world.tokens
              .filter(({ id }) => id === scope)
              .map(({ id, label, scopes }) => ({
                key: id,
                data: { label, resources: [{ type: 'TYPE_ORG', path: 'acme', scopes }] },
              }));
      case 'image_access':
        return [{ key: 'settings', data: world.imageAccess }];
      case 'registry_access':
        return [{ key: 'settings', data: world.registryAccess }];
      case 'audit_log':
        return world.auditEvents
          .filter(({ at }) => window !== undefined && at >= window.from && at <= window.to)
          .map(({ id, ...data }) => ({ key: id, data }));
      case 'scim_users':
        return world.scimUsers.map(({ id, ...data }) => ({ key: id, data }));
      default:
        throw new Error(`There is no dataset ${String(dataset)}.`);
    }
  }

  private membersOf(team: string): ArrayMember[] {
    const own = this.world.teams.find(({ name }) => name === team)?.members;
    return this.world.members.filter(({ username, groups }) => (own ? own.includes(username) : groups?.includes(team)));
  }
}

/** A listing's own fields, of whatever else its state holds. */
function pick({ dataset, scope, window }: Listing): Listing {
  return { dataset, scope, ...(window && { window }) };
}

function asInvitee({ id, invitee }: ArrayWorld['invites'][number]): ArrayMember {
  return { id, username: '', email: invitee, role: 'Invitee', groups: [], invitee: true };
}

/** Ada owns it; the others are members of `backend`, every second one of `frontend` too. */
export function smallWorld(members = 8): ArrayWorld {
  return {
    members: [
      { id: 'u-0', username: 'ada', role: 'Owner', groups: ['owners', 'backend'] },
      ...Array.from({ length: members - 1 }, (_, place) => ({
        id: `u-${place + 1}`,
        username: `user${place + 1}`,
        role: 'Member',
        groups: place % 2 === 0 ? ['backend', 'frontend'] : ['backend'],
      })),
    ],
    invites: [{ id: 'i-1', invitee: 'eve@example.com' }],
    teams: [
      { id: 1, name: 'owners' },
      { id: 2, name: 'backend' },
      { id: 3, name: 'frontend' },
      { id: 4, name: 'empty' },
    ],
    repositories: [
      { name: 'api', isPrivate: true, teams: [{ id: 2, team: 'backend', permission: 'write' }] },
      {
        name: 'site',
        isPrivate: false,
        teams: [
          { id: 3, team: 'frontend', permission: 'admin' },
          { id: 2, team: 'backend', permission: 'read' },
        ],
      },
      { name: 'docs', isPrivate: false, teams: [] },
      { name: 'tools', isPrivate: true, teams: [{ id: 3, team: 'frontend', permission: 'write' }] },
    ],
    tokens: [
      { id: 't-1', label: 'ci', scopes: ['scope-image-pull'] },
      { id: 't-2', label: 'audit', scopes: ['scope-member-read', 'scope-repository-list'] },
    ],
    imageAccess: { enabled: true },
    registryAccess: { enabled: false, registries: [] },
    scimUsers: [
      { id: 's-1', userName: 'ada@example.com', active: true },
      { id: 's-2', userName: 'bob@example.com', active: false },
    ],
    auditEvents: [
      {
        id: 'e-1',
        at: '2026-11-19T08:00:00.000Z',
        action: 'repo.tag.push',
        actor: 'ada',
        name: 'acme/api',
        details: { tag: 'latest' },
      },
    ],
  };
}

/** Refuses every page of a listing from the given one on. */
export function refusing(dataset: string, refusal: Refusal, fromPage = 1, scope?: string): Fault {
  return (asked) =>
    asked.dataset === dataset && asked.page >= fromPage && (scope === undefined || asked.scope === scope)
      ? { outcome: 'refused', ...refusal }
      : undefined;
}

export const unreachable: Refusal = {
  status: 'failed',
  reason: 'SOURCE_UNREACHABLE',
  message: 'Docker Hub answered 500 five times.',
};
export const notConfigured: Refusal = {
  status: 'not_configured',
  reason: 'NOT_CONFIGURED',
  message: 'No SCIM connection is configured.',
};
export const notPermitted: Refusal = {
  status: 'not_permitted',
  reason: 'CAPABILITY_MISSING',
  message: 'An organization token cannot list tokens; configure an owner.',
};
