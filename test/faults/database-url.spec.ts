import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { startEmbedded } from '../../src/database/embedded/start-embedded.js';
import { isMistake } from '../../src/database/mistake.js';
import { openDatabase } from '../../src/database/open-database.js';
import { temporaryFolder } from '../support/database-process.js';
import { administer, emptyTestDatabase, type TestDatabase } from '../support/database.js';

const secret = 'p4ss-w0rd';
const cleanUp: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each();
});

/** The sentence; fails if the database could be opened. */
async function mistakeOf(databaseUrl: string): Promise<string> {
  const opened = await openDatabase({ databaseUrl, dataDir: '/nowhere' }, [], () => undefined);
  if ('mistake' in opened) return opened.mistake;
  await opened.close();
  return 'it was opened';
}

function changed(
  url: string,
  change: { username?: string; password?: string; pathname?: string; port?: string },
): string {
  return Object.assign(new URL(url), change).href;
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await emptyTestDatabase();
  cleanUp.push(() => database.drop());
  return database;
}

async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `postgres://user:${secret}@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/db`;
}

describe('a DATABASE_URL that cannot be used gets one sentence', () => {
  it.each([
    ['nonsense', /DATABASE_URL is not the address of a PostgreSQL database\. Expected: postgres:/],
    ['', /DATABASE_URL is not the address/],
    [`mysql://user:${secret}@localhost/db`, /DATABASE_URL is not the address/],
    [`postgres://user:${secret}@127.0.0.1:1/db`, /127\.0\.0\.1:1\/db cannot be used: nothing listens there/],
    [`postgres://user:${secret}@no-such-host.invalid/db`, /there is no host of that name/],
    [
      `postgres://user:${secret}@127.0.0.1:1/db?sslmode=verify-full&sslrootcert=/no/such/file`,
      /parameter that cannot be used.*ENOENT/,
    ],
  ])('%s', async (url, sentence) => {
    const mistake = await mistakeOf(url);
    expect(mistake).toMatch(sentence);
    expect(mistake).not.toContain(secret);
    expect(mistake).not.toMatch(/\n/);
  });

  it('wrong password, and a user that does not exist', async () => {
    // The server of the suite may be one that trusts everybody on this machine; the embedded one asks.
    const folder = temporaryFolder();
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startEmbedded(join(folder, 'data'), () => undefined);
    if (isMistake(server)) throw new Error(server.mistake);
    cleanUp.push(() => server.release());
    expect(await mistakeOf(changed(server.url, { password: secret }))).toMatch(
      /does not accept the user name and password/,
    );
    const mistake = await mistakeOf(changed(server.url, { username: 'nobody_at_all', password: secret }));
    expect(mistake).toMatch(/does not accept the user name and password/);
    expect(mistake).not.toContain(secret);
  });

  it('a database that does not exist', async () => {
    expect(await mistakeOf(changed(inject('adminUrl'), { pathname: '/no_such_database' }))).toMatch(
      /\/no_such_database cannot be used: there is no database of that name/,
    );
  });

  it('a user who may not make tables', async () => {
    const database = await emptyDatabase();
    const role = `hubwarden_poor_${randomBytes(4).toString('hex')}`;
    await administer(`create role ${role} login password '${secret}'`);
    cleanUp.splice(0, 0, () => administer(`drop role ${role}`));
    const url = changed(database.url, { username: role, password: secret });
    expect(await mistakeOf(url)).toBe(
      `The database user "${role}" may not create tables in the schema "public". Grant it: grant create, usage on schema public to "${role}";`,
    );
    await database.dataSource.query(`alter role ${role} set search_path = nowhere`);
    expect(await mistakeOf(url)).toMatch(/in any schema of its search_path/);
  });

  it('a user who may only read and write what an administrator has migrated can work', async () => {
    const database = await emptyDatabase();
    const opened = await openDatabase({ databaseUrl: database.url, dataDir: '/nowhere' }, [], () => undefined);
    if ('mistake' in opened) throw new Error(opened.mistake);
    await opened.close();
    const role = `hubwarden_poor_${randomBytes(4).toString('hex')}`;
    await administer(`create role ${role} login password '${secret}'`);
    cleanUp.splice(0, 0, () => administer(`drop role ${role}`));
    const url = changed(database.url, { username: role, password: secret });
    expect(await mistakeOf(url)).toMatch(/may not do what the migrations need: permission denied for table migration/);
    await database.dataSource.query(`grant select on migration to ${role}`);
    expect(await mistakeOf(url)).toBe('it was opened');
  });

  it('a database that can only be read, and one of another encoding', async () => {
    const database = await emptyDatabase();
    const name = new URL(database.url).pathname.slice(1);
    await administer(`alter database ${name} set default_transaction_read_only = on`);
    expect(await mistakeOf(database.url)).toMatch(/can only be read/);
    const ascii = `${name}_ascii`;
    await administer(
      `create database ${ascii} template template0 encoding 'SQL_ASCII' locale_provider libc locale 'C'`,
    );
    cleanUp.push(() => administer(`drop database ${ascii}`));
    expect(await mistakeOf(changed(database.url, { pathname: `/${ascii}` }))).toMatch(
      /encoding SQL_ASCII; Hubwarden needs UTF8/,
    );
  });

  it('a server of an older major version', async () => {
    expect(await mistakeOf(await listen(answerAsPostgres14))).toMatch(
      /is PostgreSQL 14; Hubwarden needs PostgreSQL 15 or later/,
    );
  });

  it('a program that is not PostgreSQL', async () => {
    const url = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const mistake = await mistakeOf(url);
    expect(mistake).toMatch(/cannot be used: /);
    expect(mistake).not.toContain(secret);
  });

  it('a server that does not answer', async () => {
    expect(await mistakeOf(await listen(() => undefined))).toMatch(/no answer within 10 seconds/);
  });
});

/** Just enough of the protocol to say "14": everybody is let in, and every query has the same row. */
function answerAsPostgres14(socket: Socket): void {
  const ready = message('Z', Buffer.from('I'));
  const row = { version: ['140022', 23], encoding: ['UTF8', 25], readonly: ['f', 16] } as const;
  const described = Object.entries(row).map(([name, [, type]]) =>
    Buffer.concat([Buffer.from(`${name}\0`), long(0), short(0), long(type), short(65535), long(-1), short(0)]),
  );
  const values = Object.values(row).map(([value]) => Buffer.concat([long(value.length), Buffer.from(value)]));
  let greeted = false;
  socket.on('data', (data) => {
    if (!greeted) {
      greeted = true;
      socket.write(Buffer.concat([message('R', long(0)), ready]));
    } else if (String.fromCharCode(data[0] ?? 0) === 'Q') {
      socket.write(
        Buffer.concat([
          message('T', Buffer.concat([short(described.length), ...described])),
          message('D', Buffer.concat([short(values.length), ...values])),
          message('C', Buffer.from('SELECT 1\0')),
          ready,
        ]),
      );
    } else {
      socket.end();
    }
  });
}

function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5, kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function short(n: number): Buffer {
  return Buffer.from([n >> 8, n & 255]);
}

function long(n: number): Buffer {
  return Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
}
