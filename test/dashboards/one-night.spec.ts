import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import { demoCompany } from '../../src/demo/company.js';
import { outcomes, type Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';
import { dashboardsOn, everyFinding, openInList, openInReport, without, type Dashboards } from './dashboards.js';

const night = '2026-11-21T02:00:00.000Z';

describe('the dashboards after one night', () => {
  let company: JudgedCompany;
  let report: Report;
  let dashboards: Dashboards;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night));
    report = await company.night(night);
    dashboards = dashboardsOn(company.database.dataSource);
  });
  afterAll(() => company.stop());

  it('list the findings that the report has', async () => {
    const findings = await everyFinding(dashboards, 'limit=7');
    expect(openInList(findings)).toEqual(openInReport(report));
    expect(findings.length).toBeGreaterThan(14);
    for (const finding of findings) {
      const said = report.results.find(
        ({ check, organization, subject }) =>
          check === finding.check && organization === finding.organization && subject.id === finding.subject.id,
      );
      expect(finding).toMatchObject({ status: 'open', reason: said?.reason, message: said?.message, reopened: 0 });
      expect(finding.title).toBe(catalog.find(({ id }) => id === finding.check)?.title);
    }
  });

  it('tell one finding with its facts, its history and what to do', async () => {
    const { items } = await dashboards.findings.list({ account: 'jonasreuter', check: ['offboarded-access-removed'] });
    const said = resultOf(report, 'offboarded-access-removed', 'jonasreuter');
    const check = catalog.find(({ id }) => id === 'offboarded-access-removed');
    const detail = await dashboards.findings.get(items[0]?.id ?? '', {});
    expect(detail).toMatchObject({ facts: said.facts, why: check?.why, remedy: check?.remedy, disposition: 'overdue' });
    expect(detail.history).toEqual([
      { at: night, kind: 'opened', because: said.reason, by: null, evaluation: report.evaluation.id },
      { at: night, kind: 'overdue', because: null, by: null, evaluation: report.evaluation.id },
    ]);
  });

  it.each(['0', '999999999999999999', '1e3', "1' or 'a'='a", '-1', '9999999999999999999999', ''])(
    'have no finding %j',
    async (id) => {
      await expect(dashboards.findings.get(id, {})).rejects.toMatchObject({ status: 404 });
    },
  );

  it('list the checks of the report in its order', async () => {
    const { items, nextCursor } = await dashboards.checks.list({});
    expect(nextCursor).toBeNull();
    expect(items.map(({ id, title, severity, status, counts }) => ({ id, title, severity, status, counts }))).toEqual(
      report.checks,
    );
    expect(items.find(({ id }) => id === 'critical-system-access-valid')).toMatchObject({
      enabled: true,
      disabledBecause: null,
      dataTrust: false,
      sla: '5bd',
      slaSeconds: null,
    });
    expect(items.find(({ id }) => id === 'offboarded-access-removed')).toMatchObject({
      sla: '24h',
      slaSeconds: 86_400,
    });
    const scim = items.find(({ id }) => id === 'offboarded-access-removed')?.needs;
    expect(scim).toContainEqual({ dataset: 'scim_users', when: 'configured' });
    expect(scim).toContainEqual({ dataset: 'roster', when: 'always' });
  });

  it('tell one check with its trend and its findings', async () => {
    const detail = await dashboards.checks.get('user-identified', {});
    const said = report.checks.find(({ id }) => id === 'user-identified');
    expect(detail.trend).toEqual([
      { evaluation: report.evaluation.id, at: night, status: said?.status, counts: said?.counts },
    ]);
    expect(detail.findings).toEqual({ open: 5, in_grace: 5, overdue: 0, excepted: 0, acknowledged: 0 });
    expect(detail.remedy.length).toBeGreaterThan(20);
    await expect(dashboards.checks.get('no-such-check', {})).rejects.toMatchObject({ status: 404 });
    await expect(dashboards.checks.get("x'; drop table finding", {})).rejects.toMatchObject({ status: 404 });
  });

  it('list the datasets of the report', async () => {
    const { items } = await dashboards.datasets.list({});
    expect(items.map((dataset) => without(dataset, 'ageSeconds'))).toEqual(report.datasets);
    const { items: roster } = await dashboards.datasets.list({ name: ['roster'], asOf: '2026-11-22T02:00:00.000Z' });
    const fetchedAt = new Date(roster[0]?.fetchedAt ?? '').getTime();
    expect(roster.map(({ ageSeconds }) => ageSeconds)).toEqual([
      60 * Math.floor((new Date('2026-11-22T02:00:00.000Z').getTime() - fetchedAt) / 60_000),
    ]);
    const { items: odd } = await dashboards.datasets.list({ organization: ['acme-labs'], status: ['not_permitted'] });
    expect(odd.map(({ name }) => name)).toEqual(['image_access', 'tokens']);
  });

  it('list the critical systems with their owners and their accounts', async () => {
    const { items } = await dashboards.systems.list({});
    expect(items.map(({ organization, name }) => `${organization}/${name}`)).toEqual([
      'acme/Docker Hub acme',
      'acme/Production images',
      'acme-labs/Research images',
    ]);
    for (const system of items) {
      const configured = resultOf(report, 'critical-system-access-configured', system.name);
      expect(system.configured).toEqual({
        verdict: configured.verdict,
        reason: configured.reason,
        message: configured.message,
        disposition: configured.disposition,
      });
      const accounts = resultsOf(report, 'critical-system-access-valid', system.organization).filter(
        ({ subject }) => subject.system === system.name,
      );
      expect(system.accounts).toEqual(
        Object.fromEntries(
          outcomes.map((outcome) => [outcome, accounts.filter(({ verdict }) => verdict === outcome).length]),
        ),
      );
      expect(accounts.length).toBeGreaterThan(0);
    }
    expect(items[1]).toMatchObject({
      declared: true,
      repositories: ['prod-*'],
      owner: { id: 'E-1004', employment: 'employed' },
    });
    expect(items[0]?.access?.[3]).toMatchObject({
      everyone: false,
      employmentTypes: ['contractor'],
      departments: null,
    });
    const { items: failing } = await dashboards.systems.list({ verdict: ['fail'] });
    expect(failing.map(({ name }) => name)).toEqual(
      items.filter(({ configured }) => configured?.verdict === 'fail').map(({ name }) => name),
    );
    expect(failing.length).toBeGreaterThan(0);
  });

  it('list the organizations with everything that was said about them', async () => {
    const { items } = await dashboards.organizations.list({});
    expect(items.map(({ name }) => name)).toEqual(['acme', 'acme-labs']);
    for (const organization of items) {
      const said = report.results.filter((result) => result.organization === organization.name);
      expect(organization.verdicts).toEqual(
        Object.fromEntries(
          outcomes.map((outcome) => [outcome, said.filter(({ verdict }) => verdict === outcome).length]),
        ),
      );
      const open = said.filter(({ dueAt }) => dueAt !== null);
      const overdue = open.filter(({ disposition }) => disposition === 'overdue');
      expect(organization.findings).toEqual({ open: open.length, overdue: overdue.length });
      const world = company.hub.world.organizations.find(({ name }) => name === organization.name);
      expect(organization.members).toBe(world?.members.length);
      expect(organization.invites).toBe(world?.invites.length);
      expect(organization.datasets).toEqual(
        report.datasets
          .filter((dataset) => dataset.organization === organization.name)
          .map(({ name, status, fetchedAt }) => ({ name, status, fetchedAt })),
      );
      expect(organization.snapshot.at).toBe(night);
    }
  });

  it('sum it all up in one request', async () => {
    const overview = await dashboards.overview.get({});
    expect(overview.evaluation).toEqual(report.evaluation);
    const said = (verdict: string): number => report.results.filter((result) => result.verdict === verdict).length;
    const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, said(outcome)]));
    expect(overview.posture?.subjects).toEqual({ ...counts, excepted: 0 });
    const { pass = 0, fail = 0, unknown = 0, error = 0 } = counts;
    expect(overview.posture?.unknownShare).toBeCloseTo((unknown + error) / (pass + fail + unknown + error), 10);
    expect(overview.posture?.checks.failing).toBe(report.checks.filter(({ status }) => status === 'failing').length);
    const byStatus: Record<string, number> = JSON.parse(JSON.stringify(overview.posture?.checks));
    expect(Object.values(byStatus).reduce((sum, count) => sum + count, 0)).toBe(report.checks.length);
    const open = report.results.filter(({ dueAt }) => dueAt !== null);
    const overdue = open.filter(({ disposition }) => disposition === 'overdue').length;
    expect(overview.findings).toMatchObject({
      open: open.length,
      overdue,
      acknowledged: 0,
      changes: { opened: open.length, reopened: 0, overdue, resolved: 0 },
    });
    expect(overview.findings?.bySeverity.map(({ severity }) => severity)).toEqual([
      'critical',
      'high',
      'medium',
      'low',
    ]);
    expect(overview.trend).toEqual([
      { evaluation: report.evaluation.id, at: night, subjects: counts, openFindings: open.length },
    ]);
    expect(overview.datasets).toHaveLength(report.datasets.length);
    expect(overview).toMatchObject({ running: null, alerts: [], schedule: { lastEvaluationAt: night } });
  });

  it('tell the time to repair of a policy that was recorded in milliseconds', async () => {
    await company.database.dataSource.query(
      `update evaluation set policy = jsonb_set(policy, '{checks}', (
         select jsonb_agg(value - 'sla' || '{"slaMs": 432000000}') from jsonb_array_elements(policy->'checks')))`,
    );
    const detail = await dashboards.checks.get('user-identified', {});
    expect(detail).toMatchObject({ sla: '432000s', slaSeconds: 432_000 });
  });
});
