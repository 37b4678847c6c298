import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf } from '../support/company.js';
import { CompanyNights, night } from '../support/company-nights.js';

/** What a night leaves behind, without what tells two databases apart. */
const tables = {
  verdict: `select check_id, organization_id, subject_kind, subject_key, subject_name, subject_system, outcome, reason, message, facts,
                   since, first_evaluation, last_evaluation
              from verdict order by 1, 2, 3, 4, first_evaluation`,
  finding: `select check_id, organization_id, subject_kind, subject_key, reason, message, first_seen_at, began_at, due_at, resolved_at,
                   resolved_because, reopened, overdue_noted, excepted_by is not null as excepted
              from finding order by 1, 2, 3, 4, first_seen_at`,
  finding_transition: `select check_id, organization_id, subject_kind, subject_key, kind, because, transition.at,
              transition.evaluation_number
              from finding_transition as transition join finding on finding.id = finding_id order by 1, 2, 3, 4, 5, 7, 8`,
  evaluated_check: 'select * from evaluated_check order by evaluation_number, check_id',
};

async function leftIn(nights: CompanyNights): Promise<Record<string, unknown>> {
  const left: Record<string, unknown> = {};
  for (const [table, sql] of Object.entries(tables)) {
    const rows = await nights.query(sql);
    // Two Docker Hubs cannot listen at one port, and which organization's events are read first is chance.
    left[table] = JSON.parse(JSON.stringify(rows).replaceAll(/127\.0\.0\.1:\d+|(?<="id":")\d+(?=")/g, '…'));
  }
  return left;
}

/** One company is judged twice: by what the evaluation before remembered, and anew every night. */
class Twins {
  private constructor(
    readonly remembering: CompanyNights,
    readonly forgetful: CompanyNights,
  ) {}

  static async start(): Promise<Twins> {
    const [remembering, forgetful] = await Promise.all([CompanyNights.start(), CompanyNights.start()]);
    const twins = new Twins(remembering, forgetful);
    const names = remembering.company.hub.world.organizations.map(({ name }) => name);
    await twins.both((nights) => nights.query('insert into organization (name) select unnest($1::text[])', [names]));
    return twins;
  }

  async both(work: (nights: CompanyNights) => unknown): Promise<void> {
    await work(this.remembering);
    await work(this.forgetful);
  }

  /** Answers how many groups the night judged otherwise than the night before, and how many there are. */
  async judge(
    index: number,
    ...more: readonly [Parameters<CompanyNights['judge']>[1]?, Parameters<CompanyNights['judge']>[2]?]
  ) {
    const before = await this.groups();
    await this.remembering.judge(index, ...more);
    await this.forgetful.query(`update judged_state set policy = 'of another one'`);
    await this.forgetful.judge(index, ...more);
    const after = await this.groups();
    return {
      left: await leftIn(this.remembering),
      leftAnew: await leftIn(this.forgetful),
      groups: after.size,
      changed: [...after].filter(([group, row]) => before.get(group) !== row).length,
    };
  }

  private async groups(): Promise<Map<string, string>> {
    const rows = await this.remembering.query<{ subject: string; row: string }>(
      `select concat_ws('/', organization_id, source, subject) as subject, xmin::text as row from judged_group`,
    );
    return new Map(rows.map(({ subject, row }) => [subject, row]));
  }

  async stop(): Promise<void> {
    await this.both((nights) => nights.stop());
  }
}

