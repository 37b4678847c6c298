import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withAdvisoryLock } from '../../src/database/advisory-lock.js';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import type { Report } from '../../src/findings/report.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, emptyTestDatabase, testDatabase } from '../support/database.js';
import { withoutOwnersData } from '../support/frugal-policy.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

const now = '2026-11-21T02:00:00.000Z';

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;
let variables: Record<string, string>;

beforeAll(async () => {
  const company = demoCompany(now);
  hub = await startHub(company.world);
  database = await testDatabase();
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
  variables = { DATABASE_URL: database.url, DOCKERHUB_URL: hub.url, HUBWARDEN_DATA_DIR: join(folder, 'data') };
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

function check(...args: readonly string[]): Promise<CommandResult> {
  return runCommand(['check', '--config', files.configuration, '--now', now, ...args], variables);
}

describe('check', () => {
  test('prints the report on standard output and progress on standard error', async () => {
    const { status, out, err } = await check('--format', 'json');
    expect(status).toBe(1);
    const report: Report = JSON.parse(out);
    expect(report.schema).toBe('hubwarden.report/1');
    expect(report.evaluation.at).toBe(now);
    expect(new Set(report.results.map(({ verdict }) => verdict))).toContain('fail');
    for (const { reason, message } of report.results) expect(reason.length * message.length).toBeGreaterThan(0);
    expect(err).toContain('read acme: done');
  });

  test.each(['table', 'csv', 'junit', 'sarif'])('the same as %s goes into a file', async (format) => {
    const file = join(folder, `report.${format}`);
    const { status, out } = await check('--format', format, '--output', file);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(await readFile(file, 'utf8')).toContain('offboarded-access-removed');
  });

  test('a clock before the last evaluation is exit status 2', async () => {
    await check();
    const { status, out, err } = await check('--now', '2026-11-20T02:00:00Z');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('before the last recorded evaluation');
  });

  test('says what the configuration asks for and does not get by itself: alerts, and checks that are switched off', async () => {
    const config = join(folder, 'policy', 'more.yaml');
    const policy = await readFile(files.configuration, 'utf8');
    const alerts = 'alerts: [ { kind: slack, url: "https://hooks.example.com/x" } ]\n';
    const off = '  owner-count: { enabled: false, reason: the board decides }\n';
    const checks = /^checks:\n/m.test(policy)
      ? policy.replace(/^checks:\n/m, `checks:\n${off}`)
      : `${policy}\nchecks:\n${off}`;
    await writeFile(config, `${checks}\n${alerts}`);
    const { out, err } = await check('--config', config);
    expect(err.match(/^alerts: .*$/gm)).toEqual([
      'alerts: what changes waits for “hubwarden serve” or “hubwarden check --alert”',
    ]);
    expect(out).toContain('\nDisabled: owner-count (the board decides)\n');
    expect(out.match(/owner-count/g)).toHaveLength(1);
    expect((await check()).err).not.toContain('alerts');
  });

  test('a database that cannot be reached is exit status 2, and its password is not shown', async () => {
    const unreachable = { ...variables, DATABASE_URL: 'postgres://user:geheim@127.0.0.1:9/none' };
    const { status, err } = await runCommand(['check', '--config', files.configuration], unreachable);
    expect(status).toBe(2);
    expect(err).toContain('127.0.0.1:9');
    expect(err).not.toContain('geheim');
  });

  test('a first roster that cannot be one is exit status 2, with its place', async () => {
    const empty = await testDatabase();
    try {
      const bad = join(folder, 'bad.csv');
      await writeFile(
        bad,
        'employee_id,work_email,status\nE-1,a@b.example,active\nE-2,c@d.example,odd\nE-3,e@f.example,odd\n',
      );
      const config = join(folder, 'bad.yaml');
      await writeFile(config, (await readFile(files.configuration, 'utf8')).replace('people.csv', bad));
      const { status, err } = await runCommand(['check', '--config', config], {
        ...variables,
        DATABASE_URL: empty.url,
      });
      expect(status).toBe(2);
      expect(err).toMatch(/:3: column “status”: “odd”/);
    } finally {
      await empty.drop();
    }
  });

  test('whoever stops it gets exit status 3', async () => {
    const { status, out, err } = await runCommand(
      ['check', '--config', files.configuration],
      variables,
      AbortSignal.abort(),
    );
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain('stopped');
  });
});

describe('connect test', () => {
  test('says what each credential reads; what no check needs may be missing', async () => {
    const needed = await runCommand(['connect', 'test', '--config', files.configuration], variables);
    expect(needed.status).toBe(3);
    expect(needed.out).toMatch(/│ tokens +│ yes +│ no +│ - +│ CAPABILITY_MISSING/);
    const config = join(folder, 'frugal.yaml');
    await writeFile(config, withoutOwnersData(await readFile(files.configuration, 'utf8')));
    const { status, out } = await runCommand(['connect', 'test', '--config', config], variables);
    expect(status).toBe(0);
    expect(out).toMatch(/│ members +│ yes +│ yes +│ hub +│/);
    expect(out).toMatch(/│ tokens +│ no +│ no +│ - +│ CAPABILITY_MISSING/);
    expect(out).toContain('Everything that the enabled checks need can be read.');
  });

  test('a credential that is refused is exit status 3, and says what to do', async () => {
    const config = join(folder, 'refused.yaml');
    const policy = await readFile(files.configuration, 'utf8');
    await writeFile(config, policy.replace(/(identifier: acme-labs, secret: )\S+/, '$1dckr_oat_revoked'));
    const { status, out } = await runCommand(['connect', 'test', '--config', config], variables);
    expect(status).toBe(3);
    expect(out).toMatch(/│ members +│ yes +│ no +│ - +│ CREDENTIAL_REFUSED/);
    expect(out).toMatch(/\d+ datasets that enabled checks need cannot be read or not be shown to be whole/);
    expect(out).not.toContain('dckr_oat_revoked');
  });

  test('repositories that nothing shows to be all are exit status 3 where checks need them', async () => {
    const repositories = hub.world.organizations.find(({ name }) => name === 'acme')?.repositories ?? [];
    const before = repositories.map((repository) => ({ repository, isPrivate: repository.isPrivate }));
    for (const { repository } of before) repository.isPrivate = false;
    try {
      const config = join(folder, 'without-owner.yaml');
      const policy = withoutOwnersData(await readFile(files.configuration, 'utf8'));
      await writeFile(config, policy.replace(/^ {4}owner: \{ identifier.*\n/m, ''));
      const { status, out } = await runCommand(['connect', 'test', '--config', config], variables);
      expect(out).toMatch(/│ repositories +│ yes +│ yes +│ hub +│ VISIBILITY_NOT_PROVEN: /);
      expect(out).toContain('1 dataset that enabled checks need cannot be read or not be shown to be whole');
      expect(status).toBe(3);
    } finally {
      for (const { repository, isPrivate } of before) repository.isPrivate = isPrivate;
    }
  });
});

describe('roster', () => {
  test('a quarantined roster is decided once, with a reason', async () => {
    const people = await readFile(files.roster, 'utf8');
    const [header = '', ...rows] = people.trimEnd().split('\n');
    await check();
    await writeFile(files.roster, `${[header, ...rows.slice(0, 30)].join('\n')}\n`);
    expect((await runCommand(['roster', 'validate', files.roster, '--compare'], variables)).out).toContain(
      'would be quarantined',
    );
    const quarantined = await check('--format', 'json');
    expect(quarantined.status).toBe(1);
    const report: Report = JSON.parse(quarantined.out);
    expect(report.checks.find(({ id }) => id === 'hr-roster-plausible')?.counts.fail).toBe(1);
    const [row]: { id: string }[] = await database.dataSource.query(
      `select id from roster where state = 'quarantined'`,
    );
    const compare = ['roster', 'validate', files.roster, '--compare', '--config', files.configuration];
    const waiting = await runCommand(compare, variables);
    expect(waiting.status).toBe(1);
    expect(waiting.out).toMatch(/\n {2}would change nothing: it waits for a decision\.\n/);
    expect(waiting.out).toMatch(
      new RegExp(`\\n  Roster ${row?.id} lost \\d+ of \\d+ employed in the roster in force\\.`),
    );
    const decide = (decision: string): Promise<CommandResult> =>
      runCommand(['roster', decision, row?.id ?? '', '--reason', 'cut off'], variables);
    for (const decision of ['accept', 'reject']) {
      const besideRun = await withAdvisoryLock(database.dataSource, 'check run', () => decide(decision));
      expect(besideRun).toMatchObject({ status: 2, out: '', err: expect.stringContaining('A check run is at work') });
    }
    expect(await decide('reject')).toMatchObject({
      status: 0,
      out: `Roster ${row?.id} is rejected. The one in force stays.\n`,
    });
    const again = await decide('accept');
    expect(again.status).toBe(2);
    expect(again.err).toContain('a roster is decided once');
    await writeFile(files.roster, people);
  });
});

test('migrate brings a database up to date, once', async () => {
  const empty = await emptyTestDatabase();
  try {
    const migrate = (): Promise<CommandResult> => runCommand(['migrate'], { ...variables, DATABASE_URL: empty.url });
    expect((await migrate()).out).toMatch(/^migrated \w+\n(.*\n)+The database is up to date now\.\n$/);
    expect(await migrate()).toMatchObject({ status: 0, out: 'The database is up to date.\n' });
  } finally {
    await empty.drop();
  }
});
