import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const now = '2026-11-21T02:00:00.000Z';

describe('the first night of the demo company', () => {
  let company: JudgedCompany;
  let report: Report;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(now));
    report = await company.night(now);
  });
  afterAll(() => company.stop());

  it('reads every dataset whole, or says which credential would', () => {
    const odd = report.datasets.filter(({ status }) => status !== 'complete');
    expect(odd.map(({ organization, name, status }) => `${organization} ${name} ${status}`)).toEqual([
      'acme-labs image_access not_permitted',
      'acme-labs scim_users not_configured',
      'acme-labs tokens not_permitted',
    ]);
    expect(odd.every(({ message }) => message !== null && message.length > 20)).toBe(true);
  });

  it.each([
    ['imaginglab', 'IDENTITY_AMBIGUOUS'],
    ['lfontaine', 'IDENTITY_UNLINKED'],
    ['martavogei', 'IDENTITY_UNLINKED'],
    ['acmemirror', 'OWNER_LEFT'],
    ['sam.ortega@partner.example', 'IDENTITY_UNLINKED'],
  ])('fails to identify %s: %s', (name, reason) => {
    expect(resultOf(report, 'user-identified', name)).toMatchObject({ verdict: 'fail', reason });
  });

  it('fails nobody else, and suggests without linking', () => {
    expect(resultsOf(report, 'user-identified').filter(({ verdict }) => verdict === 'fail')).toHaveLength(5);
    expect(JSON.stringify(resultOf(report, 'user-identified', 'lfontaine').facts)).toContain('Lucie Fontaine');
  });

  it('catches the leavers, whichever way their access reaches', () => {
    const failing = resultsOf(report, 'offboarded-access-removed').filter(({ verdict }) => verdict === 'fail');
    expect(failing.map(({ subject }) => subject.name).sort()).toEqual([
      'anton.berger@acme.example',
      'dpetrov',
      'jonasreuter',
      'mareknovak',
    ]);
    expect(resultOf(report, 'offboarded-access-removed', 'jonasreuter')).toMatchObject({
      disposition: 'overdue',
      dueAt: '2026-11-10T23:00:00.000Z',
    });
    expect(resultOf(report, 'offboarded-access-removed', 'ghoffmann').verdict).toBe('pass');
  });

  it('names the role held and the highest one allowed', () => {
    const result = resultOf(report, 'critical-system-access-valid', 'olindqvist', 'Docker Hub acme');
    expect(result).toMatchObject({ verdict: 'fail', reason: 'ROLE_NOT_ADMITTED' });
    expect(result.message).toMatch(/holds editor .*allows .* is member/);
    expect(resultOf(report, 'critical-system-access-valid', 'zofialis', 'Production images')).toMatchObject({
      verdict: 'unknown',
      reason: 'HR_ATTRIBUTE_BLANK',
    });
  });

  it.each([
    ['no-dormant-member', ['ankevermeulen', 'bramdewit']],
    ['contractor-end-dated', ['celesteroy', 'petrasommer']],
    ['scim-hub-agreement', ['mareknovak']],
    ['no-conflicting-links', []],
    ['no-shared-accounts', []],
    ['external-sponsored', []],
    ['no-access-before-start', []],
    ['no-return-of-leaver', []],
  ])('%s fails for %j', (check, names) => {
    const failing = resultsOf(report, check).filter(({ verdict }) => verdict === 'fail');
    expect(failing.map(({ subject }) => subject.name).sort()).toEqual(names);
  });

  it('judges one cause once', () => {
    expect(resultOf(report, 'critical-system-access-valid', 'dpetrov', 'Docker Hub acme')).toMatchObject({
      verdict: 'not_applicable',
      reason: 'OFFBOARDED',
    });
    expect(resultOf(report, 'service-account-owned', 'acmemirror').reason).toBe('JUDGED_BY');
    expect(resultOf(report, 'no-invite-to-leaver-or-unknown', 'anton.berger@acme.example').reason).toBe('JUDGED_BY');
  });

  it('gives every subject of every check one verdict with a reason, and counts that add up', () => {
    expect(report.checks.map(({ id }) => id)).toEqual(catalog.map(({ id }) => id));
    for (const check of report.checks) {
      const results = report.results.filter((result) => result.check === check.id);
      const { pass, fail, unknown, error, not_applicable } = check.counts;
      expect(pass + fail + unknown + error + not_applicable, check.id).toBe(results.length);
      for (const verdict of ['pass', 'fail', 'unknown', 'error', 'not_applicable'] as const) {
        expect(
          results.filter((result) => result.verdict === verdict),
          check.id,
        ).toHaveLength(check.counts[verdict]);
      }
    }
    for (const result of report.results) {
      expect(result.reason, JSON.stringify(result)).toMatch(/^[A-Z_]+$/);
      expect(result.message, JSON.stringify(result)).toMatch(/\.$/);
    }
    const subjects = report.results.map(({ check, organization, subject }) =>
      JSON.stringify([check, organization, subject.kind, subject.id]),
    );
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('keeps credentials out of the database', async () => {
    const tables: { name: string }[] = await company.database.dataSource.query(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const rows: unknown[] = await company.database.dataSource.query(`select * from ${name}`);
      expect(JSON.stringify(rows), name).not.toMatch(/simulated-|eyJ/);
    }
  });

  it('writes nothing but the evaluation itself when the night is judged again', async () => {
    const count = async () => {
      const [row]: Record<string, string>[] = await company.database.dataSource.query(
        `select (select count(*) from verdict) as verdicts, (select count(*) from finding) as findings,
                (select count(*) from finding_transition) as transitions, (select count(*) from observation) as observations,
                (select count(*) from person) as people, (select count(*) from link) as links`,
      );
      return row;
    };
    const second = await company.night(now);
    const before = await count();
    const third = await company.night(now);
    expect(await count()).toEqual(before);
    expect(third.results).toEqual(second.results);
    expect(third.evaluation.id).not.toBe(second.evaluation.id);
  });
});
