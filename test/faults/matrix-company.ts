import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { catalog } from '../../src/checks/catalog.js';
import type { Check, Dataset } from '../../src/checks/check.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Fault } from '../../src/demo/faults.js';
import { Attestations } from '../../src/findings/exceptions/attestations.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import type { HubReader } from '../../src/inventory/hub-reader.js';
import { HubSync, type SyncOptions, type SyncOutcome } from '../../src/inventory/hub-sync.js';
import { JudgedCompany } from '../support/company.js';

const [hourMs, dayMs] = [3_600_000, 86_400_000];
const first = Math.floor((Date.now() - 2 * hourMs) / dayMs) * dayMs + 2 * hourMs;

/** The last 02:00: what Docker Hub notes in its log by the machine's clock lies between the two nights, on whatever day this runs. */
export const firstNight = new Date(first).toISOString();
export const faultyNight = new Date(first + dayMs).toISOString();

export type HubListing = Exclude<Dataset, 'roster'>;

/** Where each listing of `acme` is asked for. */
export const routes: Readonly<Record<HubListing, RegExp>> = {
  members: /\/orgs\/acme\/members/,
  invites: /\/orgs\/acme\/invites/,
  teams: /\/orgs\/acme\/groups\/?(\?|$)/,
  team_members: /\/orgs\/acme\/groups\/[^/?]+\/members/,
  repositories: /\/namespaces\/acme\/repositories\/?(\?|$)/,
  repository_teams: /\/namespaces\/acme\/repositories\/[^/]+\/groups|\/repositories\/acme\/[^/]+\/groups/,
  tokens: /\/orgs\/acme\/access-tokens/,
  image_access: /\/orgs\/acme\/settings\/?(\?|$)/,
  registry_access: /\/orgs\/acme\/settings\/registry-access-management/,
  audit_log: /\/auditlogs\/acme(\/|\?|$)/,
  scim_users: /\/scim\/2\.0\/Users/,
};

/** What cannot be whole where its parents are not. */
const within: Partial<Record<HubListing, readonly HubListing[]>> = {
  members: ['team_members'],
  teams: ['team_members'],
  repositories: ['repository_teams'],
};

/** The checks whose passes rest on a listing, by the catalogue's own word: a new check is in here the day that it is written. */
export function checksNeeding(dataset: Dataset): string[] {
  const affected = new Set<Dataset>([dataset, ...(dataset === 'roster' ? [] : (within[dataset] ?? []))]);
  return catalog
    .filter(({ needs }: Check<never>) =>
      needs.some((need) => affected.has(typeof need === 'string' ? need : need.dataset)),
    )
    .map(({ id }: Check<never>) => id);
}

/** Repairs that would close findings of many kinds, if the night after them could be believed. */
const repairs: WorldChange[] = [
  { op: 'remove member', organization: 'acme', username: 'dpetrov' },
  { op: 'remove member', organization: 'acme', username: 'lfontaine' },
  { op: 'remove member', organization: 'acme', username: 'jonasreuter' },
  { op: 'change role', organization: 'acme', username: 'cbenedetti', role: 'member' },
  { op: 'remove invite', organization: 'acme', invitee: 'anton.berger@acme.example' },
  { op: 'remove invite', organization: 'acme', invitee: 'freya.mwangi@acme.example' },
  // In time, on the evening of her last day.
  { op: 'remove member', organization: 'acme', username: 'ghoffmann', at: new Date(first + 18 * hourMs).toISOString() },
];

export function repair(company: JudgedCompany): void {
  for (const change of repairs) {
    const mistake = changeWorld(company.hub.world, change);
    if (mistake !== null) throw new Error(mistake);
  }
}

/** With it every check passes somebody on an undisturbed night. */
export const matrixPolicy = `sync: { deadline: 20s }
checks:
  critical-repo-write-approved: { approvedTeams: [platform, release] }
  oat-accountable: { owners: { hubwarden: E-1001, ci-push: E-1001, siem-export: E-1001 } }
`;

/** Without its second organization, for nights that look at the first one only. */
export function acmeAlone(text: string): string {
  return text
    .replace(/^ {2}- name: acme-labs\n(?: {4}.*\n)+/m, '')
    .replace(/^ {2}- name: Research images\n(?: {4}.*\n)+/m, '');
}

/** The demo company behind a Docker Hub whose pages are so short that every listing of people has several. */
export async function matrixCompany(edit = (text: string): string => text): Promise<JudgedCompany> {
  const demo = demoCompany(firstNight);
  const acme = demo.world.organizations.find(({ name }) => name === 'acme');
  if (acme === undefined) throw new Error('there is no acme');
  acme.registryAccess = { enabled: true, dockerHubAllowed: true, customRegistries: [] };
  const company = await JudgedCompany.start(demo, { largestPage: 20 });
  await company.night(firstNight, (text) => `${edit(text)}${matrixPolicy}`);
  const { dataSource } = company.database;
  const attestations = new Attestations(dataSource, ['sso-enforced', 'pat-governance'], async () => firstNight);
  for (const check of ['sso-enforced', 'pat-governance']) {
    const vouched = { check, organization: 'acme', answer: 'yes', statement: 'seen in the console' } as const;
    const made = await attestations.make(vouched, { name: 'a test', tokenId: randomUUID(), role: 'admin' });
    if (made.outcome !== 'decided') throw new Error(made.outcome);
  }
  return company;
}

/** One night with these faults; whatever other nights disturbed is whole again. */
export async function disturbed(company: JudgedCompany, faults: readonly Fault[], now = faultyNight): Promise<Report> {
  company.hub.faults.splice(0, company.hub.faults.length, ...faults);
  return company.night(now);
}

export function passesIn(report: Report, checks: readonly string[], organization: string | null): ReportResult[] {
  return report.results.filter(
    (result) => checks.includes(result.check) && result.organization === organization && result.verdict === 'pass',
  );
}

/** Findings of `acme` that are closed, of these checks. */
export async function closedIn(company: JudgedCompany, checks: readonly string[]): Promise<object[]> {
  return company.database.dataSource.query(
    `select check_id, subject_name, resolved_because from finding
      where resolved_at is not null and check_id = any($1)
        and organization_id = (select id from organization where name = 'acme')`,
    [checks],
  );
}

/** Reads like any other, and then something happens to what it wrote down about one listing. */
export class ForgetfulSync extends HubSync {
  constructor(
    private readonly database: DataSource,
    private readonly forget: string,
    private readonly dataset: Dataset,
  ) {
    super(database);
  }

  override async sync(organization: string, reader: HubReader, options: SyncOptions): Promise<SyncOutcome> {
    const outcome = await super.sync(organization, reader, options);
    if (organization === 'acme' && outcome.state === 'sealed') {
      await this.database.query(this.forget, [outcome.runId, this.dataset]);
    }
    return outcome;
  }
}
