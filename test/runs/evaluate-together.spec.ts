import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataSourceFor } from '../../src/database/data-source.js';
import { demoCompany } from '../../src/demo/company.js';
import { claimSlice } from '../../src/findings/slice-board.js';
import { replay } from '../../src/history/replay.js';
import type { Job } from '../../src/jobs/job-queue.js';
import { EvaluateTogether, type SharingOptions } from '../../src/runs/evaluate-together.js';
import { JudgedCompany } from '../support/company.js';
import { night } from '../support/company-nights.js';

let company: JudgedCompany;
let other: DataSource;

beforeEach(async () => {
  Logger.overrideLogger(false);
  company = await JudgedCompany.start(demoCompany(night(0)));
  other = await dataSourceFor(company.database.url, []).initialize();
});
afterEach(async () => {
  Logger.overrideLogger(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']);
  await other.destroy();
  await company.stop();
});

/** Has every later night judged with whatever `onHint` makes of the first hint; it comes before this process judges anything. */
function judgeTogether(
  onHint: (attempt: string, helper: EvaluateTogether) => Promise<void>,
  options: SharingOptions = {},
) {
  const helper = new EvaluateTogether(other, { add: () => Promise.resolve(true) });
  const queue = {
    add: async ([job]: readonly Job[]) => {
      await onHint(job?.data['attempt'] ?? '', helper);
      return true;
    },
  };
  const leader = new EvaluateTogether(company.database.dataSource, queue, { shareFrom: 1, splitFrom: 1, ...options });
  company.share = (...asked) => leader.share(...asked);
  return { leader, helper };
}

/** A replay is judged by one process that knows nothing of the night before. */
async function expectSameAsAlone(): Promise<void> {
  expect(await replay(company.database.dataSource, 'latest')).toMatchObject({ outcome: 'replayed', equal: true });
}

async function leftOver(): Promise<number[]> {
  const rows: { count: number }[] = await company.database.dataSource.query(
    `select count(*)::int as count from evaluation_at_work union all select count(*)::int from evaluation_slice
     union all select count(*)::int from evaluation_part`,
  );
  return rows.map(({ count }) => count);
}

/** Has a division by zero asked instead of every statement that has the text in it, until the returned function is called. */
function failing(dataSource: DataSource, text: string): () => void {
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    runner.query = new Proxy(runner.query.bind(runner), {
      apply: (query, self, [sql, ...more]: [string, ...unknown[]]) =>
        Reflect.apply(query, self, sql.includes(text) ? ['select 1 / 0'] : [sql, ...more]),
    });
    return runner;
  };
  return () => {
    dataSource.createQueryRunner = create;
  };
}

test('what another process judges is what one alone judges, through nights of change', async () => {
  const parts: number[] = [];
  judgeTogether(async (attempt, helper) => {
    expect(await helper.help(attempt)).toBe('done');
    const [staged] = await other.query(
      `select (select count(*)::int from evaluation_slice where subjects is null) as open,
              (select sum(length(lines))::int from evaluation_part) as bytes`,
    );
    expect(staged.open).toBe(0);
    parts.push(staged.bytes);
  });
  for (const index of [0, 1, 2]) {
    await company.night(night(index));
    await expectSameAsAlone();
  }
  // What is as it was is not handed over.
  expect(parts[2]).toBeLessThan((parts[0] ?? 0) / 2);

  expect(company.hub.world.organizations[0]?.members.pop()).toBeDefined();
  await company.night(night(3));
  await expectSameAsAlone();
  expect(await leftOver()).toEqual([0, 0, 0]);

  // And alone, by what was remembered together.
  company.share = undefined;
  await company.night(night(4));
  await expectSameAsAlone();
});

test('a process that dies with a slice leaves it to the one that records', async () => {
  judgeTogether(async (attempt) => {
    const dying = other.createQueryRunner();
    expect(await claimSlice(dying, attempt)).not.toBeNull();
    const [{ pid }] = await dying.query('select pg_backend_pid() as pid');
    setTimeout(() => {
      void company.database.dataSource.query('select pg_terminate_backend($1)', [pid]).then(() => dying.release());
    }, 1_500);
  });
  await company.night(night(0));
  await expectSameAsAlone();
  expect(await leftOver()).toEqual([0, 0, 0]);
});

