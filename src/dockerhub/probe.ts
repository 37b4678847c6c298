import type { CredentialRole } from './credential.js';
import { kindOfListing } from './listings.js';
import type { OrganizationReader } from './organization-reader.js';
import { hubDatasets, type HubDataset, type PageResult } from './reading.js';

/** Whether one dataset can be read with the configured credentials. */
export interface ProbeLine {
  readonly dataset: HubDataset;
  /** Null: it could not be tried, because there is nothing to try it with. */
  readonly readable: boolean | null;
  /** The credential that read it. */
  readonly by: CredentialRole | null;
  /** Null where it was read. `VISIBILITY_NOT_PROVEN`: it was, and private repositories may be left out of it. */
  readonly reason: string | null;
  /** What was found, and of a refusal what to do about it. */
  readonly message: string;
}

/** Reads the first page of every dataset. What lies inside a team or a repository is tried with the first one that is found. */
export async function probe(reader: OrganizationReader): Promise<readonly ProbeLine[]> {
  const lines: ProbeLine[] = [];
  const pages = new Map<HubDataset, PageResult>();
  for (const dataset of hubDatasets) {
    const parent = parents[dataset];
    const scope = parent ? nameIn(pages.get(parent)) : '';
    if (parent && scope === null) {
      lines.push(untried(dataset, parent, pages.get(parent)));
      continue;
    }
    const page = await reader.page({ dataset, scope: scope ?? '' }, null);
    pages.set(dataset, page);
    lines.push(lineOf(reader, dataset, page));
  }
  return lines.map((line) => (line.dataset === 'repositories' ? withVisibility(line, reader, pages) : line));
}

const parents: Partial<Record<HubDataset, HubDataset>> = { team_members: 'teams', repository_teams: 'repositories' };

function nameIn(page: PageResult | undefined): string | null {
  if (page?.outcome !== 'page') return null;
  const names = page.rows.map((one) => one.data['name']).filter((name) => typeof name === 'string' && name !== '');
  return typeof names[0] === 'string' ? names[0] : null;
}

function untried(dataset: HubDataset, parent: HubDataset, page: PageResult | undefined): ProbeLine {
  if (page?.outcome === 'refused') {
    const message = `Not tried: needs ${kindOfListing({ dataset: parent, scope: '' }).called}, which could not be read.`;
    return { dataset, readable: false, by: null, reason: page.reason, message };
  }
  const what = parent === 'teams' ? 'team' : 'repository that this credential sees';
  return { dataset, readable: null, by: null, reason: null, message: `Not tried: there is no ${what}.` };
}

function lineOf(reader: OrganizationReader, dataset: HubDataset, page: PageResult): ProbeLine {
  if (page.outcome === 'refused') {
    return { dataset, readable: false, by: null, reason: page.reason, message: page.message };
  }
  const by = reader.roleOf(page.credential) ?? null;
  return { dataset, readable: true, by, reason: null, message: found(page) };
}

function withVisibility(
  line: ProbeLine,
  reader: OrganizationReader,
  pages: ReadonlyMap<HubDataset, PageResult>,
): ProbeLine {
  const page = pages.get('repositories');
  if (page?.outcome !== 'page' || page.rows.some((one) => one.data['isPrivate'] === true)) return line;
  if (isOwnersLogin(reader, page.credential, pages)) return line;
  const none = page.next === null ? 'None of them is private' : 'On its first page none is private';
  return { ...line, reason: 'VISIBILITY_NOT_PROVEN', message: `${line.message} ${none}, ${leftOut}` };
}

/** A run asks for the same proof. A personal token can be narrower than its user, and only owners list the tokens. */
function isOwnersLogin(
  reader: OrganizationReader,
  credential: string,
  pages: ReadonlyMap<HubDataset, PageResult>,
): boolean {
  const identity = reader.identity(credential);
  if (identity?.kind !== 'password') return false;
  const tokens = pages.get('tokens');
  if (tokens?.outcome === 'page' && tokens.credential === credential) return true;
  const members = pages.get('members');
  const username = identity.username?.toLowerCase();
  return (
    members?.outcome === 'page' &&
    members.rows.some(({ data }) => lower(data['username']) === username && lower(data['role']) === 'owner')
  );
}

function lower(value: unknown): string | null {
  return typeof value === 'string' ? value.toLowerCase() : null;
}

const leftOut =
  'and private ones are left out silently: give the organization access token scope-repository-list, or configure the login of an owner under "owner".';

function found({ received, reported, next }: Extract<PageResult, { outcome: 'page' }>): string {
  if (reported !== null) return `Readable: ${reported} in all.`;
  return received > 0 ? `Readable: ${received}${next === null ? '' : ' or more'}.` : 'Readable.';
}
