import { describe, expect, it } from 'vitest';
import type { Check, Verdict } from '../checks/check.js';
import type { DatasetFacts, DatasetStatus } from '../checks/facts.js';
import { judgeThroughGate } from './gate.js';
import { Ground, type RosterGround } from './ground.js';

const now = '2026-11-21T02:00:00.000Z';
const freshRoster: RosterGround = {
  asOf: now,
  previousAsOf: null,
  maxAge: '8d',
  maxAgeMs: 8 * 86_400_000,
  quarantined: null,
};

class NoPolicy {}

const check = (judge: () => Verdict): Check<unknown> => ({
  id: 'example',
  title: 'Everything is well',
  subjects: ['account'],
  population: ['members'],
  needs: [
    'members',
    'roster',
    { dataset: 'scim_users', when: 'configured' },
    { dataset: 'repositories', when: 'narrowed' },
  ],
  severity: 'high',
  sla: '24h',
  why: 'Because.',
  remedy: 'Do it.',
  controls: [],
  policy: NoPolicy,
  judge,
});

const dataset = (name: DatasetFacts['name'], over: Partial<DatasetFacts> = {}): DatasetFacts => ({
  name,
  status: 'complete',
  fetchedAt: now,
  received: 3,
  reported: 3,
  reason: null,
  message: null,
  ...over,
});

const whole = [dataset('members'), dataset('scim_users', { status: 'not_configured', received: 0 })];
const pass: Verdict = { outcome: 'pass', because: 'FINE', message: 'All is well.' };
const fail: Verdict = { outcome: 'fail', reason: 'BAD', message: 'It is not.', facts: { seen: true } };

function gated(verdict: Verdict | (() => never), datasets = whole, roster = freshRoster, narrowed = false) {
  const judge = typeof verdict === 'function' ? verdict : () => verdict;
  return judgeThroughGate(check(judge), {}, { policy: {}, now }, new Ground(datasets, roster, narrowed, now));
}

describe('the gate', () => {
  it('lets a pass through on whole, fresh data, and only then may it close a finding', () => {
    expect(gated(pass)).toMatchObject({ outcome: 'pass', reason: 'FINE', settled: true });
  });

  const broken: [DatasetStatus, string | null, string][] = [
    ['partial', 'SOURCE_INCOMPLETE', 'SOURCE_INCOMPLETE'],
    ['partial', 'VISIBILITY_NOT_PROVEN', 'VISIBILITY_NOT_PROVEN'],
    ['failed', 'SOURCE_UNREACHABLE', 'SOURCE_UNREACHABLE'],
    ['not_permitted', 'CAPABILITY_MISSING', 'CAPABILITY_MISSING'],
    ['not_configured', 'NOT_CONFIGURED', 'CAPABILITY_MISSING'],
  ];
  it.each(broken)('withholds a pass where members is %s (%s): %s', (status, reason, expected) => {
    const verdict = gated(pass, [dataset('members', { status, reason, message: 'Something happened.' }), whole[1]!]);
    expect(verdict).toMatchObject({ outcome: 'unknown', reason: expected, settled: false });
    expect(verdict.message).toContain('Something happened.');
  });

  it.each<[string, DatasetFacts[], string]>([
    ['was never read', [whole[1]!], 'SOURCE_INCOMPLETE'],
    ['is complete and empty', [dataset('members', { received: 0 }), whole[1]!], 'SOURCE_INCOMPLETE'],
    [
      'was read two nights ago',
      [dataset('members', { fetchedAt: '2026-11-19T02:00:00.000Z' }), whole[1]!],
      'SOURCE_STALE',
    ],
    ['was read at no known time', [dataset('members', { fetchedAt: null }), whole[1]!], 'SOURCE_STALE'],
  ])('withholds a pass where members %s', (_, datasets, reason) => {
    expect(gated(pass, datasets)).toMatchObject({ outcome: 'unknown', reason });
  });

  it.each<[string, RosterGround, string]>([
    ['there is none', { ...freshRoster, asOf: null }, 'SOURCE_UNREACHABLE'],
    [
      'it is older than one before it',
      { ...freshRoster, asOf: '2026-11-20T01:00:00.000Z', previousAsOf: now },
      'SOURCE_STALE',
    ],
    ['it is too old', { ...freshRoster, asOf: '2026-11-12T02:00:00.000Z' }, 'SOURCE_STALE'],
    ['a newer one is in quarantine', { ...freshRoster, quarantined: 'Roster 2 waits.' }, 'ROSTER_QUARANTINED'],
  ])('withholds a pass that rests on the roster where %s', (_, roster, reason) => {
    expect(gated(pass, whole, roster)).toMatchObject({ outcome: 'unknown', reason });
  });

  it('asks for SCIM only where it is configured, and for repositories only where a system is narrowed to some', () => {
    const scimFailed = [dataset('members'), dataset('scim_users', { status: 'failed' })];
    expect(gated(pass, scimFailed)).toMatchObject({ outcome: 'unknown', reason: 'SOURCE_UNREACHABLE' });
    expect(gated(pass, whole, freshRoster, true)).toMatchObject({ outcome: 'unknown', reason: 'SOURCE_INCOMPLETE' });
  });

  it('keeps a failure that has a witness, whatever else is missing', () => {
    const verdict = gated(fail, [], { ...freshRoster, asOf: null });
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'BAD', facts: { seen: true }, settled: false });
  });

  it('withholds a failure that claims an absence in data that is not whole', () => {
    const absent: Verdict = { ...fail, absentFrom: ['roster'] };
    expect(gated(absent)).toMatchObject({ outcome: 'fail' });
    expect(gated(absent, whole, { ...freshRoster, quarantined: 'Waits.' })).toMatchObject({
      outcome: 'unknown',
      reason: 'ROSTER_QUARANTINED',
    });
  });

  it('keeps "not applicable", but does not let it close a finding on missing data', () => {
    const verdict: Verdict = { outcome: 'not_applicable', because: 'OFFBOARDED', message: 'Gone.' };
    expect(gated(verdict)).toMatchObject({ outcome: 'not_applicable', settled: true });
    expect(gated(verdict, [])).toMatchObject({ outcome: 'not_applicable', settled: false });
  });

  it('turns an exception into an error of this subject, without quoting it', () => {
    const verdict = gated(() => {
      throw new Error('jane@acme.example');
    });
    expect(verdict).toMatchObject({ outcome: 'error', reason: 'CHECK_FAILED', settled: false });
    expect(JSON.stringify(verdict)).not.toContain('jane');
  });

  it('turns an answer that is no verdict into an error', () => {
    const verdict = gated((() => ({ outcome: 'ok' })) as unknown as () => never);
    expect(verdict).toMatchObject({ outcome: 'error', reason: 'CHECK_FAILED' });
  });
});
