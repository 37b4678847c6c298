import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingOrders, type FindingOrder } from '../../src/dashboards/finding-filters.js';
import { randomPast, type PastFinding, type Step } from './random-past.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { type Dashboards, dashboardsOn, everyFinding } from './dashboards.js';

/** One organization's findings over twelve years, open for minutes to all of them, told by their transitions alone. */
const past = randomPast(11);

interface Asked {
  readonly asOf: string;
  readonly knownAt?: string;
}

/** What a view has of a finding, by folding its transitions; null: nothing, or it is resolved. */
function openThen(finding: PastFinding, { asOf, knownAt }: Asked): { acknowledged: boolean; excepted: boolean } | null {
  const until = knownAt !== undefined && knownAt < asOf ? knownAt : asOf;
  const seen = ({ kind, at }: Step): boolean =>
    kind === 'opened' ? (knownAt === undefined || at <= knownAt) && finding.beganAt <= asOf : at <= until;
  const steps = finding.steps.filter(seen);
  const last = (kinds: readonly string[]): string | undefined =>
    steps.findLast(({ kind }) => kinds.includes(kind))?.kind;
  if (!['opened', 'reopened'].includes(last(['opened', 'reopened', 'resolved']) ?? '')) return null;
  const ends = ['opened', 'reopened', 'resolved', 'excepted', 'exception_expired', 'exception_revoked'];
  return { acknowledged: last(['acknowledged']) !== undefined, excepted: last(ends) === 'excepted' };
}

const ranks = ['critical', 'high', 'medium', 'low'];
const columns = (order: string, { severity, dueAt, firstSeenAt, id }: PastFinding): (string | number)[] => {
  if (order === 'severity') return [ranks.indexOf(severity), dueAt, id];
  return [order === 'dueAt' ? dueAt : firstSeenAt, id];
};

function inOrder(order: FindingOrder): (one: PastFinding, other: PastFinding) => number {
  const column = order.replace('-', '');
  const sign = column === order ? 1 : -1;
  return (one, other) => {
    const theirs = columns(column, other);
    const difference = columns(column, one).map((value, place) => {
      const their = theirs[place] ?? '';
      return value === their ? 0 : value < their ? -1 : 1;
    });
    return sign * (difference.find((each) => each !== 0) ?? 0);
  };
}

describe('what was open at an instant', () => {
  let database: TestDatabase;
  let dashboards: Dashboards;

  beforeAll(async () => {
    database = await testDatabase();
    for (const statement of past.statements) await database.dataSource.query(statement);
    dashboards = dashboardsOn(database.dataSource);
  });
  afterAll(() => database.drop());

  const moments: Asked[] = past.moments.flatMap((asOf, place) => [
    { asOf },
    { asOf, knownAt: asOf },
    { asOf, knownAt: past.moments[(place * 7 + 3) % past.moments.length] ?? asOf },
  ]);

  it('is of every length, has come back, was excepted, and began before it was found', () => {
    const kinds = new Set(past.findings.flatMap(({ steps }) => steps.map(({ kind }) => kind)));
    expect([...kinds].toSorted()).toEqual([
      'acknowledged',
      'excepted',
      'exception_expired',
      'exception_revoked',
      'opened',
      'overdue',
      'reopened',
      'resolved',
    ]);
    expect(past.findings.filter(({ beganAt, firstSeenAt }) => beganAt < firstSeenAt).length).toBeGreaterThan(20);
  });

  it.each(findingOrders)('is listed in the order %s, page by page', async (order) => {
    for (const [place, moment] of moments.entries()) {
      // Each order has its share of the moments.
      if (place % findingOrders.length !== findingOrders.indexOf(order)) continue;
      const expected = past.findings.filter((finding) => openThen(finding, moment) !== null).toSorted(inOrder(order));
      const query = new URLSearchParams({ ...moment, sort: order, limit: '17' }).toString();
      const listed = await everyFinding(dashboards, query);
      expect(
        listed.map(({ id, disposition, acknowledgedAt }) => [
          Number(id),
          disposition === 'excepted',
          acknowledgedAt !== null,
        ]),
        JSON.stringify(moment),
      ).toEqual(
        expected.map((finding) => {
          const state = openThen(finding, moment);
          return [finding.id, state?.excepted, state?.acknowledged];
        }),
      );
    }
  });

  it('is listed by severity, check and acknowledgement as well', async () => {
    for (const moment of moments.filter((_, place) => place % 5 === 0)) {
      const expected = past.findings
        .filter((finding) => ['high', 'low'].includes(finding.severity) && finding.check === 'user-identified')
        .filter((finding) => openThen(finding, moment)?.acknowledged === true)
        .toSorted(inOrder('severity'));
      const filters = { severity: 'high,low', check: 'user-identified', acknowledged: 'true', limit: '5' };
      const listed = await everyFinding(dashboards, new URLSearchParams({ ...moment, ...filters }).toString());
      expect(
        listed.map(({ id }) => Number(id)),
        JSON.stringify(moment),
      ).toEqual(expected.map(({ id }) => id));
    }
  });

  it('is counted in the overview', async () => {
    for (const moment of moments) {
      const { findings, evaluation } = await dashboards.overview.get(moment);
      const at = evaluation?.at ?? '';
      const open = past.findings.flatMap((finding) => {
        const state = openThen(finding, moment);
        return state === null ? [] : [{ ...finding, ...state, overdue: finding.dueAt < at && !state.excepted }];
      });
      const counts = (of: typeof open): object => ({
        open: of.length,
        overdue: of.filter(({ overdue }) => overdue).length,
        acknowledged: of.filter(({ acknowledged }) => acknowledged).length,
        excepted: of.filter(({ excepted }) => excepted).length,
      });
      expect(findings, JSON.stringify(moment)).toMatchObject({
        ...counts(open),
        bySeverity: ranks.map((severity) => ({ severity, ...counts(open.filter((one) => one.severity === severity)) })),
      });
    }
  });
});
