import type { DataSource } from 'typeorm';
import type { RoleVocabulary } from '../../src/checks/facts.js';
import { accessGaps } from '../../src/findings/access-gaps.query.js';
import { accessScopes, type AccessScope, type OrganizationSnapshot } from '../../src/findings/access-scope.query.js';
import { accessTokens } from '../../src/findings/access-tokens.query.js';
import { accessPage, type AccessChoice, type AccessItem } from '../../src/findings/effective-access.query.js';

const at = '2026-11-21T02:00:00.000Z';
const every = [
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
];

/** What Docker Hub shows of one organization; a field that is absent was not said. */
export interface ShownOrganization {
  readonly name: string;
  readonly members: readonly { readonly id: string; readonly username?: string; readonly role?: string | null }[];
  readonly teams?: readonly {
    readonly name: string;
    readonly role?: string | null;
    readonly members: readonly string[];
  }[];
  readonly repositories: readonly {
    readonly name: string;
    readonly isPrivate?: boolean | null;
    /** A permission that is absent was not said. */
    readonly teams?: Readonly<Record<string, string | undefined>>;
  }[];
  readonly tokens?: readonly (Readonly<Record<string, unknown>> & { readonly label: string })[];
  /** Datasets that did not end complete. */
  readonly incomplete?: readonly string[];
  /** Keys of rows that an incomplete listing left out. */
  readonly unverified?: readonly string[];
}

export const everything: AccessChoice = { repository: null, accounts: null };

/** Snapshots that were written straight into the database, and what they come to. */
export class AccessWorld {
  constructor(readonly dataSource: DataSource) {}

  async show(organization: ShownOrganization): Promise<OrganizationSnapshot> {
    const [owner]: [{ id: string }] = await this.dataSource.query(
      'insert into organization (name) values ($1) on conflict (name) do update set name = excluded.name returning id',
      [organization.name],
    );
    const [run]: [{ id: string }] = await this.dataSource.query(
      `insert into sync_run (organization_id, state, credentials, started_at, believed_at, sealed_at)
       values ($1, 'sealed', '{}', $2, $2, $2) returning id`,
      [owner.id, at],
    );
    await this.dataSource.query(
      'update observation set last_snapshot = $2 where organization_id = $1 and last_snapshot is null',
      [owner.id, run.id],
    );
    await this.dataSource.query(
      `with begun as (
         insert into observation (organization_id, dataset, key, data, first_snapshot)
         select $1, dataset, key, data, $2 from jsonb_to_recordset($3) as row (dataset text, key text, data jsonb)
         returning id, key)
       insert into unverified (snapshot, observation_id) select $2, id from begun where key = any ($4)`,
      [owner.id, run.id, JSON.stringify(rowsOf(organization)), organization.unverified ?? []],
    );
    await this.dataSource.query(
      `insert into dataset_reading (run_id, dataset, status, reason, message, received, fetched_at)
       select $1, dataset, case when dataset = any ($3) then 'partial' else 'complete' end,
              case when dataset = any ($3) then 'SOURCE_INCOMPLETE' end, case when dataset = any ($3) then 'It was cut' end,
              case dataset when 'members' then $4::integer else 1 end, $5
         from unnest($2::text[]) as dataset`,
      [run.id, every, organization.incomplete ?? [], organization.members.length, at],
    );
    return { organizationId: owner.id, organization: organization.name, snapshot: run.id };
  }

  scopes(snapshots: readonly OrganizationSnapshot[], vocabulary: RoleVocabulary = {}): Promise<AccessScope[]> {
    return accessScopes(this.dataSource.manager, snapshots, vocabulary);
  }

  /** All items, so many a page. */
  async items(scopes: readonly AccessScope[], choice: AccessChoice = everything, limit = 1_000): Promise<AccessItem[]> {
    const all: AccessItem[] = [];
    for (let pages = 0, after = null; pages < 10_000; pages += 1) {
      const found = await accessPage(this.dataSource.manager, scopes, choice, { after, limit });
      all.push(...found.map(({ item }) => item));
      const last = found.at(-1);
      if (last === undefined || found.length < limit) return all;
      after = last.place;
    }
    throw new Error('The pages never end.');
  }

  async tokens(scopes: readonly AccessScope[], choice: AccessChoice = everything) {
    return accessTokens(this.dataSource.manager, scopes, choice, at);
  }

  async gaps(scopes: readonly AccessScope[], choice: AccessChoice = everything) {
    return accessGaps(this.dataSource.manager, scopes, choice);
  }
}

/** `acme/api jdoe admin: owner, team platform (write)`. */
export function lineOf({ organization, repository, account, permission, paths }: AccessItem): string {
  const ways = paths.map(({ via, team, role, permission: height, unverified }) =>
    [via, role, team, via === 'team' ? `(${height})` : undefined, unverified ? '?' : undefined]
      .filter((word) => word !== undefined)
      .join(' '),
  );
  return `${organization}/${repository} ${account} ${permission}: ${ways.join(', ')}`;
}

function rowsOf({ members, teams = [], repositories, tokens = [] }: ShownOrganization): object[] {
  const ids = new Map(teams.map(({ name }, place) => [name.toLowerCase(), String(100 + place)]));
  return [
    ...members.map(({ id, ...data }) => ({ dataset: 'members', key: id, data })),
    ...teams.map((team, place) => ({ dataset: 'teams', key: String(100 + place), data: without(team, 'members') })),
    ...teams.flatMap((team, place) =>
      team.members.map((member) => ({
        dataset: 'team_members',
        key: `${100 + place}/${member}`,
        data: { team: team.name, member },
      })),
    ),
    ...repositories.map((repository) => ({
      dataset: 'repositories',
      key: repository.name,
      data: without(repository, 'teams'),
    })),
    ...repositories.flatMap(({ name, teams: holders = {} }) =>
      Object.entries(holders).map(([team, permission]) => ({
        dataset: 'repository_teams',
        key: `${name}/${ids.get(team.toLowerCase()) ?? team}`,
        data: { repository: name, team, permission },
      })),
    ),
    ...tokens.map((data, place) => ({ dataset: 'tokens', key: `token-${place}`, data })),
  ];
}

function without(object: object, field: string): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
}
