import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/dashboards/finding.js';
import { findingOrders } from '../../src/dashboards/finding-filters.js';
import { demoCompany } from '../../src/demo/company.js';
import { openFinding } from '../../src/findings/open-finding.js';
import { JudgedCompany } from '../support/company.js';
import { acknowledge, change, dashboardsOn, everyFinding, findingsFor, type Dashboards } from './dashboards.js';

const nights = Array.from({ length: 8 }, (_, index) => `2026-11-${21 + index}T02:00:00.000Z`);
const severities = ['critical', 'high', 'medium', 'low'];

describe('pages of findings', () => {
  let company: JudgedCompany;
  let dashboards: Dashboards;
  let next = 0;
  const judge = () => company.night(nights[next++] ?? '');

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(nights[0] ?? ''));
    await judge();
    dashboards = dashboardsOn(company.database.dataSource);
  });
  afterAll(() => company.stop());

  it.each(findingOrders)('in the order %s have everything once, in order', async (sort) => {
    const whole = (await findingsFor(dashboards, `sort=${sort}&limit=1000`)).items;
    const key = (finding: Finding): string =>
      ({
        severity: `${severities.indexOf(finding.severity)} ${finding.dueAt}`,
        dueAt: finding.dueAt,
        firstSeenAt: finding.firstSeenAt,
      })[sort.replace('-', '')] ?? '';
    const keys = whole.map(key);
    expect(keys).toEqual(sort.startsWith('-') ? keys.toSorted().toReversed() : keys.toSorted());
    for (const limit of [1, 3, whole.length - 1, whole.length]) {
      expect(await everyFinding(dashboards, `sort=${sort}&limit=${limit}`)).toEqual(whole);
    }
    expect(whole.length).toBeGreaterThan(10);
  });

  it('are of one moment, whatever is resolved, opened and acknowledged between two of them', async () => {
    const { dataSource } = company.database;
    const [acme]: { id: string }[] = await dataSource.query(`select id from organization where name = 'acme'`);
    const before = (await findingsFor(dashboards, 'limit=1000')).items;
    const member = company.hub.world.organizations[0]?.members.find(({ username }) => username === 'martavogei');
    if (member === undefined) throw new Error('no martavogei');
    const events = [
      async () => {
        change(company, { op: 'remove member', organization: 'acme', username: 'martavogei' });
        change(company, { op: 'add invite', organization: 'acme', invite: { invitee: 'nobody@else.example' } });
        await judge();
      },
      () => acknowledge(dataSource, before.at(-1)?.id ?? '', '2026-11-22T12:00:00.000Z'),
      () =>
        openFinding(dataSource.manager, {
          check: 'evaluation-on-time',
          organizationId: acme?.id ?? '',
          subject: { kind: 'organization', key: 'acme', name: 'acme' },
          severity: 'low',
          dueAt: '2027-02-20T13:00:00.000Z',
          reason: 'NIGHTS_MISSING',
          message: 'A night is missing.',
          at: '2026-11-22T13:00:00.000Z',
        }),
      async () => {
        change(company, { op: 'add member', organization: 'acme', member });
        change(company, { op: 'change role', organization: 'acme', username: 'olindqvist', role: 'Owner' });
        await judge();
      },
    ];
    const pages = await everyFinding(dashboards, 'limit=2', (page) => events[page - 1]?.() ?? Promise.resolve());
    expect(pages).toEqual(before);

    const after = (await findingsFor(dashboards, 'limit=1000')).items;
    expect(after).not.toEqual(before);
    expect(after.find(({ id }) => id === before.at(-1)?.id)).toMatchObject({ acknowledgedBy: 'jane' });
  });

  it('of resolved findings are of one moment too', async () => {
    change(company, { op: 'remove member', organization: 'acme', username: 'lfontaine' });
    await judge();
    const query = 'status=open,resolved&sort=-dueAt';
    const before = (await findingsFor(dashboards, `${query}&limit=1000`)).items;
    expect(before.some(({ status }) => status === 'resolved')).toBe(true);
    const invitee = 'sam.ortega@partner.example';
    const pages = await everyFinding(dashboards, `${query}&limit=4`, async (page) => {
      if (page > 1) return;
      change(company, { op: 'remove invite', organization: 'acme', invitee });
      await judge();
    });
    expect(pages).toEqual(before);
    expect((await findingsFor(dashboards, `q=${invitee}&check=user-identified`)).items).toEqual([]);
  });

  it('lead on only with the filters that they came with', async () => {
    const { nextCursor } = await findingsFor(dashboards, 'limit=1&severity=medium');
    const cursor = encodeURIComponent(nextCursor ?? '');
    await findingsFor(dashboards, `limit=50&severity=medium&cursor=${cursor}`);
    for (const query of [
      '',
      'severity=high',
      'severity=medium&asOf=2026-11-21T02:00:00Z',
      'severity=medium&sort=dueAt',
    ]) {
      await expect(findingsFor(dashboards, `${query}&cursor=${cursor}`)).rejects.toMatchObject({ status: 400 });
    }
    for (const forged of ['x', 'WzEsMiwzXQ.AAAA', `${cursor.slice(0, -2)}AA`, '.', '%00']) {
      await expect(findingsFor(dashboards, `severity=medium&cursor=${forged}`)).rejects.toMatchObject({ status: 400 });
    }
    await expect(dashboards.checks.list({ cursor: nextCursor ?? '' })).rejects.toMatchObject({ status: 400 });
  });

  it('of short lists have everything once as well', async () => {
    const whole = await dashboards.checks.list({});
    const first = await dashboards.checks.list({ limit: 4 });
    await judge();
    const rest = await dashboards.checks.list({ limit: 1000, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items]).toEqual(whole.items);
    expect(rest.nextCursor).toBeNull();
    const datasets = await dashboards.datasets.list({ limit: 5 });
    expect(datasets.items).toHaveLength(5);
  });

  it('take the same few statements for one finding and for all of them', async () => {
    const statements = async (limit: number): Promise<number> => {
      let count = 0;
      const { dataSource } = company.database;
      const query = dataSource.manager.query.bind(dataSource.manager);
      const counting = Object.create(dataSource, {
        manager: {
          value: Object.create(dataSource.manager, {
            query: { value: (...given: Parameters<typeof query>) => ((count += 1), query(...given)) },
          }),
        },
      });
      const counted = dashboardsOn(counting);
      await counted.findings.list({ limit });
      await counted.systems.list({ limit });
      await counted.organizations.list({ limit });
      await counted.datasets.list({ limit });
      await counted.checks.list({ limit });
      return count;
    };
    expect(await statements(1)).toBe(await statements(1000));
    expect(await statements(1000)).toBeLessThanOrEqual(25);
  });
});

