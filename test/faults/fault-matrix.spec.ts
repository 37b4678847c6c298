import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/demo/faults.js';
import { HubSync } from '../../src/inventory/hub-sync.js';
import type { Report, ReportDataset, ReportResult } from '../../src/findings/report.js';
import { JudgedCompany, resultsOf } from '../support/company.js';
import {
  acmeAlone,
  checksNeeding,
  closedIn,
  disturbed,
  faultyNight,
  ForgetfulSync,
  type HubListing,
  matrixCompany,
  passesIn,
  repair,
  routes,
} from './matrix-company.js';

type Disturbance = Omit<Fault, 'on'> & Partial<Pick<Fault, 'on'>>;

const everywhere: readonly [string, Disturbance][] = [
  ['401', { answer: 401 }],
  ['403', { answer: 403 }],
  ['404', { answer: 404 }],
  ['429 that asks for an hour', { answer: { status: 429, retryAfter: 3600 } }],
  ['500', { answer: 500 }],
  ['a reset', { answer: 'reset' }],
  ['a body that ends early', { answer: 'cut body' }],
  ['a maintenance page', { answer: 'html' }],
  ['200 without a body', { answer: 'empty' }],
  ['200 with an empty object', { answer: { status: 200, body: {} } }],
  ['200 with null', { answer: { status: 200, body: null } }],
];

/** What only a listing of several rows, or of several pages, can suffer. `after`: the first page is still good. */
const inRows: readonly [string, Disturbance][] = [
  ['a page that repeats a row', { answer: 'repeat ids' }],
  ['a page with half of its rows', { answer: 'shrink' }],
  ['rows without an id', { answer: 'undefined field', field: 'id' }],
  ['rows with null for an id', { answer: 'null field', field: 'id' }],
];
const inPages: readonly [string, Disturbance][] = [
  ['drift between two pages', { answer: 'repeat ids', after: 1 }],
  ['a second page with half of its rows', { answer: 'shrink', after: 1 }],
  ['500 on the second page', { answer: 500, after: 1 }],
  ['a second page that never comes whole', { answer: 'cut body', after: 1 }],
  ['an end after the first page', { answer: 'null field', field: 'next' }],
  ['a next page on another host', { answer: 'next elsewhere', to: 'http://127.0.0.1:9' }],
  ['a next page that is this page', { answer: 'next loop' }],
];
/** Nothing counts the events; what a night lacks of the one before it shows that its answer was cut short. */
const inEvents: readonly [string, Disturbance][] = [
  ['a list without events', { answer: { status: 200, body: { logs: [] } } }],
  ['events without a time', { answer: 'undefined field', field: 'timestamp' }],
  ['events with null for an action', { answer: 'null field', field: 'action' }],
];
const ofPermissions: readonly [string, Disturbance][] = [
  ['permissions without a team', { answer: 'undefined field', field: 'group_name' }],
  ['permissions with null for a team', { answer: 'null field', field: 'group_name' }],
  ['permissions without the id of the team', { answer: 'undefined field', field: 'group_id' }],
];

/** What a token may do stands on its own page. */
const onTokens: readonly [string, Disturbance][] = everywhere.map(([name, fault]) => [
  `${name} on the page of one token`,
  { on: /\/access-tokens\/[^/?]+/, ...fault },
]);

const disturbances: Readonly<Record<HubListing, readonly (readonly [string, Disturbance])[]>> = {
  members: [...everywhere, ...inRows, ...inPages],
  invites: [...everywhere, ...inRows.slice(2)],
  teams: [...everywhere, ...inRows],
  team_members: [...everywhere, ...inRows.slice(0, 1)],
  repositories: [
    ...everywhere,
    ...inRows.slice(0, 2),
    ['rows without a name', { answer: 'undefined field', field: 'name' }],
  ],
  repository_teams: [...everywhere, ...ofPermissions],
  tokens: [...everywhere, ...inRows, ...onTokens],
  image_access: everywhere,
  registry_access: everywhere,
  audit_log: [...everywhere, ...inRows.slice(0, 2), ...inEvents],
  scim_users: [...everywhere, ...inRows, ...inPages.slice(0, 4)],
};