test('a process that hangs with a slice is not waited for, and what it says later counts for nothing', async () => {
  const late: { end: () => Promise<void> }[] = [];
  judgeTogether(
    async (attempt) => {
      const hanging = other.createQueryRunner();
      const claimed = await claimSlice(hanging, attempt);
      late.push({
        end: async () => {
          await claimed?.done(1_000_000);
          await hanging.release();
        },
      });
    },
    { patienceMs: 300 },
  );
  await company.night(night(0));
  await expectSameAsAlone();
  expect(late).toHaveLength(1);
  for (const { end } of late) await end();
  await company.night(night(1));
  for (const { end } of late.slice(1)) await end();
  await expectSameAsAlone();
});

test('a part that is gone undoes the evaluation, and the next attempt begins anew', async () => {
  judgeTogether(async (attempt, helper) => {
    await helper.help(attempt);
    await other.query('delete from evaluation_part where position = 1');
  });
  await expect(company.night(night(0))).rejects.toThrow(/A part of slice \d+ of the evaluation is gone/);
  judgeTogether(async (attempt, helper) => void (await helper.help(attempt)));
  await company.night(night(0, 1));
  await expectSameAsAlone();
});

test('a slice of which one source fails is given back with nothing of its other sources', async () => {
  const attempts: string[] = [];
  judgeTogether(
    async (attempt, helper) => {
      attempts.push(attempt);
      const healed = failing(other, "lower(shown.data->>'createdBy')");
      expect(await helper.help(attempt)).toBe('done');
      healed();
      const [staged] = await other.query(
        `select (select count(*)::int from evaluation_slice where subjects is not null) as done,
                (select count(*)::int from evaluation_part) as parts`,
      );
      expect(staged).toEqual({ done: 0, parts: 0 });
    },
    { splitFrom: 1_000_000 },
  );
  await company.night(night(0));
  expect(attempts).toHaveLength(1);
  await expectSameAsAlone();
});

test('a process with other rules judges nothing', async () => {
  let judged = -1;
  judgeTogether(async (attempt, helper) => {
    await other.query(
      `update evaluation_at_work set task = jsonb_set(task::jsonb, '{fingerprint}', '"of another release"')::json`,
    );
    await helper.help(attempt);
    const [{ done }] = await other.query(
      'select count(*)::int as done from evaluation_slice where subjects is not null',
    );
    judged = done;
  });
  await company.night(night(0));
  expect(judged).toBe(0);
  await expectSameAsAlone();
});

test('an attempt whose process has gone is nobody’s work any more', async () => {
  let attempt = '';
  const { leader, helper } = judgeTogether((named) => {
    attempt = named;
    throw new Error('It dies here.');
  });
  await expect(company.night(night(0))).rejects.toThrow('It dies here.');
  expect(await leftOver()).toEqual([1, expect.any(Number), 0]);
  expect(await helper.help(attempt)).toBe('done');
  expect(await leader.help(randomUUID())).toBe('done');
  expect(await leftOver()).toEqual([1, expect.any(Number), 0]);

  company.share = undefined;
  judgeTogether(async (named, again) => void (await again.help(named)));
  await company.night(night(0, 1));
  await expectSameAsAlone();
  expect(await leftOver()).toEqual([0, 0, 0]);
});

test('whoever records an evaluation does not take its own hints, and little work is not shared', async () => {
  const ends: unknown[] = [];
  const { leader } = judgeTogether(async (attempt) => void ends.push(await leader.help(attempt)));
  await company.night(night(0));
  expect(ends).toEqual([{ againInMs: 1_000 }]);

  judgeTogether(async () => void ends.push('hint'), { shareFrom: 1_000 });
  await company.night(night(1));
  expect(ends).toHaveLength(1);
});
