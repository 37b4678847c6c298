import { expect, test } from 'vitest';
import { reportOf, resultOf } from '../../../test/support/sample-report.js';
import type { Report, ReportResult } from '../../findings/report.js';
import { tallied } from '../tallied-report.js';
import { byCheck } from './by-check.js';

const one = (check: string, name: string): ReportResult =>
  resultOf({ check, subject: { kind: 'account', id: name, name } });

async function groups(report: Report, taken = Infinity): Promise<[string, string[]][]> {
  const found: [string, string[]][] = [];
  for await (const [{ id }, results] of byCheck(report)) {
    const names: string[] = [];
    if (taken > 0)
      for await (const { subject } of results) {
        names.push(subject.name);
        if (names.length === taken) break;
      }
    found.push([id, names]);
  }
  return found;
}

test('every check has its results, whether they are taken or not', async () => {
  const report = reportOf([one('a', '1'), one('a', '2'), one('b', '3'), one('c', '4'), one('c', '5')]);
  expect(await groups(report)).toEqual([
    ['a', ['1', '2']],
    ['b', ['3']],
    ['c', ['4', '5']],
  ]);
  expect(await groups(report, 1)).toEqual([
    ['a', ['1']],
    ['b', ['3']],
    ['c', ['4']],
  ]);
  expect(await groups(report, 0)).toEqual([
    ['a', []],
    ['b', []],
    ['c', []],
  ]);
});

test('a check without results has none, and results of no check are left out', async () => {
  const report = reportOf([one('a', '1'), one('b', '2'), one('c', '3')]);
  expect(await groups({ ...report, results: [one('x', '0'), one('a', '1'), one('x', '0'), one('c', '3')] })).toEqual([
    ['a', ['1']],
    ['b', []],
    ['c', ['3']],
  ]);
  expect(await groups({ ...report, checks: [] })).toEqual([]);
});

test('results in another order are refused: some would be missing', async () => {
  const { checks } = reportOf([one('a', '1'), one('b', '2')]);
  const report = { ...reportOf([]), checks, results: [one('b', '2'), one('a', '1')] };
  await expect(groups(report)).rejects.toThrow('not in the order of the checks: a');
});

test('what is counted on the way is the same as by itself, and is known only once all was read', async () => {
  const excepted = resultOf({ check: 'b', verdict: 'fail', disposition: 'excepted' });
  const results = [one('a', '1'), one('a', '2'), excepted, resultOf({ check: 'b', verdict: 'fail' })];
  const none = { pass: 0, fail: 0, unknown: 0, error: 0, not_applicable: 0, excepted: 0 };
  const expected = new Map([
    ['a', { ...none, pass: 2 }],
    ['b', { ...none, fail: 2, excepted: 1 }],
  ]);
  let readings = 0;
  const counting = { ...reportOf(results), results: { [Symbol.iterator]: () => ((readings += 1), results.values()) } };
  const report = tallied(counting);
  for await (const _ of report.results) break;
  expect(await report.tally()).toEqual(expected);
  expect(await report.tally()).toEqual(expected);
  expect(readings).toBe(2);
  const read = tallied(counting);
  for await (const _ of read.results);
  expect(await read.tally()).toEqual(expected);
  expect(readings).toBe(3);
});
