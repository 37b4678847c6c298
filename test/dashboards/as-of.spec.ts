import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany } from '../support/company.js';
import {
  acknowledge,
  change,
  dashboardsOn,
  everyFinding,
  findingsFor,
  openInList,
  openInReport,
  without,
  type Dashboards,
} from './dashboards.js';

const nights = [21, 22, 23, 24].map((day) => `2026-11-${day}T02:00:00.000Z`);
const night = (index: number): string => nights[index] ?? '';
const noon = (index: number): string => night(index).replace('T02', 'T12');
const leaver = 'account=dpetrov&check=offboarded-access-removed&status=open,resolved';

/** What was true then, by what was known then. */
const asItWas = (instant: string): string => `&asOf=${instant}&knownAt=${instant}`;

/** Everything that the dashboards show, without what is about the moment of asking. */
async function everything(dashboards: Dashboards, asOf?: string): Promise<object> {
  const moment = asOf === undefined ? {} : { asOf, knownAt: asOf };
  const query = `status=open,resolved&limit=5${asOf === undefined ? '' : asItWas(asOf)}`;
  const overview = await dashboards.overview.get(moment);
  return {
    overview: without(overview, 'schedule', 'alerts', 'running', 'datasets'),
    datasets: overview.datasets.map((dataset) => without(dataset, 'ageSeconds')),
    findings: await everyFinding(dashboards, query),
    checks: await dashboards.checks.list(moment),
    check: await dashboards.checks.get('offboarded-access-removed', moment),
    systems: await dashboards.systems.list(moment),
    organizations: await dashboards.organizations.list(moment),
  };
}

