import { parseArgs } from 'node:util';
import { syntheticCompany } from './accuracy/company.js';
import { judgePack } from './accuracy/judge-pack.js';
import { Random } from './accuracy/random.js';
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

const packSize = 250;
const tally = new Tally();
const started = performance.now();
for (let first = 0; first < wanted; first += packSize) {
  const size = Math.min(packSize, wanted - first);
  const companies = Array.from({ length: size }, (_, place) => {
    const index = first + place;
    return syntheticCompany(new Random(seed * 1_000_003 + index), index);
  });
  tally.count(companies, await judgePack(companies));
  const minutes = (performance.now() - started) / 60_000;
  console.error(
    `${tally.companies} of ${wanted} companies, ${minutes.toFixed(1)} min, about ${((minutes / tally.companies) * (wanted - tally.companies)).toFixed(1)} min left`,
  );
}
for (const line of tally.lines) console.log(line);
for (const example of tally.examples) console.log(`  ${example}`);
const wrong = [...tally.checks.values()].reduce((sum, one) => sum + one.wrong, 0);
process.exitCode = wrong === 0 && tally.leavers.missed === 0 ? 0 : 1;
