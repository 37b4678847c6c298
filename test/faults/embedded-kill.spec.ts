import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram, DatabaseProcess, processesIn, temporaryFolder, until } from '../support/database-process.js';

// The kills of these tests hit what they say they hit, at whatever moment it comes: there is nothing to simulate.
describe('the embedded server when processes are killed', () => {
  let folder: string;
  const processes: DatabaseProcess[] = [];
  beforeAll(() => {
    folder = temporaryFolder();
    buildProgram(join(folder, 'program'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    await until(() => processesIn(folder).length === 0, 'no process is left');
  });
  const start = async (name: string): Promise<DatabaseProcess> => {
    const started = DatabaseProcess.start(join(folder, 'program'), { dataDir: join(folder, name) });
    processes.push(started);
    expect(await started.opened).toMatchObject({ port: expect.any(Number) });
    return started;
  };
  const postmaster = (name: string): number =>
    Number(readFileSync(join(folder, name, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]);
  const serverEnds = (name: string): Promise<void> =>
    until(() => processesIn(join(folder, name)).length === 0, `the server of ${name} has ended`);

  it('keeps every committed row and leaves no server behind when its only process is killed', async () => {
    let known = 0;
    for (let round = 0; round < 3; round++) {
      const writer = await start('writer');
      const rest = await insertUntil(writer, 50 + 30 * round);
      await writer.kill();
      known += (await rest()).acknowledged;
      await serverEnds('writer');
    }
    const reader = await start('writer');
    const [row] = await reader.query('select count(*)::int as n from written');
    // A row may have been committed whose answer was still on its way.
    expect(row?.['n']).toBeGreaterThanOrEqual(known);
    expect(row?.['n']).toBeLessThanOrEqual(known + 3);
    await reader.close();
  });

  it('stays for the others when the process that started it is killed', async () => {
    const starter = await start('starter');
    const other = await start('starter');
    await starter.kill();
    await other.query('create table after_the_kill ()');
    const newcomer = await start('starter');
    await other.kill();
    expect(await newcomer.query('select count(*)::int as n from after_the_kill')).toEqual([{ n: 0 }]);
    await newcomer.kill();
    await serverEnds('starter');
  });

  it('keeps every committed row when the server itself is killed, and starts again at once', async () => {
    const writer = await start('server');
    const rest = await insertUntil(writer, 100);
    process.kill(postmaster('server'), 'SIGKILL');
    const { acknowledged, error } = await rest();
    // Told, not brought down.
    expect(error).not.toMatch(/^ended/);
    const reader = await start('server');
    const [row] = await reader.query('select count(*)::int as n from written');
    expect(row?.['n']).toBeGreaterThanOrEqual(acknowledged);
    expect(row?.['n']).toBeLessThanOrEqual(acknowledged + 1);
    await reader.close();
  });

  it('survives the kill of every process of the server', async () => {
    const writer = await start('everything');
    const rest = await insertUntil(writer, 100);
    for (const { pid } of processesIn(join(folder, 'everything'))) process.kill(pid, 'SIGKILL');
    const { acknowledged, error } = await rest();
    // Told, not brought down.
    expect(error).not.toMatch(/^ended/);
    const reader = await start('everything');
    const [row] = await reader.query('select count(*)::int as n from written');
    expect(row?.['n']).toBeGreaterThanOrEqual(acknowledged);
    await reader.close();
    await writer.kill();
    await serverEnds('everything');
  });

  it('is left running and is still stopped in the end when one of its watchers is killed', async () => {
    const holder = await start('watcher');
    const watchers = processesIn(join(folder, 'watcher')).filter(({ command }) => command.startsWith('sh '));
    expect(watchers).toHaveLength(2);
    process.kill(watchers[0]?.pid ?? 0, 'SIGKILL');
    expect(await holder.query('select 1 as one')).toEqual([{ one: 1 }]);
    await holder.kill();
    await serverEnds('watcher');
  });

  const killWatchers = (name: string): void => {
    for (const { pid, command } of processesIn(join(folder, name))) {
      if (command.startsWith('sh ')) process.kill(pid, 'SIGKILL');
    }
  };

  it('gets new watchers from the next process when all of them were killed', async () => {
    const first = await start('unwatched');
    killWatchers('unwatched');
    const second = await start('unwatched');
    await second.close();
    // Still there for the first one, whose hold the new watchers count as well.
    expect(await first.query('select 1 as one')).toEqual([{ one: 1 }]);
    await first.kill();
    await serverEnds('unwatched');
  });

  it('is stopped by the last process when all watchers were killed', async () => {
    const first = await start('unwatched');
    const second = await start('unwatched');
    killWatchers('unwatched');
    await first.close();
    expect(await second.query('select 1 as one')).toEqual([{ one: 1 }]);
    await second.close();
    await serverEnds('unwatched');
  });

  it('does not hear Ctrl-C', async () => {
    const holder = await start('interrupted');
    holder.interruptGroup();
    expect(await holder.next()).toEqual({ signal: 'SIGINT' });
    expect(await holder.query('select 1 as one')).toEqual([{ one: 1 }]);
    await holder.close();
  });

  it('ends with a process that is killed while it is still starting it', async () => {
    for (const delay of [0, 20, 60, 120, 200, 250, 300, 350, 400, 500, 700]) {
      const starting = DatabaseProcess.start(join(folder, 'program'), { dataDir: join(folder, 'early') });
      processes.push(starting);
      await new Promise((resolve) => setTimeout(resolve, delay));
      await starting.kill();
    }
    await serverEnds('early');
    const reader = await start('early');
    expect(await reader.query('select count(*)::int as n from organization')).toEqual([{ n: 0 }]);
    await reader.close();
  });
});

/**
 * Lets the process insert, and returns once `count` rows are in. What is returned then waits for the end of the inserting
 * and says how many rows the process was told are committed, and what ended it.
 */
async function insertUntil(
  writer: DatabaseProcess,
  count: number,
): Promise<() => Promise<{ acknowledged: number; error: string }>> {
  await writer.query('create table if not exists written (n int)');
  writer.insertForEver();
  let acknowledged = 0;
  while (acknowledged < count) acknowledged = (await writer.next()).inserted ?? 0;
  return async () => {
    for (;;) {
      const { inserted, error } = await writer.next();
      if (error) return { acknowledged, error };
      acknowledged = inserted ?? acknowledged;
    }
  };
}
