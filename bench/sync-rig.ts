import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { OrganizationConfig } from '../src/config/configuration.js';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { DockerHub } from '../src/dockerhub/docker-hub.js';
import { entities } from '../src/entities.js';
import { HubSync, type SyncOutcome } from '../src/inventory/hub-sync.js';
import { shareRates } from '../src/inventory/share-rates.js';

/** An embedded database of its own and a folder, until the work is done. */
export async function withDatabase<T>(work: (dataSource: DataSource, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
  await chmod(folder, 0o711);
  try {
    const opened = await openDatabase({ databaseUrl: null, dataDir: join(folder, 'data') }, entities, () => undefined);
    if (isMistake(opened)) throw new Error(opened.mistake);
    try {
      return await work(opened.dataSource, folder);
    } finally {
      await opened.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Night {
  readonly seconds: number;
  readonly requests: number;
  readonly signIns: number;
  readonly outcome: Extract<SyncOutcome, { state: 'sealed' }>;
}

/** One sync as a run does it, with a client of its own. `storedAs`: what the database calls the organization. */
export async function syncNight(
  dataSource: DataSource,
  given: {
    readonly hubUrl: string;
    readonly organization: OrganizationConfig;
    readonly storedAs: string;
    readonly now: string;
  },
): Promise<Night> {
  const { hubUrl, organization, storedAs, now } = given;
  const deadline = Date.now() + 600_000;
  const started = performance.now();
  const client = new DockerHub({
    hubUrl,
    deadline,
    fingerprintKey: Buffer.alloc(32),
    sharedBudget: shareRates(dataSource),
  });
  try {
    const outcome = await new HubSync(dataSource).sync(storedAs, client.organization(organization), {
      now,
      machineNow: Date.now,
      deadline,
    });
    const seconds = (performance.now() - started) / 1000;
    if (outcome.state !== 'sealed') throw new Error(`The sync ended as ${outcome.state}.`);
    const open = outcome.datasets.filter(({ status }) => status !== 'complete' && status !== 'not_configured');
    if (open.length > 0) throw new Error(`Not complete: ${JSON.stringify(open)}`);
    return { seconds, requests: client.requests, signIns: client.budget.length, outcome };
  } finally {
    client.close();
  }
}
