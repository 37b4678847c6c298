import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import type { ChangedSubject } from '../../src/history/compare-reports.js';
import { JudgedCompany } from '../support/company.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

const first = '2026-11-21T02:00:00.000Z';
const second = '2026-11-22T02:00:00.000Z';

let company: JudgedCompany;
let text = '';

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(first));
  await company.night(first);
  await company.night(second);
  text = await readFile(company.files.configuration, 'utf8');
});
afterAll(() => company.stop());

const judged = /^judge anew\njudge anew: done, \d+\n/;

async function tryOn(evaluation: string, policy: string, ...args: string[]): Promise<CommandResult> {
  const file = join(company.files.directory, 'other.yaml');
  await writeFile(file, policy);
  return runCommand(['check', '--policy', file, '--on', evaluation, ...args], { DATABASE_URL: company.database.url });
}

async function changesOn(evaluation: string, policy: string): Promise<ChangedSubject[]> {
  const { status, out, err } = await tryOn(evaluation, policy, '--format', 'json');
  expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(judged) });
  return JSON.parse(out).changes;
}

function told(changes: readonly ChangedSubject[], check: string): string[] {
  return changes
    .filter((one) => one.check === check)
    .map(
      ({ subject, before, after }) =>
        `${subject.name}: ${before?.verdict} ${before?.reason} > ${after?.verdict} ${after?.reason}`,
    );
}

describe('a policy that is tried on a past evaluation', () => {
  it.each(['1', '2'])('changes nothing of evaluation %s where it is the one of that night', async (evaluation) => {
    const { status, out } = await tryOn(evaluation, text);
    expect(status).toBe(0);
    expect(out).toContain('Nothing would change.');
  });

  it('says whose verdict would be another, and what each check would count', async () => {
    const { status, out } = await tryOn('latest', `${text}checks: { owner-count: { min: 30, max: 40 } }\n`);
    expect(status).toBe(0);
    expect(out).toMatch(/^owner-count +\w+, 1 pass, .* {2}\w+, .*2 fail/m);
    expect(out).toMatch(
      /^owner-count +acme +organization acme +pass OWNERS_IN_BOUNDS +fail TOO_FEW_OWNERS, due 2026-/m,
    );
    expect(out).toContain('Nothing was recorded.');
  });

  it('has a declared link that is gone only where no earlier night made it', async () => {
    const without = text.replace(/.*nightowl77.*\n/, '').replace('  links:\n', '');
    const changes = await changesOn('1', without);
    expect(told(changes, 'user-identified')).toEqual([
      expect.stringMatching(/^nightowl77: pass LINKED\w* > fail IDENTITY_UNLINKED$/),
    ]);
  });

  it('matches anew on the night that made a link, and keeps it from then on', async () => {
    const plain = text.replace('plusAddressing: true', 'plusAddressing: false');
    const unlinked = told(await changesOn('1', plain), 'user-identified');
    expect(unlinked).not.toEqual([]);
    expect(unlinked.every((line) => line.endsWith('> fail IDENTITY_UNLINKED'))).toBe(true);
    expect(told(await changesOn('2', plain), 'user-identified')).toEqual([]);
  });

  it('gives due dates to what would have opened that night, and leaves those of older findings', async () => {
    const strict = `${text}checks: { user-identified: { sla: 1h } }\n`;
    const due = (await changesOn('1', strict)).map(({ after }) => after?.dueAt);
    expect(new Set(due)).toEqual(new Set(['2026-11-21T03:00:00.000Z']));
    expect(await changesOn('2', strict)).toEqual([]);
  });

  it('says what would not be judged any more', async () => {
    const changes = await changesOn('2', `${text}checks: { owner-count: { enabled: false, reason: test } }\n`);
    expect(changes.map(({ check, after }) => [check, after])).toEqual([
      ['owner-count', null],
      ['owner-count', null],
    ]);
  });

  it('is not recorded', async () => {
    const { dataSource } = company.database;
    const count = (): Promise<unknown> =>
      dataSource.query(
        `select (select count(*) from evaluation) as evaluations, (select count(*) from finding_transition) as transitions,
                (select count(*) from verdict) as verdicts, (select count(*) from link where ended_at is null) as links,
                (select count(*) from trail_entry) as trail, (select count(*) from past_row) as past`,
      );
    const before = await count();
    await changesOn('1', text.replace('plusAddressing: true', 'plusAddressing: false'));
    expect(await count()).toEqual(before);
  });
});

describe('hubwarden check --policy refuses', () => {
  it.each([
    [['--policy', 'other.yaml'], '--policy is given alone'],
    [['--on', 'latest'], '--on is given alone'],
    [['--policy', 'other.yaml', '--on', '1', '--format', 'sarif'], '--format is sarif; expected table or json'],
    [['--policy', 'other.yaml', '--on', '1', '--now', first], '--now does not go with --policy'],
    [['--policy', 'other.yaml', '--on', '1', '--alert'], '--alert does not go with --policy'],
    [['--policy', '/nowhere.yaml', '--on', '1'], '/nowhere.yaml: there is no such file'],
  ])('%j', async (args, sentence) => {
    const { status, out, err } = await runCommand(['check', ...args], { DATABASE_URL: company.database.url });
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('an evaluation that is not there, and a policy with a mistake', async () => {
    expect(await tryOn('7', text)).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no evaluation 7'),
    });
    const wrong = await tryOn('1', text.replace('roles:\n', 'rolls:\n'));
    expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining('rolls') });
  });
});

describe('hubwarden replay', () => {
  const replayed = (...args: string[]): Promise<CommandResult> =>
    runCommand(['replay', ...args], { DATABASE_URL: company.database.url });

  it('prints both hashes', async () => {
    const { status, out, err } = await replayed('1');
    expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(judged) });
    const [, one] = /^recorded {2}sha256 ([0-9a-f]{64})$/m.exec(out) ?? [];
    expect(out).toMatch(new RegExp(`^replayed  sha256 ${one}$`, 'm'));
    expect(out).toMatch(/\nidentical\n$/);
  });

  it('writes the replayed report, of which the hash is', async () => {
    const file = join(company.files.directory, 'replayed.json');
    const { status, out } = await replayed('latest', '--format', 'json', '--output', file);
    expect(status).toBe(0);
    const bytes = await readFile(file);
    expect(out).toContain(`replayed  sha256 ${createHash('sha256').update(bytes).digest('hex')}\n`);
    expect(JSON.parse(bytes.toString()).evaluation.at).toBe(second);
    const piped = await replayed('latest', '--format', 'json');
    expect(piped.out).toBe(bytes.toString());
    expect(piped.err).toMatch(judged);
    expect(piped.err.replace(judged, '')).toBe(out);
  });

  it('says where it differs, with exit status 3', async () => {
    const { dataSource } = company.database;
    const set = (outcome: string): Promise<unknown> =>
      dataSource.query(
        `update verdict set outcome = $1 where check_id = 'user-identified' and subject_name = 'lfontaine'`,
        [outcome],
      );
    await set('pass');
    const { status, out } = await replayed('1');
    await set('fail');
    expect(status).toBe(3);
    expect(out).toMatch(/^different, first in results: user-identified acme account \w+: verdict$/m);
    expect(out).toMatch(/^ {2}recorded {2}"pass"\n {2}replayed {2}"fail"$/m);
  });

  it('refuses what is not there, with exit status 2', async () => {
    const { status, out, err } = await replayed('77');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toBe('hubwarden: there is no evaluation 77; expected its id, its number or “latest”\n');
  });
});
