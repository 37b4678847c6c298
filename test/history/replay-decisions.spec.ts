import { afterAll, beforeAll, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import { readReport } from '../../src/findings/report.query.js';
import { replay } from '../../src/history/replay.js';
import { ExceptionsRig, night } from '../findings/exceptions-rig.js';
import { resultOf } from '../support/company.js';

const valid = 'critical-system-access-valid';
const identified = 'user-identified';
const system = 'Docker Hub acme';

let rig: ExceptionsRig;
const reports: Report[] = [];

beforeAll(async () => {
  rig = await ExceptionsRig.start();
  reports.push(await rig.judge(0));
  await rig.except(await rig.findingOf(valid, 'olindqvist', system));
  await rig.except(await rig.findingOf(identified, 'lfontaine'), { expiresAt: night(2) });
  reports.push(await rig.judge(1));
  // The one expires with this night, and the other is void because the role rises.
  const change = { op: 'change role', organization: 'acme', username: 'olindqvist', role: 'Owner' } as const;
  const mistake = changeWorld(rig.company.hub.world, change);
  if (mistake !== null) throw new Error(mistake);
  reports.push(await rig.judge(2));
  await rig.decide(await rig.except(await rig.findingOf(identified, 'lfontaine')), 'revoke');
  reports.push(await rig.judge(3));
});
afterAll(() => rig.stop());

const dispositions = (check: string, name: string, within?: string): ReportResult['disposition'][] =>
  reports.map((report) => resultOf(report, check, name, within).disposition);

it('nights of which some are under exceptions', () => {
  expect(dispositions(valid, 'olindqvist', system).map((one) => one === 'excepted')).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(dispositions(identified, 'lfontaine').map((one) => one === 'excepted')).toEqual([false, true, false, false]);
});

it.each([0, 1, 2, 3])('say after night %i what they said, and do so again', async (index) => {
  const { dataSource } = rig.company.database;
  expect(await readReport(dataSource, String(index + 1))).toEqual(reports[index]);
  const again = await replay(dataSource, String(index + 1));
  expect(again).toMatchObject({ outcome: 'replayed', equal: true, difference: null });
});
