import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewOf, askedView } from '../../src/dashboards/view.query.js';
import type { HubMember } from '../../src/demo/world.js';
import { entities } from '../../src/entities.js';
import { replay } from '../../src/history/replay.js';
import type { Report } from '../../src/findings/report.js';
import { pruneHistory, type Pruned } from '../../src/runs/prune-history.js';
import { verifyTrail } from '../../src/trail/verify-trail.query.js';
import { rowsOf } from '../database/move-rig.js';
import { resultOf } from '../support/company.js';
import { CompanyNights, night, said } from '../support/company-nights.js';
import { copyOfDatabase, type TestDatabase } from '../support/database.js';
import { type EvidenceFiles, evidenceOf } from '../support/evidence-archive.js';

const day = 86_400_000;
const historyMs = 400 * day;
/** Of the nights below: the oldest one that is kept, and the one before which repeats are folded. */
const oldestKept = 826;
const last = 1231;

let nights: CompanyNights;
/** The same history: one is left alone, from the other one the nights before `oldestKept` are removed. */
let whole: TestDatabase;
let pruned: TestDatabase;
let counted: Pruned;
let removed: Pruned;
let beforeDryRun: Record<string, string[]>;
let afterDryRun: Record<string, string[]>;
/** Somebody who has left, and whose account was there for the first nights alone. */
let gone: HubMember;
let asItWas: Record<string, string[]>;
const evidence: Record<'before' | 'after', EvidenceFiles | null> = { before: null, after: null };

/** On which the members of acme could not be read. */
const blind = [820, 832, 1230];

const stopped = new AbortController().signal;

function visit(username: string, index: number): void {
  Object.assign(nights.member(username), { lastSeenAt: night(index, -3), email: `${username}@seen-${index}.example` });
}

function prune(database: TestDatabase, more: Partial<Parameters<typeof pruneHistory>[1]> = {}): Promise<Pruned> {
  return pruneHistory(database.dataSource, { historyMs, by: 'terminal: jane', signal: stopped, ...more });
}

beforeAll(async () => {
  nights = await CompanyNights.start();
  await nights.judge(0);
  const { ...dpetrov } = nights.member('dpetrov');
  nights.change({ op: 'remove member', username: 'dpetrov' }, night(0, 5));
  nights.change({ op: 'change privacy', repository: 'etl', isPrivate: false }, night(0, 6));
  nights.change({ op: 'change role', username: 'olindqvist', role: 'Owner' }, night(0, 7));
  visit('olindqvist', 1);
  await nights.judge(1);
  await nights.judge(2);
  nights.change({ op: 'add member', member: dpetrov }, night(2, 5));
  // With findings that are resolved long before anything that is kept.
  ({ ...gone } = nights.member('mareknovak'));
  nights.change({ op: 'remove member', username: 'mareknovak' }, night(2, 6));
  nights.change({ op: 'remove member', username: 'lfontaine' }, night(2, 7));
  for (const index of [3, 4, 5, 6]) {
    visit('olindqvist', index);
    visit('dpetrov', index);
    await nights.judge(index);
  }
  await nights.except('owner-approved', 'cbenedetti', 'until the new head starts', night(6, 1));
  for (const index of [405, 406, 411, 820, oldestKept, 832, 1230, last]) {
    visit('olindqvist', index);
    // Nights that a look back has to go behind.
    if (blind.includes(index)) nights.company.hub.faults.push({ on: /orgs\/acme\/members/, answer: 500 });
    await nights.judge(index);
    nights.company.hub.faults.length = 0;
  }
  const { database } = nights.company;
  await database.dataSource.destroy();
  whole = await copyOfDatabase(database.url, entities);
  pruned = await copyOfDatabase(database.url, entities);
  await database.drop();
  asItWas = await rowsOf(pruned.dataSource);
  beforeDryRun = asItWas;
  counted = await prune(pruned, { dryRun: true });
  afterDryRun = await rowsOf(pruned.dataSource);
  evidence.before = await evidenceOf(pruned.dataSource, night(oldestKept), night(last, 22));
  removed = await prune(pruned);
  evidence.after = await evidenceOf(pruned.dataSource, night(oldestKept), night(last, 22));
}, 120_000);
afterAll(async () => {
  await whole.drop();
  await pruned.drop();
  await nights.stop();
});

/** Of the evaluations that are kept. */
const numbers = [12, 13, 14, 15];

describe('a dry run', () => {
  it('says what would go, and changes nothing', () => {
    expect(afterDryRun).toEqual(beforeDryRun);
    expect(counted).toMatchObject({ outcome: 'would remove', beginsAt: night(oldestKept) });
  });

  it('counts what goes then', () => {
    expect(removed).toMatchObject({ outcome: 'removed', beginsAt: night(oldestKept) });
    expect('rows' in removed && removed.rows).toEqual('rows' in counted && counted.rows);
  });
});

