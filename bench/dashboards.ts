import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeDemoFiles } from '../src/demo/demo-files.js';
import { startHub } from '../src/demo/hub.js';
import { largeWorld } from '../src/demo/large-world.js';

/** How long `GET /overview` and `GET /findings` take at 5 000 members with 32 connections. Run it with `npm run bench`. */
const connections = 32;
const warmUpMs = 2_000;
const measuredMs = 10_000;
const port = 34_567;
const token = `hw_${Buffer.alloc(32, 3).toString('base64url')}`;

const company = largeWorld({ members: 5_000, teams: 200, repositories: 1_000, seed: 1, now: new Date().toISOString() });
const hub = await startHub(company.world, { rateLimit: 1_000_000 });
const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
const files = await writeDemoFiles(join(folder, 'files'), company, hub.url);
const program = join(import.meta.dirname, '../src/cli/hubwarden.js');
const served = spawn(process.execPath, [program, 'serve', '--config', files.configuration], {
  env: {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DOCKERHUB_URL: hub.url,
    HUBWARDEN_DATA_DIR: join(folder, 'data'),
    HUBWARDEN_ADMIN_TOKEN: token,
    PORT: String(port),
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const agent = new Agent({ keepAlive: true, maxSockets: connections });
try {
  await until('the service is ready', async () => (await call('GET', '/health/ready')).status === 200);
  const asked = await call('POST', '/api/v1/evaluations');
  if (asked.status !== 202) throw new Error(`The evaluation was not taken: ${asked.status} ${asked.body}`);
  const evaluation = String(asked.location);
  await until('the evaluation has ended', async () => {
    const { body } = await call('GET', evaluation);
    if (body.includes('"state":"failed"')) throw new Error(body);
    return body.includes('"state":"finished"');
  });
  for (const path of ['/api/v1/overview', '/api/v1/findings', '/api/v1/findings?severity=critical&q=user']) {
    await load(path, warmUpMs);
    const times = (await load(path, measuredMs)).toSorted((one, other) => one - other);
    const at = (share: number): string => `${times[Math.floor(times.length * share)]?.toFixed(1)} ms`;
    const perSecond = (times.length / (measuredMs / 1000)).toFixed(0);
    console.log(
      `GET ${path}: p50 ${at(0.5)}, p99 ${at(0.99)}, ${perSecond} requests a second over ${connections} connections`,
    );
  }
} finally {
  agent.destroy();
  const ended = once(served, 'exit');
  served.kill();
  await ended;
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds of every request in so long a time, each connection asking anew as soon as it is answered. */
async function load(path: string, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + forMs;
  const askOn = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const { status } = await call('GET', path);
      if (status !== 200) throw new Error(`GET ${path} answers ${status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, askOn));
  return times;
}

async function call(
  method: string,
  path: string,
): Promise<{ status: number; location: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, method, path, agent, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let seconds = 0; seconds < 120; seconds += 0.25) {
    if (served.exitCode !== null) throw new Error(`The service ended before ${what}.`);
    if (await isSo().catch((error: unknown) => refuseUnlessStarting(error))) return;
    await wait(250);
  }
  throw new Error(`It took too long until ${what}.`);
}

function refuseUnlessStarting(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return false;
  throw error;
}
