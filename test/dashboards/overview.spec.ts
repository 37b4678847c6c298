import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany } from '../support/company.js';
import { dashboardsOn } from './dashboards.js';

const night = '2026-11-21T02:00:00.000Z';
const withoutLabs = (text: string): string => text.replace(/ {2}- name: Research images[\s\S]*?(?=\nroles)/, '');

describe('the overview of a service', () => {
  let company: JudgedCompany;
  const statement = (sql: string, parameters: unknown[] = []) => company.database.dataSource.query(sql, parameters);

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night));
  });
  afterAll(() => company.stop());

  it('says that nothing was judged, and what is on its way', async () => {
    const dashboards = dashboardsOn(company.database.dataSource);
    expect(await dashboards.overview.get({})).toMatchObject({
      evaluation: null,
      running: null,
      posture: null,
      findings: null,
      trend: [],
      datasets: [],
      schedule: { lastEvaluationAt: null, missed: 0, onTime: true },
      alerts: [],
    });
    await statement(
      `insert into run (id, cause, state, requested_at, started_at)
       values ('00000000-0000-4000-8000-000000000001', 'schedule', 'waiting', $1, null),
              ('00000000-0000-4000-8000-000000000002', 'request', 'running', $1, $1),
              ('00000000-0000-4000-8000-000000000003', 'command', 'failed', $1, $1)`,
      [night],
    );
    expect((await dashboards.overview.get({})).running).toEqual({
      id: '00000000-0000-4000-8000-000000000002',
      cause: 'request',
      state: 'running',
      requestedAt: night,
      startedAt: night,
    });
    await statement('delete from run');
  });

  it('tells of the hooks that are configured, without those that were dropped', async () => {
    await statement(
      `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at, failing_since, gone_at)
       values ('slack', 'a', 'slack hooks.slack.com', 0, $1, $1, $2, null),
              ('webhook', 'b', 'webhook siem.example.com', 0, $1, $1, null, $2),
              ('webhook', 'c', 'webhook old.example.com', 0, $2, $2, null, null)`,
      [night, '2026-11-20T02:00:00.000Z'],
    );
    await statement(
      `insert into alert_message (id, channel_id, severity, state, digest, created_at)
       select gen_random_uuid(), alert_channel.id, 'high', state, '{}', $1::timestamptz + number * interval '1 minute'
         from alert_channel
        cross join unnest(array['sent', 'waiting', 'sending', 'condensed']) with ordinality as message (state, number)
        where fingerprint = 'a'`,
      [night],
    );
    const channels = [
      {
        label: 'slack hooks.slack.com',
        waiting: 2,
        waitingSince: '2026-11-21T02:02:00.000Z',
        failingSince: '2026-11-20T02:00:00.000Z',
        goneAt: null,
      },
      {
        label: 'webhook siem.example.com',
        waiting: 0,
        waitingSince: null,
        failingSince: null,
        goneAt: '2026-11-20T02:00:00.000Z',
      },
    ];
    expect((await dashboardsOn(company.database.dataSource, [{}]).overview.get({})).alerts).toEqual(channels);
    expect((await dashboardsOn(company.database.dataSource).overview.get({})).alerts).toEqual([]);
  });

  it('has one point a day in its trend, the last evaluation of the day', async () => {
    const dashboards = dashboardsOn(company.database.dataSource);
    const clocks = ['21T02', '21T09', '22T02', '23T00', '23T23'].map((hour) => `2026-11-${hour}:00:00.000Z`);
    for (const clock of clocks) await company.night(clock, withoutLabs);
    const { trend } = await dashboards.overview.get({});
    expect(trend.map(({ at }) => at)).toEqual([clocks[1], clocks[2], clocks[4]]);
    const check = await dashboards.checks.get('user-identified', {});
    expect(check.trend.map(({ at }) => at)).toEqual(clocks);
  });

  it('shows an organization that no system names, as the system that it counts as', async () => {
    const { items } = await dashboardsOn(company.database.dataSource).systems.list({ declared: false });
    expect(items).toMatchObject([
      {
        organization: 'acme-labs',
        name: 'acme-labs',
        owner: null,
        access: null,
        configured: { verdict: 'fail', disposition: 'in_grace' },
      },
    ]);
    expect(items[0]?.accounts.unknown).toBeGreaterThan(0);
  });

  it('counts what could not be judged, and does not take an unread listing for an empty one', async () => {
    const dashboards = dashboardsOn(company.database.dataSource);
    const before = await dashboards.overview.get({});
    company.hub.faults.push({ on: '/orgs/acme/members', answer: 500 });
    const report = await company.night('2026-11-24T02:00:00.000Z');
    company.hub.faults.length = 0;
    const after = await dashboards.overview.get({});
    const judged = report.results.filter(({ verdict }) => verdict !== 'not_applicable');
    const withheld = judged.filter(({ verdict }) => verdict === 'unknown' || verdict === 'error');
    expect(after.posture?.unknownShare).toBeCloseTo(withheld.length / judged.length, 10);
    expect(after.posture?.unknownShare).toBeGreaterThan(before.posture?.unknownShare ?? 1);
    expect(after.findings?.open).toBeGreaterThanOrEqual(before.findings?.open ?? Infinity);
    const members = after.datasets.find(({ organization, name }) => organization === 'acme' && name === 'members');
    expect(members).toMatchObject({ status: 'failed' });

    const fresh = await JudgedCompany.start(demoCompany(night));
    try {
      fresh.hub.faults.push({ on: '/orgs/acme/members', answer: 500 });
      await fresh.night(night);
      const { items } = await dashboardsOn(fresh.database.dataSource).organizations.list({});
      expect(items.map(({ name, members: count }) => [name, count === null])).toEqual([
        ['acme', true],
        ['acme-labs', false],
      ]);
    } finally {
      await fresh.stop();
    }
  });
});
