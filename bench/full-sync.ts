import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadConfiguration } from '../src/config/load-configuration.js';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { largeWorld } from '../src/demo/large-world.js';
import type { HubOrganization } from '../src/demo/world.js';
import { DockerHub } from '../src/dockerhub/docker-hub.js';
import { entities } from '../src/entities.js';
import { HubSync } from '../src/inventory/hub-sync.js';

/**
 * A full sync of one organization against the simulated Docker Hub: its requests beside the fewest that could do, and its
 * time beside those requests at the latency that every answer has. Run it with `npm run bench`.
 */
const size = { members: 5_000, teams: 200, repositories: 1_000 };
const latencyMs = 50;
/** What the client allows itself once the rate headers say that there is room. */
const parallelism = 24;

const now = new Date().toISOString();
const company = largeWorld({ ...size, seed: 1, now });
const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
// In a process of its own, as the real one is: what it costs is not what the sync costs.
const hub = spawn(
  process.execPath,
  [
    join(import.meta.dirname, '../src/demo/hub-process.js'),
    '--world=large',
    `--now=${now}`,
    `--files=${join(folder, 'files')}`,
    `--latency=${latencyMs}`,
    '--rate-limit=1000000',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [line] = await once(createInterface(hub.stdout), 'line');
  const { url, files }: { url: string; files: { configuration: string } } = JSON.parse(String(line));
  const requestsSoFar = async (): Promise<number> => {
    const answer = await fetch(`${url}/simulator/requests`);
    return JSON.parse(await answer.text()).count;
  };
  const loaded = await loadConfiguration(files.configuration, { variables: {} });
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  const database = await openDatabase({ databaseUrl: null, dataDir: join(folder, 'data') }, entities, console.error);
  if (isMistake(database)) throw new Error(database.mistake);
  try {
    for (const night of ['first night', 'quiet night']) {
      for (const organization of loaded.configuration.organizations) {
        const before = await requestsSoFar();
        const started = performance.now();
        const deadline = Date.now() + 600_000;
        const client = new DockerHub({ hubUrl: url, deadline, fingerprintKey: Buffer.alloc(32) });
        const outcome = await new HubSync(database.dataSource).sync(
          organization.name,
          client.organization(organization),
          {
            now,
            machineNow: Date.now,
            deadline,
          },
        );
        client.close();
        if (outcome.state !== 'sealed') throw new Error(`The sync ended as ${outcome.state}.`);
        const seconds = (performance.now() - started) / 1000;
        const requests = (await requestsSoFar()) - before;
        const floor = floorOf(
          company.world.organizations.find(({ name }) => name === organization.name),
          client.budget.length,
        );
        const ideal = (floor * latencyMs) / parallelism / 1000;
        console.log(
          `${night}: ${requests} requests, floor ${floor} (${(requests / floor).toFixed(3)}); ` +
            `${seconds.toFixed(1)} s, ${ideal.toFixed(1)} s at ${latencyMs} ms and ${parallelism} in parallel (${(seconds / ideal).toFixed(2)})`,
        );
      }
    }
  } finally {
    await database.close();
  }
} finally {
  hub.kill();
  await rm(folder, { recursive: true, force: true });
}

/** Pages of 100 of every listing, one request for each repository's permissions and each token, one sign-in a credential. */
function floorOf(organization: HubOrganization | undefined, signIns: number): number {
  if (organization === undefined) throw new Error('There is no such organization.');
  const { members, teams, repositories, tokens, scim } = organization;
  const pages = [members, teams, repositories, tokens, ...(scim === null ? [] : [scim.users])].map((rows) =>
    Math.max(1, Math.ceil(rows.length / 100)),
  );
  const single = ['invites', 'image access', 'registry access', 'audit log'].length;
  return pages.reduce((sum, count) => sum + count, 0) + single + repositories.length + tokens.length + signIns;
}
