import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FindingsController } from '../../src/dashboards/findings.controller.js';
import { OverviewController } from '../../src/dashboards/overview.controller.js';
import { PeopleController } from '../../src/dashboards/people.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { AskedApi } from '../support/asked-api.js';
import { JudgedCompany } from '../support/company.js';

/** The last working day was the 18th in Berlin; HR says so only before the night of the 21st. */
const nights = [18, 19, 20, 21].map((day) => `2026-11-${day}T02:00:00.000Z`);
const left = '2026-11-18T23:00:00.000Z';
const before = '2026-11-18T12:00:00.000Z';
const between = '2026-11-20T12:00:00.000Z';
const learnt = '2026-11-21T02:00:00.000Z';
const kofi = 'account=kofimens&check=offboarded-access-removed';

let company: JudgedCompany;
let api: AskedApi;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(nights[0] ?? ''));
  for (const night of nights) {
    if (night === learnt) {
      const roster = await readFile(company.files.roster, 'utf8');
      const corrected = roster.replace(/^(E-1013,.*,active,[\d-]+),,/m, '$1,2026-11-18,');
      if (corrected === roster) throw new Error('E-1013 is not in the roster as expected.');
      await company.writeRoster(corrected, night);
    }
    await company.night(night);
  }
  api = await AskedApi.start(company.database.dataSource, [FindingsController, PeopleController, OverviewController]);
});
afterAll(async () => {
  await api.stop();
  await company.stop();
});

async function employment(moment: string): Promise<unknown> {
  const { body } = await api.get(`/api/v1/people/E-1013?${moment}`);
  const { state, lastDay } = body['employment'] as Readonly<Record<string, unknown>>;
  return [state, lastDay];
}

async function open(moment: string): Promise<unknown[]> {
  const items = await api.items(`/api/v1/findings?${kofi}&${moment}`);
  return items.map(({ beganAt, firstSeenAt, verdict, status }) => [beganAt, firstSeenAt, verdict, status]);
}

describe('after a late correction, who worked there', () => {
  it.each([
    ['is known now', `asOf=${between}`, ['ended', '2026-11-18']],
    ['was known otherwise then', `asOf=${between}&knownAt=${between}`, ['employed', null]],
    ['was known otherwise then, without saying when it was true', `knownAt=${between}`, ['employed', null]],
    ['is known before it, too', `asOf=${before}`, ['employed', '2026-11-18']],
    ['was not known until the correction', `asOf=${between}&knownAt=2026-11-21T01:59:59.999Z`, ['employed', null]],
    ['was known from the correction on', `asOf=${between}&knownAt=${learnt}`, ['ended', '2026-11-18']],
  ])('%s', async (_, moment, expected) => {
    expect(await employment(moment)).toEqual(expected);
  });

  it('is filtered by the same clocks', async () => {
    const ended = async (moment: string): Promise<boolean> =>
      (await api.items(`/api/v1/people?limit=1000&employment=ended&${moment}`)).some(({ id }) => id === 'E-1013');
    expect(await ended(`asOf=${between}`)).toBe(true);
    expect(await ended(`asOf=${between}&knownAt=${between}`)).toBe(false);
  });

  it('is foretold of an instant that has not come', async () => {
    const state = async (moment: string): Promise<unknown> =>
      ((await api.get(`/api/v1/people/E-1019?${moment}`)).body['employment'] as { state: string }).state;
    expect(await state('')).toBe('employed');
    expect(await state('asOf=2027-01-31T00:00:00Z')).toBe('ended');
    expect(await state(`asOf=2027-01-31T00:00:00Z&knownAt=${between}`)).toBe('ended');
  });
});

describe('after a late correction, a finding', () => {
  it('is of when its cause began, though it was found later', async () => {
    const found = [[left, learnt, 'fail', 'open']];
    expect(await open('')).toEqual(found);
    expect(await open(`asOf=${learnt}`)).toEqual(found);
    expect(await open(`asOf=${between}`)).toEqual([[left, learnt, 'pass', 'open']]);
    expect(await open(`asOf=${left}`)).toHaveLength(1);
    expect(await open(`asOf=2026-11-18T22:59:59.999Z`)).toEqual([]);
  });

  it('was not known before', async () => {
    expect(await open(`asOf=${between}&knownAt=${between}`)).toEqual([]);
    expect(await open(`knownAt=${between}`)).toEqual([]);
    expect(await open(`asOf=${between}&knownAt=${learnt}`)).toHaveLength(1);
  });

  it('says why it fails, by what is known', async () => {
    const [finding] = await api.items(`/api/v1/findings?${kofi}&asOf=${between}`);
    const detail = await api.get(`/api/v1/findings/${String(finding?.['id'])}?asOf=${between}`);
    expect(detail.body).toMatchObject({ message: finding?.['message'], status: 'open' });
    expect(detail.body['history']).toEqual([expect.objectContaining({ kind: 'opened', at: learnt })]);
    const unknown = await api.get(`/api/v1/findings/${String(finding?.['id'])}?asOf=${between}&knownAt=${between}`);
    expect(unknown.status).toBe(404);
  });

  it('counts where it is listed, and in no night before it was found', async () => {
    const overview = async (moment: string): Promise<{ open: number; nights: number[] }> => {
      const { findings, trend } = (await api.get(`/api/v1/overview?${moment}`)).body as {
        findings: { open: number };
        trend: { openFindings: number }[];
      };
      return { open: findings.open, nights: trend.map(({ openFindings }) => openFindings) };
    };
    const listed = async (moment: string): Promise<number> =>
      (await api.items(`/api/v1/findings?limit=1000&${moment}`)).length;
    const now = await overview('');
    for (const moment of [`asOf=${between}`, `asOf=${between}&knownAt=${between}`, `knownAt=${between}`, '']) {
      const { open: count, nights: trend } = await overview(moment);
      expect(count).toBe(await listed(moment));
      expect(trend).toEqual(now.nights.slice(0, trend.length));
    }
    const then = await overview(`asOf=${between}&knownAt=${between}`);
    expect((await overview(`asOf=${between}`)).open).toBeGreaterThan(then.open);
    expect(then.nights.at(-1)).toBe(then.open);
  });

  it('stands in the pages of a list as in the whole of it', async () => {
    const query = `/api/v1/findings?status=open,resolved&asOf=${between}`;
    const whole = await api.items(`${query}&limit=1000`);
    const paged = await api.every(query, 7);
    expect(paged.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  });
});

it('nothing is known of a past before the first evaluation', async () => {
  await company.database.dataSource.query('update evaluation set finished_at = null');
  try {
    for (const path of ['findings', 'people', 'overview']) {
      const { status, body } = await api.get(`/api/v1/${path}?asOf=${between}`);
      expect([status, body['detail']]).toEqual([
        422,
        'asOf asks about a past that there is not: nothing was evaluated yet',
      ]);
    }
    expect((await api.get('/api/v1/people')).body).toEqual({ items: [], nextCursor: null });
  } finally {
    await company.database.dataSource.query('update evaluation set finished_at = started_at');
  }
});
