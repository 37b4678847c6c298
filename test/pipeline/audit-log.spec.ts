import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const night = (day: number) => `2026-11-${20 + day}T02:00:00.000Z`;
const evening = (day: number) => `2026-11-${20 + day}T18:00:00.000Z`;
const checks = ['audit-log-continuity', 'suspicious-admin-events', 'push-by-known-actor', 'no-activity-after-leave'];

function verdicts(report: Report, check: string, organization = 'acme'): Record<string, string> {
  return Object.fromEntries(
    resultsOf(report, check, organization).map(({ subject, verdict, reason }) => [
      subject.name,
      `${verdict} ${reason}`,
    ]),
  );
}

function auditReading(report: Report) {
  return report.datasets.find(({ organization, name }) => organization === 'acme' && name === 'audit_log');
}

describe('what the audit log of the demo company tells', () => {
  let company: JudgedCompany;
  let first: Report;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night(1)));
    first = await company.night(night(1));
  });
  afterAll(() => company.stop());

  function change(...changes: WorldChange[]): void {
    for (const one of changes) expect(changeWorld(company.hub.world, one)).toBeNull();
  }
  async function openFindings(): Promise<string[]> {
    const rows: { line: string }[] = await company.database.dataSource.query(
      `select check_id || ' ' || subject_name as line from finding where resolved_at is null and check_id = any ($1) order by 1`,
      [checks],
    );
    return rows.map(({ line }) => line);
  }
  const onLeaver = (report: Report): ReportResult => resultOf(report, 'no-activity-after-leave', 'jonasreuter');

  it('is archived with one request, and is continuous', () => {
    expect(auditReading(first)).toMatchObject({ status: 'complete', reported: null });
    expect(company.hub.count('/auditlogs/acme?')).toBe(2);
    expect(verdicts(first, 'audit-log-continuity')).toEqual({ acme: 'pass CONTINUOUS' });
    expect(verdicts(first, 'audit-log-continuity', 'acme-labs')).toEqual({ 'acme-labs': 'pass CONTINUOUS' });
  });

  it('names the owner whom nobody approved', () => {
    expect(resultOf(first, 'suspicious-admin-events', 'acme')).toMatchObject({
      verdict: 'fail',
      reason: 'UNAPPROVED_EVENTS',
      message: expect.stringMatching(/^ninakraus made cbenedetti an owner at 2026-11-14 /),
    });
    expect(verdicts(first, 'suspicious-admin-events', 'acme-labs')).toEqual({ 'acme-labs': 'pass NOTHING_SUSPICIOUS' });
  });

  it('tells who pushed to what runs in production', () => {
    expect(verdicts(first, 'push-by-known-actor')).toMatchObject({
      'prod-api': 'fail PUSHED_AFTER_LEAVE',
      'prod-gateway': 'fail TOKEN_NOT_LISTED',
      'prod-worker': 'pass KNOWN_ACTORS',
      'prod-search': 'pass NO_PUSHES',
    });
    expect(verdicts(first, 'push-by-known-actor')).not.toHaveProperty('staging-api');
  });

  it('tells what leavers did after they left, and of the others that they did nothing', () => {
    expect(onLeaver(first)).toMatchObject({
      verdict: 'fail',
      reason: 'ACTIVE_AFTER_LEAVE',
      facts: {
        events: 2,
        examples: [{ action: 'repo.tag.push', object: 'acme/prod-api' }, { action: 'repo.tag.delete' }],
      },
    });
    // What he pushed before his last day is no offence.
    expect(resultOf(first, 'no-activity-after-leave', 'dpetrov')).toMatchObject({
      verdict: 'pass',
      reason: 'NO_ACTIVITY',
    });
    expect(resultsOf(first, 'no-activity-after-leave').filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
  });

  it('withholds everything and closes nothing while the log cannot be read', async () => {
    const before = await openFindings();
    company.hub.faults.push({ on: '/auditlogs/acme?', answer: 500 });
    const report = await company.night(night(2));
    company.hub.faults.length = 0;
    expect(auditReading(report)?.status).toBe('failed');
    for (const check of checks) {
      expect(
        resultsOf(report, check).filter(({ verdict }) => verdict === 'pass'),
        check,
      ).toEqual([]);
    }
    expect(verdicts(report, 'audit-log-continuity')).toEqual({ acme: 'unknown SOURCE_UNREACHABLE' });
    expect(onLeaver(report).verdict, 'what is archived still witnesses').toBe('fail');
    expect(verdicts(report, 'suspicious-admin-events')).toEqual({ acme: 'unknown SOURCE_UNREACHABLE' });
    expect(await openFindings()).toEqual(before);
  });

  it('follows a leaver whose account is gone, and an account that does something all the same', async () => {
    change(
      { op: 'remove member', organization: 'acme', username: 'jonasreuter', at: evening(2), by: 'isolberg' },
      { op: 'remove member', organization: 'acme', username: 'dpetrov', at: evening(2), by: 'isolberg' },
    );
    await company.night(night(3));
    const gone = await company.night(night(4));
    expect(resultsOf(gone, 'offboarded-access-removed').some(({ subject }) => subject.name === 'dpetrov')).toBe(true);
    expect(resultOf(gone, 'no-activity-after-leave', 'dpetrov')).toMatchObject({ verdict: 'pass' });

    change({
      op: 'log',
      organization: 'acme',
      event: {
        action: 'repo.tag.push',
        name: 'acme/etl',
        actor: 'dpetrov',
        data: { tag: 'oops' },
        timestamp: evening(4),
      },
    });
    const report = await company.night(night(5));
    expect(resultOf(report, 'no-activity-after-leave', 'dpetrov')).toMatchObject({
      verdict: 'fail',
      dueAt: new Date(Date.parse(evening(4)) + 3_600_000).toISOString(),
    });
    expect(onLeaver(report).verdict, 'what he did is not undone by his removal').toBe('fail');
  });

  it('forgets an event of the administrators after a week', async () => {
    const report = await company.night(night(6));
    expect(verdicts(report, 'suspicious-admin-events')).toEqual({ acme: 'pass NOTHING_SUSPICIOUS' });
    expect(await openFindings()).not.toContain('suspicious-admin-events acme');
  });

  it('counts deletions by the hour', async () => {
    const deleted = (minute: number): WorldChange => ({
      op: 'log',
      organization: 'acme',
      event: {
        action: 'repo.tag.delete',
        name: 'acme/etl',
        actor: 'rosapinto',
        data: { tag: `t${minute}` },
        timestamp: `2026-11-26T20:${String(minute).padStart(2, '0')}:00.000Z`,
      },
    });
    change(...Array.from({ length: 9 }, (_, place) => deleted(place)));
    const nine = await company.night(night(7));
    expect(verdicts(nine, 'suspicious-admin-events')).toEqual({ acme: 'pass NOTHING_SUSPICIOUS' });
    change(deleted(59));
    const ten = await company.night(night(8));
    expect(resultOf(ten, 'suspicious-admin-events', 'acme')).toMatchObject({
      verdict: 'fail',
      message: expect.stringMatching(/^rosapinto removed 10 tags within an hour, beginning at 2026-11-26 20:00 UTC/),
    });
  });

  it('fails when Docker Hub no longer shows what it showed, and proves nothing by that night', async () => {
    const acme = company.hub.world.organizations[0];
    const lost = acme?.auditEvents?.splice(0, 3) ?? [];
    const report = await company.night(night(9));
    expect(auditReading(report)).toMatchObject({ status: 'partial', reason: 'AUDIT_EVENTS_MISSING' });
    expect(verdicts(report, 'audit-log-continuity')).toEqual({ acme: 'fail EVENTS_GONE' });
    expect(resultsOf(report, 'push-by-known-actor').filter(({ verdict }) => verdict === 'pass')).toEqual([]);

    acme?.auditEvents?.unshift(...lost);
    expect(verdicts(await company.night('2026-11-30T02:00:00.000Z'), 'audit-log-continuity')).toEqual({
      acme: 'pass CONTINUOUS',
    });
  });

  it('keeps of people no more than their usernames', async () => {
    const rows: unknown[] = await company.database.dataSource.query('select * from audit_event');
    expect(JSON.stringify(rows)).not.toMatch(/@acme\.example/);
    expect(JSON.stringify(rows)).toContain('org.member.invite.send');
  });
});
