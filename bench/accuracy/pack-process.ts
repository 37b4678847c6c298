import { syntheticCompany } from './company.js';
import { judgePack } from './judge-pack.js';
import { Random } from './random.js';
import { Tally } from './tally.js';

/** Which companies: `size` of them from number `first` on, the same for the same seed whoever judges them. */
export interface Pack {
  readonly seed: number;
  readonly first: number;
  readonly size: number;
}

// Answers every pack with its tally, until nobody listens.
process.on('message', (pack: Pack) => {
  judge(pack).then(
    (tally) => process.send?.(tally),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function judge({ seed, first, size }: Pack): Promise<Tally> {
  const companies = Array.from({ length: size }, (_, place) => {
    const index = first + place;
    return syntheticCompany(new Random(seed * 1_000_003 + index), index);
  });
  const tally = new Tally();
  tally.count(companies, await judgePack(companies));
  return tally;
}