/** Only where somebody's row does not name their teams are the teams asked for their members. */
function keepOneSilent({ hub: { world } }: JudgedCompany): void {
  const somebody = world.organizations.find(({ name }) => name === 'acme')?.members.at(-1);
  if (somebody === undefined) throw new Error('nobody is in acme');
  somebody.wire = { groups: undefined };
}

/** Every check says something, nobody passes, and nothing is closed. */
const nothing = { silent: [] as string[], passes: [] as string[], closed: [] as object[] };

/** Docker Hub lets the owner of the sample company in with a password, so nobody can say that it asks for single sign-on. */
const provenOtherwise = 'sso-enforced';

const counted = { cells: 0, nights: 0 };
afterAll(() => console.log(`Fault matrix: ${counted.cells} cells in ${counted.nights} nights.`));

describe.each(Object.entries(disturbances) as [HubListing, (typeof disturbances)[HubListing]][])(
  'while the listing of %s is disturbed',
  (dataset, ownDisturbances) => {
    let company: JudgedCompany;
    const checks = checksNeeding(dataset);

    beforeAll(async () => {
      company = await matrixCompany(acmeAlone);
      if (dataset === 'team_members') keepOneSilent(company);
      repair(company);
    });
    afterAll(() => company.stop());

    /** What a disturbed night came to; `nothing` is how it should. */
    async function cameOf(report: Report): Promise<typeof nothing> {
      counted.nights += 1;
      counted.cells += checks.length;
      return {
        silent: checks.filter((check) => resultsOf(report, check).length === 0),
        passes: passesIn(report, checks, 'acme').map(({ check, subject }) => `${check}: ${subject.name}`),
        closed: await closedIn(company, checks),
      };
    }

    const readingIn = (report: Report): ReportDataset | undefined =>
      report.datasets.find((one) => one.organization === 'acme' && one.name === dataset);

    it.each(ownDisturbances)('%s passes nobody and closes nothing', async (_, fault) => {
      const report = await disturbed(company, [{ on: routes[dataset], ...fault }]);
      const reading = readingIn(report);
      expect(reading?.status).not.toBe('complete');
      expect(reading?.reason).toMatch(/^[A-Z_]+$/);
      expect(reading?.message).toBeTruthy();
      expect(await cameOf(report)).toEqual(nothing);
    });

    it.each([
      ['that nothing is known about', 'delete from dataset_reading where run_id = $1 and dataset = $2'],
      [
        'that is 27 hours old',
        `update dataset_reading set fetched_at = fetched_at - interval '27 hours' where run_id = $1 and dataset = $2`,
      ],
      ['of no known time', 'update dataset_reading set fetched_at = null where run_id = $1 and dataset = $2'],
    ])('a listing %s passes nobody and closes nothing', async (_, forget) => {
      company.sync = new ForgetfulSync(company.database.dataSource, forget, dataset);
      try {
        expect(await cameOf(await disturbed(company, []))).toEqual(nothing);
      } finally {
        company.sync = new HubSync(company.database.dataSource);
      }
    });

    it('once it is whole, every check passes somebody again', async () => {
      const report = await disturbed(company, [], faultyNight);
      const passing = new Set(passesIn(report, checks, 'acme').map(({ check }) => check));
      expect(checks.filter((check) => !passing.has(check) && check !== provenOtherwise)).toEqual([]);
    });
  },
);

describe('another organization', () => {
  let company: JudgedCompany;
  let before: object[];
  const ofLabs = ({ results }: Report): Pick<ReportResult, 'check' | 'subject' | 'verdict'>[] =>
    results.flatMap(({ check, organization, subject, verdict }) =>
      organization === 'acme-labs' ? [{ check, subject, verdict }] : [],
    );

  beforeAll(async () => {
    company = await matrixCompany();
    before = ofLabs(await disturbed(company, []));
  });
  afterAll(() => company.stop());

  it.each(Object.entries(routes))('is judged as before while the listing of %s is refused', async (_, on) => {
    expect(before).toContainEqual(expect.objectContaining({ verdict: 'pass' }));
    expect(ofLabs(await disturbed(company, [{ on, answer: 403 }]))).toEqual(before);
  });
});