describe('what is judged by hash is what is judged anew', () => {
  let twins: Twins;
  const same = async (...asked: Parameters<Twins['judge']>): Promise<Awaited<ReturnType<Twins['judge']>>> => {
    const judged = await twins.judge(...asked);
    expect(judged.left, `what night ${asked[0]} left`).toEqual(judged.leftAnew);
    return judged;
  };
  beforeEach(async () => {
    twins = await Twins.start();
  });
  afterEach(() => twins.stop());

  it('through nights on which everything happens', { timeout: 240_000 }, async () => {
    const first = await same(0);
    expect(first.changed).toBe(first.groups);
    await same(1);
    const quiet = await same(2);
    expect(quiet.changed).toBeLessThan(quiet.groups / 2);

    // Open findings become overdue, one is accepted, and the exception ends.
    const standing = await twins.remembering.query<{ check_id: string; subject_name: string }>(
      `select check_id, subject_name from finding
        where resolved_at is null and subject_kind = 'account' order by check_id, subject_name limit 2`,
    );
    for (const { check_id: check, subject_name: name } of standing)
      await twins.both((nights) => nights.except(check, name, 'known and accepted', night(2, 3)));
    await same(3);
    await same(20);
    const kinds = await twins.remembering.query<{ kind: string }>(
      'select distinct kind from finding_transition order by kind',
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['excepted', 'opened', 'overdue']));

    // Somebody is gone, is there again, and another one rises.
    await twins.both((nights) => nights.change({ op: 'remove member', username: 'tkraemer' }, night(20, 3)));
    const gone = twins.remembering.member.bind(twins.remembering);
    expect(() => gone('tkraemer')).toThrow(/no member/);
    await same(21);
    await same(22);
    await same(23);

    // A listing breaks, for two nights, and what it had is carried; then it is whole.
    const broken = { on: '/orgs/acme/members', answer: 500 } as const;
    await twins.both((nights) => nights.company.hub.faults.push({ ...broken }));
    await same(24);
    await same(25);
    await twins.both((nights) => void (nights.company.hub.faults.length = 0));
    await same(26);

    // Teams cannot be read: whom a narrowed system had is known from the night before.
    await twins.both((nights) => nights.company.hub.faults.push({ on: '/orgs/acme/groups', answer: 500 }));
    await same(27);
    await twins.both((nights) => void (nights.company.hub.faults.length = 0));
    await same(28);
  });

  it('when the policy is another one', { timeout: 120_000 }, async () => {
    await same(0);
    await same(1);
    const off = '  owner-approved: { enabled: false, reason: tried without }\n';
    const withoutCheck = (text: string): string =>
      /^checks:\n/m.test(text) ? text.replace(/^checks:\n/m, `checks:\n${off}`) : `${text}\nchecks:\n${off}`;
    const judged = await same(2, {}, withoutCheck);
    expect(judged.changed).toBe(judged.groups);
    expect((await same(3)).changed).toBeLessThan(judged.groups / 2);
  });

  it('when somebody else opens a finding, or brings one back, between two nights', { timeout: 120_000 }, async () => {
    await same(0);
    await same(1);
    await twins.both((nights) =>
      nights.query(`
        insert into finding (check_id, organization_id, subject_kind, subject_key, subject_name, severity, reason, message, first_seen_at, due_at)
        select check_id, organization_id, subject_kind, subject_key, subject_name, 'low', 'BESIDE', 'Opened beside an evaluation.',
               '${night(1, 1)}', '${night(1, 2)}'
          from verdict
         where last_evaluation is null and subject_kind in ('account', 'organization', 'critical_system_account')
           and outcome in ('pass', 'unknown', 'not_applicable')`),
    );
    await same(2);
    const rows = await twins.remembering.query<{ resolved: boolean; overdue: boolean; outcome: string }>(
      `select distinct finding.resolved_at is not null as resolved, overdue_noted as overdue, verdict.outcome
         from finding join verdict using (check_id, organization_id, subject_kind, subject_key)
        where finding.reason = 'BESIDE' and verdict.last_evaluation is null and verdict.outcome in ('pass', 'unknown')
        order by outcome`,
    );
    expect(rows).toEqual([
      { resolved: true, overdue: false, outcome: 'pass' },
      { resolved: false, overdue: true, outcome: 'unknown' },
    ]);
  });

  it('when a program that does not remember came in between', { timeout: 120_000 }, async () => {
    await same(0);
    await same(1);
    await twins.both((nights) =>
      nights.query(`
        insert into evaluation (id, at, started_at, finished_at, roster_dataset, catalogue_version, policy)
        select gen_random_uuid(), at, started_at, finished_at, roster_dataset, catalogue_version, policy
          from evaluation order by number desc limit 1`),
    );
    await twins.both((nights) =>
      nights.query(`update verdict set last_evaluation = 3 where check_id = 'user-identified'`),
    );
    await same(2);
    expect(
      await twins.remembering.query(
        `select from verdict where check_id = 'user-identified' and last_evaluation is null limit 1`,
      ),
    ).toHaveLength(1);
  });
});

describe('the hash of a report', () => {
  it('is recorded by the next evaluation where a process ended before it had it', { timeout: 120_000 }, async () => {
    const nights = await CompanyNights.start();
    try {
      const report = await nights.judge(0);
      expect(resultOf(report, 'hub-sync-complete', 'acme').verdict).toBe('pass');
      const hashes = (): Promise<{ hash: string | null }[]> =>
        nights.query('select report_hash as hash from evaluation order by number');
      const [first] = await hashes();
      await nights.query('update evaluation set report_hash = null');
      await nights.judge(1);
      const [again, next] = await hashes();
      expect(again).toEqual(first);
      expect(next?.hash).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      await nights.stop();
    }
  });
});