describe('a finding that was opened between two evaluations', () => {
  it('is in the list and in the sum at once, and not in the night before', async () => {
    const [night = '', following = ''] = nights;
    const company = await JudgedCompany.start(demoCompany(night));
    try {
      await company.night(night);
      const { dataSource } = company.database;
      const dashboards = dashboardsOn(dataSource);
      const [acme]: { id: string }[] = await dataSource.query(`select id from organization where name = 'acme'`);
      const before = await dashboards.overview.get({});
      await openFinding(dataSource.manager, {
        check: 'alert-channels-working',
        organizationId: acme?.id ?? '',
        subject: { kind: 'organization', key: 'acme', name: 'acme' },
        severity: 'high',
        dueAt: '2026-11-22T09:00:00.000Z',
        reason: 'CHANNEL_GONE',
        message: 'The hook is gone.',
        at: '2026-11-21T09:00:00.000Z',
      });
      const [finding] = (await findingsFor(dashboards, 'check=alert-channels-working')).items;
      expect(finding).toMatchObject({ status: 'open', disposition: 'in_grace', reason: 'CHANNEL_GONE' });
      const after = await dashboards.overview.get({});
      expect(after.findings?.open).toBe((before.findings?.open ?? 0) + 1);
      expect(after.trend).toEqual(before.trend);
      expect((await findingsFor(dashboards, `check=alert-channels-working&asOf=${night}`)).items).toEqual([]);
      const detail = await dashboards.findings.get(finding?.id ?? '', { asOf: '2026-11-21T10:00:00.000Z' });
      expect(detail.history).toEqual([
        { at: '2026-11-21T09:00:00.000Z', kind: 'opened', because: 'CHANNEL_GONE', by: null, evaluation: null },
      ]);

      await company.night(following);
      const { trend } = await dashboards.overview.get({});
      const open = await everyFinding(dashboards, '');
      expect(trend.map(({ openFindings }) => openFindings)).toEqual([before.findings?.open, open.length]);
    } finally {
      await company.stop();
    }
  });
});
