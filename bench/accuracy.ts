import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Pack } from './accuracy/pack-process.js';
import { Tally } from './accuracy/tally.js';

/**
 * Judges invented companies with the traps of real life, three nights each, and compares every verdict with what an oracle works
 * out from the truth that they were invented from. `npm run bench:accuracy -- --companies 10000 --seed 1`; exit status 1 where a
 * leaver was missed or a verdict is wrong.
 */
const { values } = parseArgs({
  options: { companies: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const wanted = Number(values.companies);
const seed = Number(values.seed);
if (!Number.isInteger(wanted) || wanted < 1 || !Number.isInteger(seed)) {
  console.error('--companies and --seed have to be whole numbers, the first of them 1 or more');
  process.exit(2);
}

const packSize = 100;
const packs: Pack[] = [];
for (let first = 0; first < wanted; first += packSize) {
  packs.push({ seed, first, size: Math.min(packSize, wanted - first) });
}
const tally = new Tally();
const started = performance.now();
await Promise.all(Array.from({ length: Math.min(packs.length, availableParallelism()) }, work));
for (const line of tally.lines) console.log(line);
for (const example of tally.examples) console.log(`  ${example}`);
const wrong = [...tally.checks.values()].reduce((sum, one) => sum + one.wrong, 0);
process.exitCode = wrong === 0 && tally.leavers.missed === 0 ? 0 : 1;

/** One process of its own for each processor: a pack is judged by the one and awaited in the database by turns. */
async function work(): Promise<void> {
  const child = fork(fileURLToPath(new URL('accuracy/pack-process.js', import.meta.url)), {
    serialization: 'advanced',
  });
  for (let pack = packs.shift(); pack !== undefined; pack = packs.shift()) {
    tally.add(await judgedBy(child, pack));
    const minutes = (performance.now() - started) / 60_000;
    const left = (minutes / tally.companies) * (wanted - tally.companies);
    console.error(
      `${tally.companies} of ${wanted} companies, ${minutes.toFixed(1)} min, about ${left.toFixed(1)} min left`,
    );
  }
  child.disconnect();
}

async function judgedBy(child: ChildProcess, pack: Pack): Promise<Tally> {
  child.send(pack);
  const stop = new AbortController();
  const died = once(child, 'exit', { signal: stop.signal }).then(() => {
    throw new Error('the process that judges ended');
  });
  try {
    const [said]: Tally[] = await Promise.race([once(child, 'message', { signal: stop.signal }), died]);
    if (said === undefined) throw new Error('it said nothing');
    return said;
  } finally {
    stop.abort();
    died.catch(() => undefined);
  }
}
