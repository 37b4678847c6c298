import {
  array,
  assert,
  asyncProperty,
  boolean,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  type Arbitrary,
} from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { severityOrder } from '../../src/alerts/channel.js';
import { AlertRig } from './alert-rig.js';
import {
  expectAllTold,
  expectFinalStates,
  expectHonestCopies,
  expectNothingSaidAnew,
  expectPacing,
} from './expectations.js';
import { configured, History, type Change, type Step } from './history.js';
import { busyFor, failed, gone, sent, silent, type Answer } from './receiver.js';

const change: Arbitrary<Change> = record({
  what: constantFrom('open', 'open', 'resolve', 'reopen', 'overdue', 'except', 'announce', 'expire'),
  severity: constantFrom(...severityOrder),
  organization: constantFrom('acme', 'beta'),
  which: nat(20),
});
const answer = oneof(
  { weight: 4, arbitrary: constant<Answer>(sent) },
  { weight: 4, arbitrary: constantFrom<Answer>(silent(true), silent(false)) },
  { weight: 4, arbitrary: constantFrom<Answer>('dies before it leaves', 'dies after the answer') },
  { weight: 3, arbitrary: constantFrom<Answer>(failed, busyFor(30_000)) },
  { weight: 1, arbitrary: constant<Answer>(gone) },
);
const step: Arbitrary<Step> = oneof(
  {
    weight: 4,
    arbitrary: record({
      do: constant('run'),
      changes: array(change, { maxLength: 6 }),
      commitsLate: boolean(),
    }),
  },
  { weight: 1, arbitrary: record({ do: constant('between'), change }) },
  { weight: 2, arbitrary: record({ do: constant('commit') }) },
  { weight: 4, arbitrary: record({ do: constant('plan'), by: constantFrom([0], [1], [0, 1]) }) },
  {
    weight: 6,
    arbitrary: record({
      do: constant('attempt'),
      by: nat(1),
      channel: nat(2),
      answer,
      isPrompt: boolean(),
    }),
  },
  { weight: 1, arbitrary: record({ do: constant('race'), channel: nat(2) }) },
  { weight: 4, arbitrary: record({ do: constant('wait'), ms: constantFrom(500, 1_000, 40_000, 86_400_000) }) },
);

describe('whatever happens', () => {
  let rig: AlertRig;

  beforeAll(async () => {
    rig = await AlertRig.start();
    for (const name of ['acme', 'beta']) await rig.organization(name);
  });
  afterAll(() => rig.stop());

  it('every transition is told once in every channel that asks for it, in order, and in the end as things are', async () => {
    let told = 0;
    await assert(
      asyncProperty(array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        await rig.clear();
        await new History(rig).play(steps);
        await expectAllTold(rig, configured);
        expectHonestCopies(rig);
        await expectNothingSaidAnew(rig);
        expectPacing(rig);
        await expectFinalStates(rig);
        told += rig.receiver.shown.length;
      }),
      { numRuns: 25 },
    );
    expect(told).toBeGreaterThan(10);
  });
});
