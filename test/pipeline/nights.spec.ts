import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const nights = [21, 22, 23, 24, 25].map((day) => `2026-11-${day}T02:00:00.000Z`);
const night = (index: number): string => nights[index] ?? '';
const check = 'offboarded-access-removed';

describe('findings over nights', () => {
  let company: JudgedCompany;

  beforeEach(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
  });
  afterEach(() => company.stop());

  const transitions = async (name: string): Promise<string[]> => {
    const rows: { kind: string }[] = await company.database.dataSource.query(
      `select finding_transition.kind from finding_transition
         join finding on finding.id = finding_transition.finding_id
        where finding.check_id = $1 and finding.subject_name = $2 order by finding_transition.id`,
      [check, name],
    );
    return rows.map(({ kind }) => kind);
  };
  const change = (op: WorldChange): void => {
    const mistake = changeWorld(company.hub.world, op);
    if (mistake !== null) throw new Error(mistake);
  };
  const memberNamed = (username: string) => {
    const member = company.hub.world.organizations[0]?.members.find((one) => one.username === username);
    if (member === undefined) throw new Error(`no member ${username}`);
    return member;
  };
  const remove = (username: string): void => change({ op: 'remove member', organization: 'acme', username });

  it('keeps the first date and the due date, and resolves once two complete readings agree', async () => {
    const first = resultOf(await company.night(night(0)), check, 'dpetrov');
    expect(first).toMatchObject({ verdict: 'fail', since: night(0) });

    const second = resultOf(await company.night(night(1)), check, 'dpetrov');
    expect(second).toMatchObject({ verdict: 'fail', since: first.since, dueAt: first.dueAt });

    remove('dpetrov');
    const third = resultOf(await company.night(night(2)), check, 'dpetrov');
    expect(third).toMatchObject({ verdict: 'unknown', reason: 'REMOVAL_UNCONFIRMED', dueAt: first.dueAt });

    const fourth = resultOf(await company.night(night(3)), check, 'dpetrov');
    expect(fourth).toMatchObject({ verdict: 'pass', disposition: 'none', dueAt: null });
    expect(await transitions('dpetrov')).toEqual(['opened', 'overdue', 'resolved']);
  });

  it('closes nothing on a listing that was cut, and says so', async () => {
    const first = resultOf(await company.night(night(0)), check, 'dpetrov');
    remove('dpetrov');
    await company.night(night(1));
    company.hub.faults.push({ on: '/members', answer: 500 });
    const cut = await company.night(night(2));
    expect(resultOf(cut, check, 'dpetrov')).toMatchObject({
      verdict: 'unknown',
      since: first.since,
      dueAt: first.dueAt,
    });
    expect(resultsOf(cut, check).filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    expect(await transitions('dpetrov')).toEqual(['opened', 'overdue']);
  });

  it('keeps a subject that only an earlier listing had, as unknown', async () => {
    const first = await company.night(night(0));
    company.hub.faults.push({ on: '/orgs/acme/members', answer: 500 });
    const second = await company.night(night(1));
    for (const id of ['user-identified', check, 'critical-system-access-valid', 'service-account-owned']) {
      const names = (report: typeof first) =>
        resultsOf(report, id)
          .map(({ subject }) => `${subject.system ?? ''} ${subject.name}`)
          .sort();
      expect(names(second), id).toEqual(names(first));
      const accounts = resultsOf(second, id).filter(({ subject }) => subject.kind !== 'invite');
      expect(new Set(accounts.map(({ verdict }) => verdict)), id).toEqual(new Set(['unknown']));
    }
  });

  it('reopens a finding with its old dates when the access comes back within a month', async () => {
    const first = resultOf(await company.night(night(0)), check, 'dpetrov');
    const member = memberNamed('dpetrov');
    remove('dpetrov');
    await company.night(night(1));
    await company.night(night(2));
    change({ op: 'add member', organization: 'acme', member });
    const back = resultOf(await company.night(night(3)), check, 'dpetrov');
    expect(back).toMatchObject({ verdict: 'fail', since: first.since, dueAt: first.dueAt, disposition: 'overdue' });
    expect(await transitions('dpetrov')).toEqual(['opened', 'overdue', 'resolved', 'reopened']);
  });

  it('lets a disabled check resolve nothing', async () => {
    await company.night(night(0));
    const disabled = (text: string) => `${text}checks: { ${check}: { enabled: false, reason: "a test" } }\n`;
    const report = await company.night(night(1), disabled);
    expect(report.checks.find(({ id }) => id === check)).toMatchObject({
      status: 'not_applicable',
      counts: { fail: 0 },
    });
    expect(resultsOf(report, check)).toEqual([]);
    expect(await transitions('dpetrov')).toEqual(['opened', 'overdue']);
  });

  it('resolves what vanished from a complete listing, for every other check', async () => {
    await company.night(night(0));
    remove('lfontaine');
    const report = await company.night(night(1));
    expect(resultsOf(report, 'user-identified').some(({ subject }) => subject.name === 'lfontaine')).toBe(false);
    const [finding]: { resolved_because: string }[] = await company.database.dataSource.query(
      `select resolved_because from finding where check_id = 'user-identified' and subject_name = 'lfontaine'`,
    );
    expect(finding?.resolved_because).toBe('REMOVED_IN_SOURCE');
  });

  it('refuses a clock before the last evaluation, and takes the same one again', async () => {
    await company.night(night(1));
    expect(await company.run(night(0))).toMatchObject({ kind: 'mistakes' });
    expect(await company.run(night(1))).toMatchObject({ kind: 'report' });
  });
});
