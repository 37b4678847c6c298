import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import type { Check, Dataset } from '../../src/checks/check.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Fault } from '../../src/demo/faults.js';
import { JudgedCompany, resultsOf } from '../support/company.js';

const firstNight = '2026-11-21T02:00:00.000Z';
const faultyNight = '2026-11-22T02:00:00.000Z';

const places: [Dataset, RegExp][] = [
  ['members', /\/orgs\/acme\/members/],
  ['invites', /\/orgs\/acme\/invites/],
  ['teams', /\/orgs\/acme\/groups\/?(\?|$)/],
  ['repositories', /\/namespaces\/acme\/repositories\/?(\?|$)/],
  ['repository_teams', /\/repositories\/(acme\/)?[^/]+\/groups/],
  ['scim_users', /\/scim\/2\.0\/Users/],
];

const faults: [string, Omit<Fault, 'on'>][] = [
  ['500', { answer: 500 }],
  ['403', { answer: 403 }],
  ['404', { answer: 404 }],
  ['429 that asks for an hour', { answer: { status: 429, retryAfter: 3600 } }],
  ['a reset', { answer: 'reset' }],
  ['a body that ends early', { answer: 'cut body' }],
  ['a maintenance page', { answer: 'html' }],
  ['200 without a body', { answer: 'empty' }],
  ['rows without an id', { answer: 'undefined field', field: 'id' }],
];
const pagedFaults: [string, Omit<Fault, 'on'>][] = [
  ['a page that repeats a row', { answer: 'repeat ids' }],
  ['a page with half of its rows', { answer: 'shrink' }],
];
const namelessTeams: [string, Omit<Fault, 'on'>][] = [
  ['permissions without a team', { answer: 'undefined field', field: 'group_name' }],
  ['permissions with null for a team', { answer: 'null field', field: 'group_name' }],
];
const linkedFaults: [string, Omit<Fault, 'on'>][] = [
  ['a next page on another host', { answer: 'next elsewhere', to: 'http://127.0.0.1:9' }],
  ['a next page that is this page', { answer: 'next loop' }],
];

/** Repairs that would close a finding of every kind, if the night after them could be believed. */
const repairs: WorldChange[] = [
  { op: 'remove member', organization: 'acme', username: 'dpetrov' },
  { op: 'remove member', organization: 'acme', username: 'lfontaine' },
  { op: 'change role', organization: 'acme', username: 'cbenedetti', role: 'member' },
  { op: 'remove invite', organization: 'acme', invitee: 'anton.berger@acme.example' },
  { op: 'remove invite', organization: 'acme', invitee: 'freya.mwangi@acme.example' },
];

const needing = (dataset: Dataset): string[] => {
  const derived: Partial<Record<Dataset, Dataset[]>> = {
    members: ['team_members'],
    teams: ['team_members'],
    repositories: ['repository_teams'],
  };
  const affected = new Set([dataset, ...(derived[dataset] ?? [])]);
  return catalog
    .filter(({ needs }: Check<never>) =>
      needs.some((need) => affected.has(typeof need === 'string' ? need : need.dataset)),
    )
    .map(({ id }: Check<never>) => id);
};

describe.each(places)('while the listing of %s is disturbed', (dataset, on) => {
  let company: JudgedCompany;
  const checks = needing(dataset);
  const paged = dataset !== 'invites' && dataset !== 'repository_teams';
  const ownFaults = [
    ...faults,
    ...(paged ? pagedFaults : []),
    ...(dataset === 'repository_teams' ? namelessTeams : []),
    ...(paged && dataset !== 'scim_users' ? linkedFaults : []),
  ].filter(
    // A repository's permissions are keyed by team, and a repository by its name.
    ([name]) => !(name === 'rows without an id' && (dataset === 'repositories' || dataset === 'repository_teams')),
  );

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(firstNight));
    await company.night(firstNight, (text) => `${text}sync: { deadline: 20s }\n`);
    for (const repair of repairs) {
      const mistake = changeWorld(company.hub.world, repair);
      if (mistake !== null) throw new Error(mistake);
    }
  });
  afterAll(() => company.stop());

  it.each(ownFaults)('%s passes nobody and closes nothing', async (_, fault) => {
    company.hub.faults.splice(0, company.hub.faults.length, { on, ...fault });
    const report = await company.night(faultyNight);

    const reading = report.datasets.find((one) => one.organization === 'acme' && one.name === dataset);
    expect(reading?.status).not.toBe('complete');
    expect(reading?.reason).toMatch(/^[A-Z_]+$/);
    expect(reading?.message).toBeTruthy();

    for (const check of checks) {
      const results = resultsOf(report, check);
      expect(results.length, check).toBeGreaterThan(0);
      expect(
        results.filter(({ verdict }) => verdict === 'pass'),
        check,
      ).toEqual([]);
    }
    const resolved: object[] = await company.database.dataSource.query(
      `select check_id, subject_name from finding
        where resolved_at is not null and check_id = any($1)
          and organization_id = (select id from organization where name = 'acme')`,
      [checks],
    );
    expect(resolved).toEqual([]);
    const others = report.results.filter(
      ({ organization, verdict }) => organization === 'acme-labs' && verdict === 'pass',
    );
    expect(others.length, 'another organization is judged as before').toBeGreaterThan(0);
  });
});