describe('dashboards of an earlier night', () => {
  let company: JudgedCompany;
  let dashboards: Dashboards;
  const reports: Report[] = [];
  const asTheyWere: object[] = [];

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
    const { dataSource } = company.database;
    dashboards = dashboardsOn(dataSource);
    const judge = async (index: number, policy?: (text: string) => string): Promise<void> => {
      reports.push(await company.night(night(index), policy));
      asTheyWere.push(await everything(dashboards));
    };
    const member = company.hub.world.organizations[0]?.members.find(({ username }) => username === 'dpetrov');
    if (member === undefined) throw new Error('no dpetrov');

    await judge(0);
    const [unknown] = (await findingsFor(dashboards, 'account=lfontaine&check=user-identified')).items;
    await acknowledge(dataSource, unknown?.id ?? '', noon(0));
    change(company, { op: 'remove member', organization: 'acme', username: 'dpetrov' });
    change(company, { op: 'change role', organization: 'acme', username: 'olindqvist', role: 'Owner' });
    await judge(1);
    await judge(2, (text) => `${text}checks: { owner-count: { enabled: false, reason: "a test" } }\n`);
    change(company, { op: 'add member', organization: 'acme', member });
    change(company, { op: 'remove member', organization: 'acme', username: 'lfontaine' });
    await judge(3);
    await acknowledge(dataSource, unknown?.id ?? '', noon(3), 'joe');
  });
  afterAll(() => company.stop());

  it.each([0, 1, 2, 3])('are those of night %i, to the last field', async (index) => {
    expect(await everything(dashboards, night(index))).toEqual(asTheyWere[index]);
  });

  it.each([0, 1, 2, 3])('have the open findings of the report of night %i', async (index) => {
    const open = await everyFinding(dashboards, asItWas(night(index)));
    const report = reports[index];
    const judged = open.filter(({ check }) => index < 2 || check !== 'owner-count');
    expect(openInList(judged)).toEqual(report === undefined ? null : openInReport(report));
    // Nobody judges them any more, which resolves nothing.
    const left = open.filter((finding) => !judged.includes(finding));
    expect(left.map(({ verdict }) => verdict)).toEqual(index < 2 ? [] : [null, null]);
  });

  it('hold until the next one', async () => {
    const late = await everyFinding(dashboards, `status=open,resolved${asItWas(night(1).replace('T02', 'T01'))}`);
    const early = await everyFinding(dashboards, `status=open,resolved${asItWas(night(0))}`);
    const acknowledgement = ['acknowledgedAt', 'acknowledgedBy', 'acknowledgedReason'];
    expect(late.map((finding) => without(finding, ...acknowledgement))).toEqual(
      early.map((finding) => without(finding, ...acknowledgement)),
    );
  });

  it('show a finding that was resolved and came back as it was each time', async () => {
    const states = [];
    for (const index of [0, 1, 2, 3]) {
      const [finding] = (await findingsFor(dashboards, `${leaver}&asOf=${night(index)}`)).items;
      states.push([finding?.status, finding?.disposition, finding?.verdict, finding?.reopened, finding?.resolvedAt]);
    }
    expect(states).toEqual([
      ['open', 'overdue', 'fail', 0, null],
      ['open', 'overdue', 'unknown', 0, null],
      ['resolved', 'none', 'pass', 0, night(2)],
      ['open', 'overdue', 'fail', 1, null],
    ]);
  });

  it('tell its history up to then', async () => {
    const [finding] = (await findingsFor(dashboards, leaver)).items;
    const history = async (asOf?: string): Promise<string[]> => {
      const detail = await dashboards.findings.get(finding?.id ?? '', asOf === undefined ? {} : { asOf });
      return detail.history.map(({ kind, evaluation }) => {
        const index = reports.findIndex((report) => report.evaluation.id === evaluation);
        return `${kind} ${index}`;
      });
    };
    expect(await history(night(0))).toEqual(['opened 0', 'overdue 0']);
    expect(await history(night(2))).toEqual(['opened 0', 'overdue 0', 'resolved 2']);
    expect(await history()).toEqual(['opened 0', 'overdue 0', 'resolved 2', 'reopened 3']);
  });

  it('say of a finding what was said then', async () => {
    const message = async (asOf: string): Promise<string | undefined> => {
      const { items } = await findingsFor(dashboards, `account=olindqvist&system=Docker%20Hub%20acme&asOf=${asOf}`);
      return items.map((item) => item.message).join();
    };
    expect(await message(night(0))).toMatch(/holds editor/);
    expect(await message(night(1))).toMatch(/holds owner/);
    const found = async (q: string): Promise<string[]> =>
      (await findingsFor(dashboards, `asOf=${night(0)}&q=${encodeURIComponent(q)}`)).items.map(
        ({ subject }) => subject.name,
      );
    expect(await found('olindqvist holds editor')).toContain('olindqvist');
    expect(await found('olindqvist holds owner')).toEqual([]);
  });

  it('know of an acknowledgement from the moment that it was given', async () => {
    const acknowledged = async (asOf: string): Promise<unknown[]> => {
      const { items } = await findingsFor(
        dashboards,
        `account=lfontaine&check=user-identified&status=open,resolved${asOf}`,
      );
      return items.map((item) => [item.status, item.acknowledgedAt, item.acknowledgedBy]);
    };
    const minuteBefore = noon(0).replace('T12:00', 'T11:59');
    expect(await acknowledged(`&asOf=${minuteBefore}`)).toEqual([['open', null, null]]);
    expect(await acknowledged(`&asOf=${noon(0)}`)).toEqual([['open', noon(0), 'jane']]);
    expect(await acknowledged(`&asOf=${night(3)}`)).toEqual([['resolved', noon(0), 'jane']]);
    expect(await acknowledged('')).toEqual([['resolved', noon(3), 'joe']]);
  });

  it('draw the trend of the nights up to then', async () => {
    const { trend } = await dashboards.overview.get({});
    expect(trend.map(({ evaluation, at }) => [evaluation, at])).toEqual(
      reports.map(({ evaluation }) => [evaluation.id, evaluation.at]),
    );
    expect(trend.map(({ openFindings }) => openFindings)).toEqual(
      reports.map(({ results }, index) => results.filter(({ dueAt }) => dueAt !== null).length + (index < 2 ? 0 : 2)),
    );
    expect(new Set(trend.map(({ openFindings }) => openFindings)).size).toBeGreaterThan(1);
    const then = await dashboards.overview.get({ asOf: night(1) });
    expect(then.trend).toEqual(trend.slice(0, 2));
    expect(then).toMatchObject({ schedule: null, alerts: null, running: null });
  });

  it('know which checks were enabled, and why not', async () => {
    const check = async (asOf: string) =>
      (await dashboards.checks.list({ asOf, q: 'owner-count' })).items.map(({ enabled, disabledBecause, status }) => [
        enabled,
        disabledBecause,
        status === 'not_applicable',
      ]);
    expect(await check(night(1))).toEqual([[true, null, false]]);
    expect(await check(night(2))).toEqual([[false, 'a test', true]]);
    const { items } = await dashboards.checks.list({ enabled: false });
    expect(items.map(({ id }) => id)).toEqual(['owner-count']);
  });

  it.each(['asOf', 'knownAt'])('are refused before the first one, with a sentence about %s', async (field) => {
    const instant = '2026-11-21T01:59:59.999Z';
    const moment = { [field]: instant };
    const sentence = `${field} is ${instant}, before the first snapshot, of ${night(0)}; expected that or a later one`;
    const refusal = expect.objectContaining({ status: 422, detail: sentence });
    const { findings, checks, datasets, systems, organizations, overview } = dashboards;
    for (const list of [findings, checks, datasets, systems, organizations]) {
      await expect(list.list(moment)).rejects.toEqual(refusal);
    }
    await expect(overview.get(moment)).rejects.toEqual(refusal);
    await expect(findings.get('1', moment)).rejects.toEqual(refusal);
    await expect(checks.get('user-identified', moment)).rejects.toEqual(refusal);
    await expect(findings.list({ ...moment, asOf: instant, knownAt: instant })).rejects.toMatchObject({
      more: { errors: [{ field: 'asOf' }, { field: 'knownAt' }] },
    });
  });
});