describe('what is removed', () => {
  it('is verdicts, evaluations, findings and repeats of before', () => {
    const rows = 'rows' in removed ? removed.rows : {};
    expect(Object.keys(rows).toSorted()).toEqual(
      expect.arrayContaining(['evaluation', 'finding', 'observation', 'verdict']),
    );
    expect(rows['evaluation']).toBe(11);
  });

  it('is nothing of what somebody decided, owns or has to prove', async () => {
    const now = await rowsOf(pruned.dataSource);
    for (const table of [
      'exception',
      'excepted_finding',
      'attestation',
      'link',
      'person',
      'roster',
      'sync_run',
      'dataset_reading',
      'audit_event',
      'audit_window',
      'api_token',
    ])
      expect({ [table]: now[table] }).toEqual({ [table]: asItWas[table] });
    const open = (rows: string[] | undefined): number | undefined =>
      rows?.filter((row) => row.includes('offboarded-access-removed')).length;
    expect(open(now['finding'])).toBe(open(asItWas['finding']));
  });

  it('is in the trail, which is whole', async () => {
    const trail: { actor: string; action: string; after: object }[] = await pruned.dataSource.query(
      `select actor, action, after from trail_entry where subject = 'history' order by number`,
    );
    const evaluation = String(numbers[0]);
    expect(trail).toEqual([
      {
        actor: 'terminal: jane',
        action: 'history.removal_begun',
        after: { beginsAt: night(oldestKept), evaluation },
      },
      {
        actor: 'terminal: jane',
        action: 'history.removed',
        after: { beginsAt: night(oldestKept), evaluation, rows: 'rows' in removed ? removed.rows : {} },
      },
    ]);
    expect(await verifyTrail(pruned.dataSource)).toMatchObject({ outcome: 'whole' });
  });

  it('is removed once', async () => {
    expect(await prune(pruned)).toEqual({ outcome: 'nothing due', beginsAt: night(oldestKept) });
    expect(await prune(pruned, { historyMs: 3660 * day })).toEqual({
      outcome: 'nothing due',
      beginsAt: night(oldestKept),
    });
  });
});

describe('a night that is kept', () => {
  it.each(numbers)('number %i is judged again, byte for byte', async (number) => {
    const again = await replay(pruned.dataSource, String(number));
    expect(again).toMatchObject({ outcome: 'replayed', equal: true, difference: null });
  });

  it('gives the evidence that it gave', () => {
    const { before, after } = evidence;
    for (const name of [
      'findings',
      'population-start',
      'population-end',
      'population-changes',
      'leavers',
      'gaps',
      'exceptions',
      'links',
    ])
      expect({ [name]: after?.table(name) }).toEqual({ [name]: before?.table(name) });
    for (const name of ['results-at-start', 'results-at-end', 'evaluations', 'raw/records', 'raw/audit-events'])
      expect({ [name]: after?.lines(name) }).toEqual({ [name]: before?.lines(name) });
  });
});

describe('a night that is gone', () => {
  it('cannot be judged again, and the sentence says why', async () => {
    const first = numbers[0] ?? 0;
    expect(await replay(pruned.dataSource, String(first - 1))).toEqual({
      outcome: 'mistake',
      mistake:
        `there is no evaluation ${first - 1}; history begins with evaluation ${first} of ${night(oldestKept)}, and what was before ` +
        'was removed by the retention policy, so that nobody can judge it again; expected the id or the number of a later one, or “latest”',
    });
  });

  it('is no empty truth: who asks about it is told that history begins later', async () => {
    const { manager } = pruned.dataSource;
    await expect(askedView(manager, { asOf: night(820, 5) })).rejects.toMatchObject({
      status: 422,
      more: {
        errors: [
          {
            field: 'asOf',
            message:
              `is ${night(820, 5)}, and history begins on ${night(oldestKept)}: what was before was removed by the retention ` +
              'policy; expected that or a later instant',
          },
        ],
      },
    });
    await expect(askedView(manager, { asOf: night(last), knownAt: night(3) })).rejects.toMatchObject({ status: 422 });
    expect(await viewOf(manager, { asOf: night(oldestKept) })).toMatchObject({ number: String(numbers[0]) });
  });

  it('is cut from the evidence, which says so', async () => {
    const cut = await evidenceOf(pruned.dataSource, night(0), night(last, 22));
    expect(cut.text('README.txt')).toContain(night(oldestKept).slice(0, 10));
    await expect(evidenceOf(pruned.dataSource, night(0), night(6, 22))).rejects.toThrow('nothing recorded');
  });
});

describe('the next night', () => {
  let reports: Report[];
  beforeAll(async () => {
    reports = [];
    nights.change({ op: 'change role', username: 'ninakraus', role: 'Owner' }, night(last, 3));
    nights.change({ op: 'add member', member: gone }, night(last, 4));
    for (const database of [whole, pruned]) {
      nights.company.goOnWith(database);
      // HR learns late, or says so: two who are there have left years ago, one of them while nobody was looking any more.
      reports.push(
        await nights.judge(last + 1, {
          'E-1033': { end_date: night(1).slice(0, 10) },
          'E-1001': { end_date: night(600).slice(0, 10) },
        }),
      );
    }
  }, 60_000);

  const told = ({ results, checks, datasets }: Report): object => ({ results, checks, datasets });

  it('says what it would have said: no verdict has become another', () => {
    const [kept, after] = reports;
    expect(after && told(after)).toEqual(kept && told(kept));
  });

  it('still fails whoever came back, and what was made public, years ago', () => {
    const after = reports[1];
    if (after === undefined) throw new Error('no report');
    expect(said(after, 'no-return-of-leaver', 'dpetrov')).toBe('fail CAME_BACK');
    expect(resultOf(after, 'no-return-of-leaver', 'dpetrov').facts).toMatchObject({
      goneAt: night(1),
      backAt: night(3),
    });
    expect(resultOf(after, 'no-return-of-leaver', 'mareknovak')).toMatchObject({
      verdict: 'fail',
      facts: { goneAt: night(3), backAt: night(last + 1) },
    });
    expect(said(after, 'visibility-not-flipped', 'etl')).toBe('fail MADE_PUBLIC');
  });
});
