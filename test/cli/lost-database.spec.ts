import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type Server, type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { runCommand } from '../support/recorded-session.js';

let hub: RunningHub;
let database: TestDatabase;
let folder: string;
let files: DemoFiles;

beforeAll(async () => {
  const company = demoCompany(new Date().toISOString());
  hub = await startHub(company.world, { latencyMs: 100 });
  database = await testDatabase();
  folder = temporaryFolder();
  files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Something between the program and its database that can be switched off. */
class Gateway {
  readonly #open = new Set<Socket>();
  readonly #server: Server;

  constructor(target: URL) {
    this.#server = createServer((near) => {
      const far = connect(Number(target.port), target.hostname);
      for (const socket of [near, far]) {
        this.#open.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#open.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  }

  off(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }
}

test.each([1, 4, 8])(
  'a database that is lost after %d answers of Docker Hub is said to be, and the next run goes on',
  async (answers) => {
    const url = new URL(database.url);
    const gateway = new Gateway(new URL(database.url));
    url.port = String(await gateway.listen());
    url.hostname = '127.0.0.1';
    const args = ['check', '--config', files.configuration, '--format', 'json'];
    const variables = { DOCKERHUB_URL: hub.url, HUBWARDEN_DATA_DIR: join(folder, 'data') };
    const before = hub.requests.length;
    const running = runCommand(args, { ...variables, DATABASE_URL: url.href });
    const ended = running.then(() => true);
    while (hub.requests.length < before + answers)
      if (await Promise.race([ended, new Promise((done) => setTimeout(done, 5))])) break;
    gateway.off();
    const { status, out, err } = await running;
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(err).toContain(
      'hubwarden: the database could not be reached any more; once it can be, the next run goes on where this one was\n',
    );
    expect(err).not.toMatch(/ECONN|broke down/);
    expect((await runCommand(args, { ...variables, DATABASE_URL: database.url })).status).toBe(1);
  },
  60_000,
);
