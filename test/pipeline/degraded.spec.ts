import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import type { Check, Dataset } from '../../src/checks/check.js';
import { demoCompany, type Company } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { RosterDecisions } from '../../src/roster/roster-decisions.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const now = '2026-11-21T02:00:00.000Z';
const tomorrow = '2026-11-22T02:00:00.000Z';

const needing = (dataset: Dataset): string[] =>
  catalog
    .filter(({ needs }: Check<never>) =>
      needs.some((need) => (typeof need === 'string' ? need : need.dataset) === dataset),
    )
    .map(({ id }: Check<never>) => id);

function expectNoPass(report: Report, checks: readonly string[], organizations = ['acme']): void {
  for (const organization of organizations) {
    for (const check of checks) {
      const passing = resultsOf(report, check, organization).filter(({ verdict }) => verdict === 'pass');
      expect(passing, `${check} in ${organization}`).toEqual([]);
    }
  }
}

describe('a company whose sources are not what they should be', () => {
  let company: JudgedCompany;
  let source: Company;
  beforeEach(async () => {
    source = demoCompany(now);
    company = await JudgedCompany.start(source);
  });
  afterEach(() => company.stop());

  const half = (): string => {
    const lines = source.roster.trimEnd().split('\n');
    return `${lines.slice(0, Math.ceil(lines.length / 2)).join('\n')}\n`;
  };

  it('quarantines a roster that lost half of its people, and passes nobody on the one in force', async () => {
    const first = await company.night(now);
    await company.writeRoster(half(), tomorrow);
    const second = await company.night(tomorrow);

    expect(resultOf(second, 'hr-roster-plausible', 'HR roster')).toMatchObject({
      verdict: 'fail',
      reason: 'ROSTER_QUARANTINED',
    });
    expectNoPass(second, needing('roster'), ['acme', 'acme-labs']);
    expect(resultOf(second, 'user-identified', 'miraholt')).toMatchObject({
      verdict: 'unknown',
      reason: 'ROSTER_QUARANTINED',
    });
    // The leavers that the roster in force names still fail, with their dates.
    for (const name of ['dpetrov', 'jonasreuter']) {
      const { verdict, since, dueAt } = resultOf(second, 'offboarded-access-removed', name);
      expect({ verdict, since, dueAt }).toMatchObject({
        verdict: 'fail',
        since: resultOf(first, 'offboarded-access-removed', name).since,
        dueAt: resultOf(first, 'offboarded-access-removed', name).dueAt,
      });
    }
    expect(second.datasets.at(-1)).toMatchObject({ name: 'roster', reason: 'ROSTER_QUARANTINED' });
  });

  it('judges on the smaller roster once somebody accepts it, and on the old one if somebody rejects it', async () => {
    await company.night(now);
    await company.writeRoster(half(), tomorrow);
    const quarantined = await company.night(tomorrow);
    const id = String(resultOf(quarantined, 'hr-roster-plausible', 'HR roster').facts['quarantine']);
    const decisions = new RosterDecisions(company.database.dataSource);
    expect(await decisions.accept(id, 'half of the company was sold', 'a test', tomorrow)).toMatchObject({
      outcome: 'accepted',
    });
    expect(await decisions.accept(id, 'again', 'a test', tomorrow)).toMatchObject({ outcome: 'refused' });

    const third = await company.night('2026-11-23T02:00:00.000Z');
    expect(resultOf(third, 'hr-roster-plausible', 'HR roster').verdict).toBe('pass');
    const left = resultsOf(third, 'offboarded-access-removed').filter(({ reason }) => reason === 'LEFT_ROSTER');
    expect(left.length).toBeGreaterThan(5);
    expect(new Set(left.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it('uses the roster in force while its server is down, and passes nobody once it is too old', async () => {
    await company.night(now);
    await rm(company.files.roster);
    const young = await company.night(tomorrow);
    expect(resultOf(young, 'user-identified', 'miraholt').verdict).toBe('pass');
    expect(young.datasets.at(-1)).toMatchObject({ name: 'roster', reason: 'SOURCE_UNREACHABLE' });

    const old = await company.night('2026-11-29T02:00:00.000Z');
    expect(resultOf(old, 'hr-roster-fresh', 'HR roster').verdict).toBe('fail');
    expectNoPass(old, needing('roster'), ['acme', 'acme-labs']);
    expect(resultOf(old, 'user-identified', 'miraholt')).toMatchObject({ verdict: 'unknown', reason: 'SOURCE_STALE' });
    expect(resultOf(old, 'offboarded-access-removed', 'dpetrov').verdict).toBe('fail');
  });

  it('names single bad rows, and does not lose their people', async () => {
    await company.night(now);
    const broken = source.roster.replace(/^(E-1001,.*?,)(\d{4}-\d{2}-\d{2})/m, '$12026-02-31');
    expect(broken).not.toBe(source.roster);
    await company.writeRoster(broken, tomorrow);
    const report = await company.night(tomorrow);
    expect(report.datasets.at(-1)).toMatchObject({ name: 'roster', status: 'complete', reason: 'ROSTER_ROW_REFUSED' });
    const unknown = resultsOf(report, 'offboarded-access-removed').filter(
      ({ reason }) => reason === 'ROSTER_ROW_REFUSED',
    );
    expect(unknown).toHaveLength(1);
    expect(unknown[0]?.verdict).toBe('unknown');
  });

  it('does not believe a listing of repositories that shows no private one', async () => {
    const acme = company.hub.world.organizations[0];
    for (const token of acme?.tokens ?? []) {
      for (const resource of token.resources) {
        resource.scopes = resource.scopes.filter((scope) => scope !== 'scope-repository-list');
      }
    }
    const withoutOwner = (text: string) => text.replace(/^ {4}owner: \{ identifier.*\n/m, '');
    const report = await company.night(now, withoutOwner);
    const datasets = report.datasets.filter(({ organization }) => organization === 'acme');
    expect(datasets.find(({ name }) => name === 'repositories')).toMatchObject({
      status: 'partial',
      reason: 'VISIBILITY_NOT_PROVEN',
    });
    expectNoPass(report, needing('repositories'));
    // To read it again would not help: another check fails for the want of rights.
    expect(resultOf(report, 'hub-sync-complete', 'acme')).toMatchObject({
      verdict: 'unknown',
      reason: 'CAPABILITY_MISSING',
    });
    const { verdict, facts } = resultOf(report, 'connector-capability', 'acme');
    expect(verdict).toBe('fail');
    expect(facts['problems']).toContain('VISIBILITY_NOT_PROVEN');
  });

  it('judges nobody by a custom role that nobody ranked', async () => {
    const report = await company.night(now, (text) => text.replace(/^roles:\n.*\n/m, ''));
    expect(resultOf(report, 'role-vocabulary-known', 'acme').verdict).toBe('fail');
    const doubtful = resultsOf(report, 'critical-system-access-valid').filter(
      ({ reason }) => reason === 'ROLE_UNKNOWN',
    );
    expect(doubtful.length).toBeGreaterThan(0);
    expect(new Set(doubtful.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    expect(resultOf(report, 'owner-count', 'acme').verdict).not.toBe('pass');
  });
});
