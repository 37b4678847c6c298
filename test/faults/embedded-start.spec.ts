import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sharedBuffers } from '../../src/database/embedded/shared-buffers.js';
import {
  buildProgram,
  DatabaseProcess,
  processesIn,
  temporaryFolder,
  until,
  type ProcessOptions,
} from '../support/database-process.js';

describe('the embedded server', () => {
  let folder: string;
  let dataDir: string;
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
  const start = (options: ProcessOptions = {}): DatabaseProcess => {
    const started = DatabaseProcess.start(join(folder, 'program'), { dataDir, ...options });
    processes.push(started);
    return started;
  };

  it('begins with an empty folder, ends with its process, and finds its rows again', async () => {
    dataDir = join(folder, 'first');
    const cold = start();
    expect(await cold.opened).toMatchObject({
      migrated: expect.arrayContaining(['Inventory20261121080000']),
      lines: [],
    });
    await cold.query(`insert into organization (name) values ('acme')`);
    await cold.close();
    await until(() => processesIn(dataDir).length === 0, 'the server has ended');

    const warm = start();
    expect(await warm.opened).toMatchObject({ migrated: [], lines: [] });
    expect(await warm.query('select name from organization')).toEqual([{ name: 'acme' }]);
    expect(
      await warm.query(
        `select pg_size_bytes(current_setting('shared_buffers')) = pg_size_bytes('${sharedBuffers()}') as fits`,
      ),
    ).toEqual([{ fits: true }]);
    await warm.close();
    await until(() => processesIn(dataDir).length === 0, 'the server has ended');
  });

  it('is closed to other users and to the network, and orders texts alike everywhere', async () => {
    dataDir = join(folder, 'first');
    const process = start();
    const { url } = await process.opened;
    const mode = (path: string): string => (statSync(join(dataDir, 'postgres', path)).mode & 0o777).toString(8);
    expect([mode('.'), mode('data'), mode('password')]).toEqual(['700', '700', '600']);
    expect(url).toContain(readFileSync(join(dataDir, 'postgres/password'), 'utf8').trim());
    expect(
      await process.query(`
        select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets,
               current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
               current_setting('fsync') as fsync, current_setting('application_name') as name,
               (select string_agg(distinct auth_method, ',') from pg_hba_file_rules) as auth,
               (select datlocprovider::text || ' ' || datlocale from pg_database where datname = current_database()) as locale`),
    ).toEqual([
      {
        listen: '127.0.0.1',
        sockets: '',
        encoding: 'UTF8',
        zone: 'UTC',
        fsync: 'on',
        name: 'hubwarden',
        auth: 'scram-sha-256',
        locale: 'b C.UTF-8',
      },
    ]);
    await process.close();
  });

  it('is shared by processes that come later, and stays until the last of them has gone', async () => {
    dataDir = join(folder, 'shared');
    const first = start();
    const { port } = await first.opened;
    const second = start();
    expect(await second.opened).toMatchObject({ port, migrated: [] });
    await first.query(`insert into organization (name) values ('acme')`);
    await first.close();
    expect(await second.query('select name from organization')).toEqual([{ name: 'acme' }]);
    const third = start();
    expect(await third.opened).toMatchObject({ port });
    await second.close();
    expect(await third.query('select count(*)::int as n from organization')).toEqual([{ n: 1 }]);
    await third.close();
    await until(() => processesIn(dataDir).length === 0, 'the server has ended');
  });

  it('is one server and one database for three processes that start on an empty folder at once', async () => {
    dataDir = join(folder, 'race');
    const three = [start(), start(), start()];
    const opened = await Promise.all(three.map((each) => each.opened));
    expect(opened.map((each) => each.mistake)).toEqual([undefined, undefined, undefined]);
    expect(new Set(opened.map((each) => each.port)).size).toBe(1);
    expect(opened.filter((each) => each.migrated?.length)).toHaveLength(1);
    await Promise.all(three.map((each, n) => each.query(`insert into organization (name) values ('o${n}')`)));
    expect(await three[0]?.query('select count(*)::int as n from organization')).toEqual([{ n: 3 }]);
    await Promise.all(three.map((each) => each.close()));
    await until(() => processesIn(dataDir).length === 0, 'the server has ended');

    const again = [start(), start(), start()];
    const ports = await Promise.all(again.map(async (each) => (await each.opened).port));
    expect(new Set(ports).size).toBe(1);
    await Promise.all(again.map((each) => each.close()));
  });

  it('is another one for another data directory, also for a copy of the first', async () => {
    dataDir = join(folder, 'original');
    const original = start();
    const { port } = await original.opened;
    await original.query(`insert into organization (name) values ('acme')`);
    await original.query('checkpoint');
    // With a lock file in it that names the original's directory, process and port, and with the same password.
    copyWithOwners(dataDir, join(folder, 'copy'));
    const copy = start({ dataDir: join(folder, 'copy') });
    const opened = await copy.opened;
    expect(opened.mistake).toBeUndefined();
    expect(opened.port).not.toBe(port);
    await copy.query(`insert into organization (name) values ('copy only')`);
    expect(await original.query('select name from organization')).toEqual([{ name: 'acme' }]);
    const third = start({ dataDir: join(folder, 'another') });
    expect((await third.opened).port).not.toBe(port);
    expect(await third.query('select name from organization')).toEqual([]);
    await Promise.all([original.close(), copy.close(), third.close()]);
  });

  it('does not open the database of another major version', async () => {
    dataDir = join(folder, 'older');
    const made = start();
    await made.opened;
    await made.close();
    writeFileSync(join(dataDir, 'postgres/data/PG_VERSION'), '17\n');
    const { mistake } = await start().opened;
    expect(mistake).toMatch(/was made by PostgreSQL 17; this Hubwarden brings PostgreSQL 18/);
  });

  it('leaves alone what is not a database', async () => {
    dataDir = join(folder, 'something');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres/thesis.txt'), 'my only copy');
    const owned = start();
    expect((await owned.opened).mistake).toMatch(/^(.*is not empty and holds no database|.*belongs to root)/);
    expect(readFileSync(join(dataDir, 'postgres/thesis.txt'), 'utf8')).toBe('my only copy');
  });

  it('says so when the data directory cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { mistake } = await start({ dataDir: join(folder, 'file/inside') }).opened;
    expect(mistake).toMatch(/cannot be made .*HUBWARDEN_DATA_DIR/);
  });
});

function copyWithOwners(from: string, to: string): void {
  // Pipes and all; a file that the running server has just removed is not missed.
  spawnSync('cp', ['-a', from, to]);
}
