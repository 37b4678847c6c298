import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdvisoryLock } from '../src/database/advisory-lock.js';
import { copyRows } from '../src/database/copy-in.js';
import { inBatches, streamRows } from '../src/database/rows.js';
import { testDatabase, type TestDatabase } from './support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.drop());

/** What a network or a restarting server does to a connection. */
async function breakConnection(pid: unknown): Promise<void> {
  await database.dataSource.query('select pg_terminate_backend($1)', [pid]);
}

const lock = <Result>(name: string, work: (lost: AbortSignal) => Promise<Result>): Promise<Result | 'held elsewhere'> =>
  withAdvisoryLock(database.dataSource, name, work);
const holderOf = async (): Promise<unknown> => {
  const [row] = await database.dataSource.query<{ pid: number }[]>(
    `select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.pid;
};

describe('copyRows', () => {
  it('keeps every character, and tells an empty text from none', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('create temporary table copied (place int, said text)');
      const said = ['', null, 'a\tb', 'a\nb', 'a\rb', '\\', '\\N', '\\.', '\\\n', 'ümläut 🐳', '"quoted"', ' spaced '];
      await copyRows(
        runner,
        'copied (place, said)',
        said.map((text, place) => [String(place), text]),
      );
      await copyRows(runner, 'copied (place, said)', []);
      const rows = await runner.manager.query<{ said: string | null }[]>('select said from copied order by place');
      expect(rows.map((row) => row.said)).toEqual(said);
    } finally {
      await runner.release();
    }
  });

  it('fails as any query does, and leaves the connection usable', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('create temporary table numbers_once (n int primary key)');
      const copyInVain = async (into: string, cells: string[]): Promise<void> => {
        await runner.startTransaction();
        const rows = cells.map((cell) => [cell]);
        try {
          await copyRows(runner, into, rows);
        } finally {
          await runner.rollbackTransaction();
        }
      };
      await expect(copyInVain('numbers_once (n)', ['1', '1'])).rejects.toThrow(/duplicate key/);
      await expect(copyInVain('numbers_once (n)', ['x'])).rejects.toThrow(/invalid input/);
      await expect(copyInVain('nowhere (n)', ['1'])).rejects.toThrow(/does not exist/);
      await copyRows(runner, 'numbers_once (n)', [['1']]);
      expect(await runner.query('select n from numbers_once')).toEqual([{ n: 1 }]);
    } finally {
      await runner.release();
    }
  });

  it('copies nothing where there is no transaction that could take it back', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await expect(copyRows(runner, 'organization (name)', [['late']])).rejects.toThrow(/no transaction/);
    } finally {
      await runner.release();
    }
  });

  it('fails where the connection breaks', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('create temporary table numbers (n int)');
      const [self] = await runner.manager.query<{ pid: number }[]>('select pg_backend_pid() as pid');
      await breakConnection(self?.pid);
      await expect(copyRows(runner, 'numbers (n)', [['1']])).rejects.toThrow(Error);
      // The end of the connection may come after its farewell, and the pool must not lend it out meanwhile.
      await expect(runner.query('select 1')).rejects.toThrow(Error);
    } finally {
      await runner.release();
    }
  });
});

describe('streamRows', () => {
  it('reads every row in order, in batches, with parameters', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      const sizes: number[] = [];
      let sum = 0;
      const rows = streamRows<{ n: number }>(runner, 'select n from generate_series(1, $1::int) n order by n', [2500]);
      for await (const batch of inBatches(rows, 1000)) {
        sizes.push(batch.length);
        for (const row of batch) sum += row.n;
      }
      expect(sizes).toEqual([1000, 1000, 500]);
      expect(sum).toBe((2500 * 2501) / 2);
    } finally {
      await runner.release();
    }
  });

  it('reads the same when the server looks ahead, and may be left early', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      const sql = 'select n from generate_series(1, 1000) n order by n';
      const read: number[] = [];
      for await (const { n } of streamRows<{ n: number }>(runner, sql, [], { ahead: true })) read.push(n);
      expect(read).toEqual(Array.from({ length: 1000 }, (_, place) => place + 1));
      for await (const { n } of streamRows<{ n: number }>(runner, sql, [], { ahead: true })) if (n === 5) break;
      const failing = streamRows<{ n: number }>(
        runner,
        'select 1 / (n - 700) as n from generate_series(1, 1000) n',
        [],
        {
          ahead: true,
        },
      );
      const all = async (): Promise<void> => {
        for await (const row of failing) expect(row.n).toBeLessThanOrEqual(0);
      };
      await expect(all()).rejects.toThrow(/division by zero/);
      expect(await runner.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await runner.release();
    }
  });

  it('asks the server for no more than it is asked for', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.query('create temporary sequence touched');
      const rows = streamRows<{ n: string }>(runner, `select nextval('touched') as n from generate_series(1, 100000)`);
      for await (const row of rows) if (row.n === '5') break;
      const [seen] = await runner.manager.query<{ n: string }[]>('select last_value as n from touched');
      expect(Number(seen?.n)).toBeLessThan(1000);
      expect(await runner.query('select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await runner.release();
    }
  });

  it('leaves a transaction as it was, also beside other statements of its runner', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      let rows = 0;
      for await (const row of streamRows<{ n: number }>(runner, 'select n from generate_series(1, 1200) n')) {
        if (row.n % 400 === 0) await runner.query('create temporary table if not exists beside ()');
        rows++;
      }
      expect(rows).toBe(1200);
      expect(await runner.query('select name from pg_cursors')).toEqual([]);
      expect(runner.isTransactionActive).toBe(true);
      await runner.commitTransaction();
      for await (const row of streamRows(runner, 'select count(*)::int as n from beside'))
        expect(row).toEqual({ n: 0 });
      expect(runner.isTransactionActive).toBe(false);
    } finally {
      await runner.release();
    }
  });

  it('sees the snapshot of its transaction', async () => {
    const runner = database.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      const first = await runner.manager.query<unknown[]>('select name from organization');
      await database.dataSource.query(`insert into organization (name) values ('later')`);
      const rows: unknown[] = [];
      for await (const row of streamRows(runner, 'select name from organization')) rows.push(row);
      expect(rows).toEqual(first);
      await runner.commitTransaction();
    } finally {
      await runner.release();
    }
  });

  it.each([
    ['at once', 'select * from no_such_table'],
    ['in the middle', 'select 1 / (500 - n) from generate_series(1, 1000) n'],
  ])('fails with an error of the query %s', async (_, sql) => {
    const runner = database.dataSource.createQueryRunner();
    try {
      const read = async (): Promise<void> => {
        for await (const row of streamRows(runner, sql)) expect(row).toBeDefined();
      };
      await expect(read()).rejects.toThrow(/no_such_table|division by zero/);
    } finally {
      await runner.release();
    }
  });

  it('fails when the connection breaks', async () => {
    const runner = database.dataSource.createQueryRunner();
    const [own] = await runner.manager.query<{ pid: number }[]>('select pg_backend_pid() as pid');
    const read = async (): Promise<void> => {
      for await (const row of streamRows<{ n: number }>(runner, 'select n from generate_series(1, 1000000) n')) {
        if (row.n === 250) await breakConnection(own?.pid);
      }
    };
    // Which sentence it is depends on what arrives first: the farewell, or the end of the connection.
    await expect(read()).rejects.toThrow(Error);
    await runner.release();
    expect(await database.dataSource.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('withAdvisoryLock', () => {
  it('does the work, and lets go afterwards', async () => {
    expect(await lock('nightly', () => Promise.resolve('done'))).toBe('done');
    expect(await holderOf()).toBeUndefined();
    expect(await lock('nightly', () => Promise.resolve('again'))).toBe('again');
  });

  it('keeps others of the same name out, and only those', async () => {
    const inside = await lock('nightly', async () => [
      await lock('nightly', () => Promise.resolve('second')),
      await lock('import', () => Promise.resolve('other')),
    ]);
    expect(inside).toEqual(['held elsewhere', 'other']);
  });

  it('lets go when the work fails', async () => {
    await expect(lock('nightly', () => Promise.reject(new Error('work broke')))).rejects.toThrow('work broke');
    expect(await lock('nightly', () => Promise.resolve('free'))).toBe('free');
  });

  it('tells the work when it is lost, and does not call it done', async () => {
    let told = false;
    const working = lock('nightly', async (lost) => {
      const aborted = new Promise<void>((resolve) => lost.addEventListener('abort', () => resolve()));
      await breakConnection(await holderOf());
      await aborted;
      told = lost.aborted;
      return 'done';
    });
    await expect(working).rejects.toThrow(/lock "nightly" broke/);
    expect(told).toBe(true);
    // The server lets go of the lock when it has noticed, too.
    await expect.poll(() => lock('nightly', () => Promise.resolve('free'))).toBe('free');
  });
});
