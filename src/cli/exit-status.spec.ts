import { describe, expect, test } from 'vitest';
import { reportOf, resultOf } from '../../test/support/sample-report.js';
import { catalog } from '../checks/catalog.js';
import { type Severity, severities } from '../checks/check.js';
import type { ReportResult } from '../findings/report.js';
import { exitStatusOf } from './exit-status.js';
import { tallied } from './tallied-report.js';

const pass = resultOf();
const fail = resultOf({ verdict: 'fail', disposition: 'overdue' });
const inGrace = resultOf({ verdict: 'fail', disposition: 'in_grace' });
const excepted = resultOf({ verdict: 'fail', disposition: 'excepted' });
const unknown = resultOf({ verdict: 'unknown' });
const error = resultOf({ verdict: 'error' });
const none = resultOf({ verdict: 'not_applicable' });
const lowFail = resultOf({ check: 'owner-count', verdict: 'fail', disposition: 'overdue' });
const untrusted = resultOf({ check: 'hub-sync-complete', verdict: 'fail', disposition: 'overdue' });

function status(results: readonly ReportResult[], failOn: Severity = 'low'): Promise<number> {
  const report = reportOf(results, {
    'user-identified': 'high',
    'owner-count': 'low',
    'hub-sync-complete': 'critical',
  });
  return exitStatusOf({ kind: 'report', report: tallied(report) }, failOn, catalog);
}

describe('the exit status', () => {
  test.each<[string, readonly ReportResult[], number]>([
    ['nothing at all', [], 0],
    ['passes', [pass, none], 0],
    ['a failure', [pass, fail], 1],
    ['a failure in grace', [pass, inGrace], 1],
    ['an excepted failure', [pass, excepted], 0],
    ['an unknown verdict', [pass, unknown], 3],
    ['an error', [pass, error], 3],
    ['a failure comes before unknown and error', [unknown, error, fail], 1],
    ['unknown beside an exception', [unknown, excepted], 3],
    ['untrusted data', [pass, untrusted], 3],
    ['a failure comes before untrusted data', [untrusted, fail], 1],
    ['untrusted data beside an exception', [untrusted, excepted], 3],
  ])('%s', async (_, results, expected) => {
    expect(await status(results)).toBe(expected);
  });

  test.each<[Severity, number, number]>([
    ['low', 1, 1],
    ['medium', 1, 0],
    ['high', 1, 0],
    ['critical', 0, 0],
  ])('--fail-on %s: a high failure gives %d, a low one %d', async (failOn, high, low) => {
    expect(await status([fail], failOn)).toBe(high);
    expect(await status([lowFail], failOn)).toBe(low);
  });

  test('a failure that does not count still does not hide what is unknown', async () => {
    expect(await status([lowFail, unknown], 'critical')).toBe(3);
  });

  const dataTrust = [
    'hub-sync-complete',
    'hr-roster-fresh',
    'hr-roster-plausible',
    'connector-capability',
    'evaluation-on-time',
  ];
  test.each(dataTrust.flatMap((id) => severities.map((severity) => [id, severity] as const)))(
    '%s never gives 1, also as %s',
    async (id, severity) => {
      const report = reportOf([resultOf({ check: id, verdict: 'fail', disposition: 'overdue' })], { [id]: severity });
      expect(await exitStatusOf({ kind: 'report', report: tallied(report) }, 'low', catalog)).toBe(3);
    },
  );

  test('mistakes give 2, a run that broke down 3', async () => {
    expect(await exitStatusOf({ kind: 'mistakes', mistakes: [] }, 'low', catalog)).toBe(2);
    expect(await exitStatusOf({ kind: 'broken', message: 'x' }, 'low', catalog)).toBe(3);
  });

  test('the catalogue alone says which checks those are', async () => {
    const report = reportOf([fail]);
    expect(
      await exitStatusOf({ kind: 'report', report: tallied(report) }, 'low', [
        { id: 'user-identified', dataTrust: true },
      ]),
    ).toBe(3);
    expect(await exitStatusOf({ kind: 'report', report: tallied(report) }, 'low', [{ id: 'user-identified' }])).toBe(1);
  });
});
