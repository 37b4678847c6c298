import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tell } from './measures.js';

/**
 * How long somebody waits: for the first verdict of `hubwarden demo` in an empty directory, and for `hubwarden check --help`.
 * Both from the start of the process; the verdict is there with the first byte of the report, the help with the end of the
 * process. `node -e 0`, in turn with the help, says what of it is Node itself.
 */
const program = fileURLToPath(new URL('../src/cli/hubwarden.js', import.meta.url));
const repetitions = 7;

async function secondsOf(
  args: readonly string[],
  until: 'first byte' | 'exit',
  environment: object = {},
): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], ...environment },
  });
  const exit = once(child, 'exit');
  let answered: number | null = null;
  child.stdout.on('data', () => (answered ??= performance.now()));
  const [status] = await exit;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}.`);
  const ended = until === 'exit' ? performance.now() : answered;
  if (ended === null) throw new Error(`${args.join(' ')} wrote nothing.`);
  return (ended - began) / 1000;
}

async function demoSeconds(folder: string): Promise<number> {
  const data = join(folder, 'demo');
  await rm(data, { recursive: true, force: true });
  return secondsOf([program, 'demo'], 'first byte', { HUBWARDEN_DATA_DIR: data });
}

const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
try {
  // Whoever runs the server as root needs to get through.
  await chmod(folder, 0o711);
  // Once each unmeasured: what is read from the disk for the first time is the disk's.
  await demoSeconds(folder);
  await secondsOf([program, 'check', '--help'], 'exit');
  const demo: number[] = [];
  const help: number[] = [];
  const node: number[] = [];
  for (let turn = 1; turn <= repetitions; turn += 1) {
    demo.push(await demoSeconds(folder));
    help.push((await secondsOf([program, 'check', '--help'], 'exit')) * 1000);
    node.push((await secondsOf(['-e', '0'], 'exit')) * 1000);
    process.stderr.write(
      `start ${turn}/${repetitions}: demo ${demo.at(-1)?.toFixed(2)} s, help ${help.at(-1)?.toFixed(0)} ms, node ${node.at(-1)?.toFixed(0)} ms\n`,
    );
  }
  tell([
    {
      name: '`hubwarden demo` to the first verdict, empty directory',
      unit: 's',
      figures: demo,
      peer: 'limit',
      against: [5],
      goal: { atMost: 1 },
    },
    {
      name: '`hubwarden check --help`, warm',
      unit: 'ms',
      figures: help,
      peer: 'limit',
      against: [300],
      goal: { atMost: 1 },
    },
    { name: 'the same beside Node alone', unit: 'ms', figures: help, peer: '`node -e 0`', against: node, goal: null },
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}
