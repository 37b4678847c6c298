import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { entities } from '../../src/entities.js';
import { AcknowledgeFinding } from '../../src/findings/acknowledge-finding.js';
import { readReport } from '../../src/findings/report.query.js';
import { reportHash } from '../../src/findings/report-json.js';
import type { Report } from '../../src/findings/report.js';
import { asKnown } from '../../src/history/as-known.js';
import { judgeAgain } from '../../src/history/judge-again.js';
import { findRecorded } from '../../src/history/recorded-evaluation.query.js';
import { replay, type Replay } from '../../src/history/replay.js';
import { asEvaluationSaw } from '../../src/history/shadow.query.js';
import { judgedConfiguration } from '../../src/findings/recorded-policy.js';
import { LinkDecisions } from '../../src/identity/link-decisions.js';
import { change } from '../dashboards/dashboards.js';
import { JudgedCompany } from '../support/company.js';
import { testDatabase } from '../support/database.js';

const nights = [21, 22, 23, 24].map((day) => `2026-11-${day}T02:00:00.000Z`);
const night = (index: number): string => nights[index] ?? '';
const identity = { corporateDomains: [], domainAliases: {}, plusAddressing: true, links: [], serviceAccounts: [] };

let company: JudgedCompany;
const reports: Report[] = [];

async function replayed(named: string): Promise<Replay> {
  const outcome = await replay(company.database.dataSource, named);
  if (outcome.outcome === 'mistake') throw new Error(outcome.mistake);
  return outcome;
}

/** Changes rows of one table as somebody does who has switched its triggers off, looks, and puts them back. */
async function tampered<Result>(statement: string, look: () => Promise<Result>): Promise<Result> {
  const { dataSource } = company.database;
  const table = /^update (\w+)/.exec(statement)?.[1] ?? '';
  const silently = (...sql: readonly string[]): Promise<void> =>
    dataSource.transaction(async (manager) => {
      await manager.query('set local session_replication_role = replica');
      for (const each of sql) await manager.query(each);
    });
  await dataSource.query(`create table copied as table ${table}`);
  try {
    await silently(statement);
    return await look();
  } finally {
    await silently(`delete from ${table}`, `insert into ${table} overriding system value table copied`);
    await dataSource.query('drop table copied');
  }
}

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(night(0)));
  const { dataSource } = company.database;
  const findingOf = async (check: string, name: string): Promise<string> => {
    const [row]: { id: string }[] = await dataSource.query(
      'select id from finding where check_id = $1 and subject_name = $2 and resolved_at is null',
      [check, name],
    );
    return row?.id ?? '';
  };
  const acknowledge = async (check: string, name: string): Promise<void> => {
    const done = await new AcknowledgeFinding(dataSource).acknowledge(await findingOf(check, name), 'known', 'jane');
    expect(done.outcome).toBe('acknowledged');
  };
  const member = company.hub.world.organizations[0]?.members.find(({ username }) => username === 'dpetrov');
  if (member === undefined) throw new Error('no dpetrov');

  reports.push(await company.night(night(0)));
  await acknowledge('user-identified', 'lfontaine');
  change(company, { op: 'remove member', organization: 'acme', username: 'dpetrov' });
  change(company, { op: 'change role', organization: 'acme', username: 'olindqvist', role: 'Owner' });
  reports.push(await company.night(night(1)));
  await acknowledge('offboarded-access-removed', 'dpetrov');
  const tied = await new LinkDecisions(dataSource).tie(
    { organization: 'acme', kind: 'account', account: 'lfontaine', person: 'E-1001', reason: 'asked' },
    'jane',
    identity,
  );
  if (tied.outcome !== 'linked') throw new Error(tied.outcome);
  reports.push(
    await company.night(night(2), (text) => `${text}checks: { owner-count: { enabled: false, reason: "x" } }\n`),
  );
  change(company, { op: 'add member', organization: 'acme', member });
  const [heading, , ...rows] = (await readFile(company.files.roster, 'utf8')).split('\n');
  await company.writeRoster([heading, ...rows].join('\n'), night(3));
  reports.push(await company.night(night(3)));
});
afterAll(() => company.stop());

describe('the report of an earlier night', () => {
  it.each([0, 1, 2, 3])('says what night %i said, whatever happened since', async (index) => {
    const { dataSource } = company.database;
    expect(await readReport(dataSource, String(index + 1))).toEqual(reports[index]);
  });

  it('differs from night to night', () => {
    expect(new Set(reports.map(({ results }) => JSON.stringify(results))).size).toBe(4);
    const acknowledged = reports.map(
      ({ results }) => results.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    );
    expect(acknowledged).toEqual([0, 1, expect.any(Number), expect.any(Number)]);
  });
});

describe('a replay', () => {
  it.each([0, 1, 2, 3])('of night %i gives the identical bytes', async (index) => {
    const { recorded, replayed: again, equal, difference, evaluation, report } = await replayed(String(index + 1));
    expect(difference).toBeNull();
    expect(again).toBe(recorded);
    expect(equal).toBe(true);
    expect(evaluation.id).toBe(reports[index]?.evaluation.id);
    expect(report).toEqual(reports[index]);
    const printed = reports[index];
    expect(recorded).toBe(printed === undefined ? '' : reportHash(printed));
  });
});

