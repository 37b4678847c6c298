import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { serverAccount } from '../../src/database/embedded/account.js';
import { isMistake } from '../../src/database/mistake.js';
import { buildProgram, DatabaseProcess, processesIn, temporaryFolder, until } from '../support/database-process.js';

/** As the server's user: only the processes of its own user keep PostgreSQL from replacing a lock file. */
function spawnAsServer(script: string): ChildProcess {
  const account = serverAccount();
  if (isMistake(account)) throw new Error(account.mistake);
  return spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
}

describe('a lock file that no running server of this directory wrote', () => {
  let folder: string;
  let dataDir: string;
  let lockFile: string;
  const processes: DatabaseProcess[] = [];
  const others: ChildProcess[] = [];
  beforeAll(async () => {
    folder = temporaryFolder();
    buildProgram(join(folder, 'program'));
    dataDir = join(folder, 'data');
    lockFile = join(dataDir, 'postgres/data/postmaster.pid');
    const first = start();
    await first.opened;
    await first.query(`insert into organization (name) values ('acme')`);
    await first.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const each of others.splice(0)) each.kill('SIGKILL');
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    await until(() => processesIn(folder).length === 0, 'no process is left');
  });
  const start = (name = 'data'): DatabaseProcess => {
    const started = DatabaseProcess.start(join(folder, 'program'), { dataDir: join(folder, name) });
    processes.push(started);
    return started;
  };
  const writeLockFile = (pid: number, port: number): void =>
    writeFileSync(
      lockFile,
      `${pid}\n${join(dataDir, 'postgres/data')}\n1700000000\n${port}\n\n127.0.0.1\n  123456     7890\nready   \n`,
    );
  /** What a process finds that opens the database now. */
  const rows = async (): Promise<unknown> => {
    const process = start();
    const { mistake } = await process.opened;
    if (mistake) return mistake;
    const found = await process.query('select name from organization');
    await process.close();
    return found;
  };

  it('is ignored when its process is gone', async () => {
    const gone = spawnAsServer('exit 0');
    await once(gone, 'exit');
    writeLockFile(gone.pid ?? 0, 1);
    expect(await rows()).toEqual([{ name: 'acme' }]);
  });

  it('is ignored when its number now belongs to another program', async () => {
    const other = spawnAsServer('exec sleep 60');
    others.push(other);
    writeLockFile(other.pid ?? 0, 1);
    expect(await rows()).toEqual([{ name: 'acme' }]);
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it('is ignored when its process is dead and was never waited for', async () => {
    const parent = spawnAsServer('sleep 0 & echo $!; exec sleep 60');
    others.push(parent);
    const [line]: unknown[] = await once(parent.stdout ?? parent, 'data');
    writeLockFile(Number(String(line)), 1);
    expect(await rows()).toEqual([{ name: 'acme' }]);
  });

  it.each(['', 'nonsense\n', '0\n'])('is ignored when it reads %j', async (content) => {
    writeFileSync(lockFile, content);
    expect(await rows()).toEqual([{ name: 'acme' }]);
  });

  it('is ignored when it came from another directory whose server runs', async () => {
    const other = start('other');
    const { port } = await other.opened;
    writeFileSync(lockFile, readFileSync(join(folder, 'other/postgres/data/postmaster.pid')));
    const process = start();
    const opened = await process.opened;
    expect(opened.port).not.toBe(port);
    expect(await process.query('select name from organization')).toEqual([{ name: 'acme' }]);
    expect(await other.query('select name from organization')).toEqual([]);
    await Promise.all([process.close(), other.close()]);
  });

  it('is not believed when the server of a copy of the directory answers at its port, with the same password', async () => {
    spawnSync('cp', ['-a', dataDir, join(folder, 'twin')]);
    const twin = start('twin');
    const { port } = await twin.opened;
    await twin.query(`insert into organization (name) values ('twin only')`);
    const other = spawnAsServer('exec sleep 60');
    others.push(other);
    writeLockFile(other.pid ?? 0, port ?? 0);
    expect(await rows()).toEqual([{ name: 'acme' }]);
    await twin.close();
  });

  it('is not believed when another PostgreSQL server answers at its port', async () => {
    const other = spawnAsServer('exec sleep 60');
    others.push(other);
    writeLockFile(other.pid ?? 0, Number(new URL(inject('adminUrl')).port || 5432));
    expect(await rows()).toEqual([{ name: 'acme' }]);
  });

  it('is not believed when a program at its port takes connections and says nothing', async () => {
    const other = spawnAsServer('exec sleep 60');
    others.push(other);
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    writeLockFile(other.pid ?? 0, typeof address === 'object' && address ? address.port : 0);
    expect(await rows()).toEqual([{ name: 'acme' }]);
    silent.close();
  });
});
