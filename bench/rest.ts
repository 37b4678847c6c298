import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { writeDemoFiles } from '../src/demo/demo-files.js';
import { startHub } from '../src/demo/hub.js';
import { largeWorld } from '../src/demo/large-world.js';
import { entities } from '../src/entities.js';
import { type Measure, median, tell } from './measures.js';

/**
 * How many findings lists a second `serve` answers to 32 connections, beside a bare server (bare-server.ts) that runs the same SQL;
 * and how far the slowest answers lie from the usual one. `node dist/bench/rest.js [--members N] [--seconds S] [--repetitions R]`.
 */
const { values } = parseArgs({
  options: { members: { type: 'string' }, seconds: { type: 'string' }, repetitions: { type: 'string' } },
});
const members = Number(values.members ?? 5_000);
const measuredMs = Number(values.seconds ?? 8) * 1_000;
const repetitions = Number(values.repetitions ?? 3);
const connections = 32;
const warmUpMs = 2_000;
const ours = 34_567;
const bare = 34_568;
const token = `hw_${Buffer.alloc(32, 3).toString('base64url')}`;
const programs = join(import.meta.dirname, '../src/cli');

interface Answered {
  /** Milliseconds of every request, the shortest first. */
  readonly times: readonly number[];
  readonly perSecond: number;
}

const company = largeWorld({
  members,
  teams: Math.ceil(members / 25),
  repositories: Math.ceil(members / 5),
  seed: 1,
  now: new Date().toISOString(),
});
const hub = await startHub(company.world, { rateLimit: 1_000_000 });
const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
const data = join(folder, 'data');
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const children: ChildProcess[] = [];
try {
  tell(await measure());
} finally {
  agent.destroy();
  for (const child of children.toReversed()) {
    const ended = once(child, 'exit');
    child.kill();
    if (child.exitCode === null) await ended;
  }
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<Measure[]> {
  const files = await writeDemoFiles(join(folder, 'files'), company, hub.url);
  const served = start([join(programs, 'hubwarden.js'), 'serve', '--config', files.configuration], {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DOCKERHUB_URL: hub.url,
    HUBWARDEN_DATA_DIR: data,
    HUBWARDEN_ADMIN_TOKEN: token,
    PORT: String(ours),
  });
  await until(served, 'the service is ready', async () => (await call(ours, 'GET', '/health/ready')).status === 200);
  const asked = await call(ours, 'POST', '/api/v1/evaluations');
  if (asked.status !== 202) throw new Error(`The evaluation was not taken: ${asked.status} ${asked.body}`);
  await until(served, 'the evaluation has ended', async () => {
    const { body } = await call(ours, 'GET', String(asked.location));
    if (body.includes('"state":"failed"')) throw new Error(body);
    return body.includes('"state":"finished"');
  });
  const database = await openDatabase({ databaseUrl: null, dataDir: data }, entities, () => undefined);
  if (isMistake(database)) throw new Error(database.mistake);
  const { url } = database;
  await database.dataSource.query('vacuum analyze');
  await database.close();
  const peer = start([join(import.meta.dirname, 'bare-server.js'), url, String(bare)], {});
  await until(peer, 'the bare server listens', async () => (await call(bare, 'GET', '/')).status === 200);

  const list: Answered[] = [];
  const beside: Answered[] = [];
  const overview: Answered[] = [];
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    // Whoever goes first meets another machine than whoever goes second.
    const inTurn = [
      async () => void beside.push(await load(bare, '/')),
      async () => void list.push(await load(ours, '/api/v1/findings')),
    ];
    for (const one of repetition % 2 === 0 ? inTurn.toReversed() : inTurn) await one();
    overview.push(await load(ours, '/api/v1/overview'));
    const [at, peers, over] = [list, beside, overview].map((all) => all.at(-1)?.perSecond.toFixed(0));
    process.stderr.write(`repetition ${repetition}: ${at} lists a second, bare ${peers}; ${over} overviews\n`);
  }
  return [
    {
      name: `findings list, ${connections} connections`,
      unit: 'requests a second',
      figures: list.map(({ perSecond }) => perSecond),
      peer: 'bare Node server, same SQL',
      against: beside.map(({ perSecond }) => perSecond),
      goal: { atLeast: 0.6 },
    },
    tail('findings list', list, { below: 10 }),
    {
      name: `overview, ${connections} connections`,
      unit: 'requests a second',
      figures: overview.map(({ perSecond }) => perSecond),
      peer: 'findings list',
      against: list.map(({ perSecond }) => perSecond),
      goal: null,
    },
    tail('overview', overview, { below: 10 }),
  ];
}

function tail(name: string, answered: readonly Answered[], goal: Measure['goal']): Measure {
  const at = (share: number): number[] => answered.map(({ times }) => times[Math.floor(times.length * share)] ?? 0);
  process.stderr.write(`${name}: p50 ${median(at(0.5)).toFixed(1)} ms, p99 ${median(at(0.99)).toFixed(1)} ms\n`);
  return { name: `p99 of the ${name}`, unit: 'ms', figures: at(0.99), peer: 'its p50', against: at(0.5), goal };
}

/** Each connection asks anew as soon as it is answered. */
async function load(port: number, path: string): Promise<Answered> {
  await askFor(port, path, warmUpMs);
  const started = performance.now();
  const times = await askFor(port, path, measuredMs);
  const perSecond = times.length / ((performance.now() - started) / 1_000);
  return { times: times.toSorted((one, other) => one - other), perSecond };
}

async function askFor(port: number, path: string, forMs: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + forMs;
  const askOn = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const { status } = await call(port, 'GET', path);
      if (status !== 200) throw new Error(`GET ${path} answers ${status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, askOn));
  return times;
}

async function call(
  port: number,
  method: string,
  path: string,
): Promise<{ status: number; location: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = request({ host: '127.0.0.1', port, method, path, agent, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          location: answer.headers.location,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** In another process, so that who asks and who answers do not share one. */
function start(program: readonly string[], variables: Readonly<Record<string, string>>): ChildProcess {
  const profiled = process.env['BENCH_PROFILE'];
  const child = spawn(
    process.execPath,
    [...(profiled === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiled}`]), ...program],
    { env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...variables }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  children.push(child);
  return child;
}

async function until(child: ChildProcess, what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let seconds = 0; seconds < 180; seconds += 0.25) {
    if (child.exitCode !== null) throw new Error(`It ended before ${what}.`);
    if (await isSo().catch((error: unknown) => refuseUnlessStarting(error))) return;
    await wait(250);
  }
  throw new Error(`It took too long until ${what}.`);
}

function refuseUnlessStarting(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return false;
  throw error;
}
