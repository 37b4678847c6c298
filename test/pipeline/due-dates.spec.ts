import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import { JudgedCompany, resultOf } from '../support/company.js';

// Saturday, 03:00 in Berlin, and the Sunday and Monday after it.
const saturday = '2026-11-21T02:00:00.000Z';
const sunday = '2026-11-22T02:00:00.000Z';
const monday = '2026-11-23T02:00:00.000Z';

const policy = (text: string): string => `${text}
calendar: { timeZone: Europe/Berlin, holidays: [2026-11-24] }
checks:
  user-identified: { sla: 3bd }
  critical-system-access-valid: { sla: 36h }
  offboarded-access-removed: { sla: 1bd }
`;
const strict = (text: string): string =>
  text.replace('holidays: [2026-11-24]', 'holidays: [2026-11-24, 2026-11-25]').replace('sla: 3bd', 'sla: 1bd');

const failures = (report: Report, check: string): ReportResult[] =>
  report.results.filter(({ check: id, verdict }) => id === check && verdict === 'fail');
const dueDates = (results: readonly ReportResult[]): (string | null)[] => [
  ...new Set(results.map(({ dueAt }) => dueAt)),
];

describe('due dates in business days', () => {
  let company: JudgedCompany;
  let first: Report;
  let second: Report;
  let third: Report;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(saturday));
    first = await company.night(saturday, policy);
    second = await company.night(sunday, strict);
    const invite = { invitee: 'nobody@else.example' };
    const mistake = changeWorld(company.hub.world, { op: 'add invite', organization: 'acme', invite });
    if (mistake !== null) throw new Error(mistake);
    third = await company.night(monday);
  });
  afterAll(() => company.stop());

  it('count from the start of the next business day, past the holiday', () => {
    // Monday 00:00 in Berlin, and then Wednesday, Thursday and Friday.
    expect(dueDates(failures(first, 'user-identified'))).toEqual(['2026-11-26T23:00:00.000Z']);
    expect(dueDates(failures(first, 'critical-system-access-valid'))).toEqual(['2026-11-22T14:00:00.000Z']);
  });

  it('count from the end of an employment where the clock starts there', () => {
    // Petrov's last day was Monday the 16th of November: one business day after the midnight that ended it.
    const left = resultOf(first, 'offboarded-access-removed', 'dpetrov');
    expect(left).toMatchObject({ verdict: 'fail', disposition: 'overdue', dueAt: '2026-11-17T23:00:00.000Z' });
  });

  it('stay as they are when the calendar or the time to repair changes', () => {
    const names = failures(first, 'user-identified').map(({ subject }) => subject.name);
    const kept = failures(second, 'user-identified').filter(({ subject }) => names.includes(subject.name));
    expect(kept.length).toBeGreaterThan(0);
    expect(dueDates(kept)).toEqual(['2026-11-26T23:00:00.000Z']);
  });

  it('of what opens later follow the calendar of that night', () => {
    // Monday 03:00, then Thursday: Tuesday and Wednesday are holidays by now.
    expect(resultOf(third, 'user-identified', 'nobody@else.example').dueAt).toBe('2026-11-26T02:00:00.000Z');
  });

  it('have their calendar in the recorded policy', async () => {
    const rows: { calendar: unknown }[] = await company.database.dataSource.query(
      `select policy->'calendar' as calendar from evaluation order by number`,
    );
    expect(rows.map(({ calendar }) => calendar)).toEqual([
      { timeZone: 'Europe/Berlin', holidays: ['2026-11-24'], weekend: [6, 7] },
      { timeZone: 'Europe/Berlin', holidays: ['2026-11-24', '2026-11-25'], weekend: [6, 7] },
      { timeZone: 'Europe/Berlin', holidays: ['2026-11-24', '2026-11-25'], weekend: [6, 7] },
    ]);
  });
});
