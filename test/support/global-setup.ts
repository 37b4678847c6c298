import { randomBytes } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { dataSourceFor } from '../../src/database/data-source.js';
import { serverAccount } from '../../src/database/embedded/account.js';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import { createCluster } from '../../src/database/embedded/create-cluster.js';
import { runCluster } from '../../src/database/embedded/run-cluster.js';
import { migrate } from '../../src/database/migrate.js';
import { isMistake, type Mistake } from '../../src/database/mistake.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** An administrator's connection to the server of this run. */
    readonly adminUrl: string;
    /** A migrated, empty database on it that can be cloned. */
    readonly templateDatabase: string;
  }
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const folderPrefix = 'hubwarden-test-';

/** One server per test run: thrown away afterwards, or the one of TEST_DATABASE_URL, of which only our databases are. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const server: Server = given ? { url: given, stop: () => Promise.resolve() } : await throwawayServer();
  const template = `hubwarden_template_${randomBytes(6).toString('hex')}`;
  try {
    await makeTemplate(server.url, template);
  } catch (error) {
    await dropTemplate(server.url, template);
    await server.stop();
    throw error;
  }
  project.provide('adminUrl', server.url);
  project.provide('templateDatabase', template);
  return async () => {
    if (given) await dropTemplate(server.url, template);
    await server.stop();
  };
}

/** Nothing on it survives a crash, which is what makes it fast. */
async function throwawayServer(): Promise<Server> {
  const account = orThrow(serverAccount());
  const parent = await realpath(roomyFolder());
  await removeAbandoned(parent);
  const folder = await mkdtemp(join(parent, folderPrefix));
  try {
    await writeFile(join(folder, 'owner'), String(process.pid));
    await chmod(folder, 0o711);
    const binaries = orThrow(await findBinaries(account, [folder]));
    const cluster = { root: join(folder, 'cluster'), account };
    orThrow(await createCluster(cluster, binaries, { durable: false }));
    const running = orThrow(
      await runCluster(cluster, binaries, {
        fsync: 'off',
        synchronous_commit: 'off',
        full_page_writes: 'off',
        autovacuum: 'off',
        max_connections: 300,
      }),
    );
    return {
      url: running.url,
      stop: async () => {
        await running.release();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function roomyFolder(): string {
  if (!existsSync('/dev/shm')) return tmpdir();
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize > 1.5 * 2 ** 30 ? '/dev/shm' : tmpdir();
}

/** Folders of runs that were killed. Their servers ended with them. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(folderPrefix)) continue;
    const owner = Number(await readFile(join(parent, name, 'owner'), 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await asAdministrator(adminUrl, `create database ${template} template template0 encoding 'UTF8' locale 'C'`);
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  const dataSource = await dataSourceFor(url.href, [], { poolSize: 2 }).initialize();
  try {
    orThrow(await migrate(dataSource));
  } finally {
    await dataSource.destroy();
  }
  // Nobody can be connected to it, which would keep it from being cloned.
  await asAdministrator(adminUrl, `alter database ${template} with is_template true allow_connections false`);
}

async function dropTemplate(adminUrl: string, template: string): Promise<void> {
  await asAdministrator(adminUrl, `alter database ${template} with is_template false`).catch(() => undefined);
  await asAdministrator(adminUrl, `drop database if exists ${template} with (force)`).catch(() => undefined);
}

async function asAdministrator(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function orThrow<Value>(value: Value | Mistake): Value {
  if (isMistake(value)) throw new Error(value.mistake);
  return value;
}