describe('a replay finds', () => {
  const ofFirst = "organization_id = (select id from organization where name = 'acme')";
  const cases: [what: string, statement: string, where: RegExp][] = [
    [
      'a verdict that was changed',
      `update verdict set outcome = 'pass' where check_id = 'user-identified' and subject_name = 'lfontaine' and first_evaluation = 1`,
      /^results: user-identified acme account \S+: verdict$/,
    ],
    [
      'an observation that was changed',
      `update observation set data = data || '{"role": "Owner"}' where ${ofFirst} and dataset = 'members' and key = (
         select subject_key from verdict where subject_name = 'olindqvist' limit 1)`,
      /^results: /,
    ],
    [
      'a count that was changed',
      `update evaluated_check set pass = pass + 1 where check_id = 'owner-count'`,
      /^checks: /,
    ],
    [
      'a roster that was changed',
      `update person set data = jsonb_set(data, '{spells}', '[]') where first_roster = 1`,
      /./,
    ],
    ['a link that was changed', `update link set employee_id = 'E-1002' where source <> 'manual'`, /^results: /],
    [
      'an acknowledgement that was changed',
      `update finding_transition set recorded_at = '2000-01-01' where kind = 'acknowledged'`,
      /^none$|acknowledgedAt$/,
    ],
    [
      'a policy that was changed',
      `update evaluation set policy = jsonb_set(policy, '{criticalSystems,0,owner}', 'null') where number = 1`,
      /^results: critical-system-access-configured|^checks: /,
    ],
    ['another hash', `update evaluation set report_hash = repeat('0', 64) where number = 1`, /^none$/],
  ];
  it.each(cases)('%s', async (_, statement, where) => {
    const found = await tampered(statement, () => replayed('1'));
    expect(found.equal).toBe(false);
    expect(found.difference?.where ?? 'none').toMatch(where);
    expect((await replayed('1')).equal).toBe(true);
  });
});

describe('a replay is refused', () => {
  it.each(['99', '0', '-1', 'yesterday', '', '00000000-0000-0000-0000-000000000000', "1' or true --"])(
    'of an evaluation that is not there: %j',
    async (named) => {
      expect(await replay(company.database.dataSource, named)).toEqual({
        outcome: 'mistake',
        mistake: `there is no evaluation ${named}; expected its id, its number or “latest”`,
      });
    },
  );

  it('where its rules are gone', async () => {
    const outcome = await tampered(`update evaluation set catalogue_version = 'old' where number = 2`, () =>
      replay(company.database.dataSource, '2'),
    );
    expect(outcome).toMatchObject({ outcome: 'mistake', mistake: expect.stringMatching(/version old .* is gone/) });
  });

  it('where not everything was kept yet', async () => {
    const outcome = await tampered('update evaluation set read_at = null where number = 2', () =>
      replay(company.database.dataSource, '2'),
    );
    expect(outcome).toMatchObject({ outcome: 'mistake', mistake: expect.stringMatching(/before everything was kept/) });
  });
});

describe('evaluations are named', () => {
  it('by id, number, or as the latest', async () => {
    const last = reports[3]?.evaluation.id ?? '';
    for (const named of [last, last.toUpperCase(), '4', 'latest']) {
      expect((await replayed(named)).evaluation.id).toBe(last);
    }
  });
});

describe('a replay leaves nothing behind', () => {
  const all = async (): Promise<unknown> => {
    const tables: { name: string }[] = await company.database.dataSource.query(
      `select table_name as name from information_schema.tables where table_schema = current_schema() order by 1`,
    );
    const contents = [];
    for (const { name } of tables) {
      contents.push(
        await company.database.dataSource.query(
          `select $1 as name, count(*), md5(coalesce(string_agg(row::text, '|' order by row::text), '')) from ${name} as row`,
          [name],
        ),
      );
    }
    const sequences: unknown = await company.database.dataSource.query(
      `select sequencename, last_value from pg_sequences where schemaname = current_schema() order by 1`,
    );
    return { contents, sequences };
  };

  it('in any table, and no table of its own', async () => {
    const before = await all();
    await replayed('2');
    expect(await all()).toEqual(before);
    const left: unknown[] = await company.database.dataSource.query(
      `select relname from pg_class where relnamespace in (select oid from pg_namespace where nspname like 'pg_temp%')`,
    );
    expect(left).toEqual([]);
  });

  it('also when its connection is cut', async () => {
    const { dataSource } = company.database;
    const before = await all();
    const evaluation = await findRecorded(dataSource.manager, '2');
    if ('mistake' in evaluation) throw new Error(evaluation.mistake);
    const cut = asEvaluationSaw(dataSource, evaluation, evaluation.readAt, async (runner) => {
      const [{ pid }]: [{ pid: number }] = await runner.query('select pg_backend_pid() as pid');
      await dataSource.query('select pg_terminate_backend($1)', [pid]);
      await judgeAgain(runner, evaluation, judgedConfiguration(evaluation.policy));
    });
    await expect(cut).rejects.toThrow(/terminat|connection/i);
    expect(await all()).toEqual(before);
  });

  it('and keeps nobody waiting', async () => {
    const { dataSource } = company.database;
    const evaluation = await findRecorded(dataSource.manager, 'latest');
    if ('mistake' in evaluation) throw new Error(evaluation.mistake);
    const locks = await asEvaluationSaw(dataSource, evaluation, evaluation.readAt, async (runner) => {
      await judgeAgain(runner, evaluation, judgedConfiguration(evaluation.policy));
      const rows: { relname: string | null; mode: string; locktype: string }[] = await runner.query(
        `select locktype, mode, relname from pg_locks left join pg_class on pg_class.oid = relation
          where pid = pg_backend_pid() and (locktype = 'advisory' or locktype = 'relation' and mode <> 'AccessShareLock'
            and relnamespace = current_schema()::regnamespace)`,
      );
      return rows;
    });
    expect(locks).toEqual([]);
  });
});

it('knows of every table what was known', async () => {
  const database = await testDatabase(entities);
  try {
    const tables = database.dataSource.entityMetadatas.map(({ tableName }) => tableName);
    expect(Object.keys(asKnown).toSorted()).toEqual([...new Set(tables)].toSorted());
  } finally {
    await database.drop();
  }
});
