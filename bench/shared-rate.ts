import { startHub } from '../src/demo/hub.js';
import { largeSecrets, largeWorld } from '../src/demo/large-world.js';
import type { HubOrganization } from '../src/demo/world.js';
import type { Measure } from './measures.js';
import { syncNight, withDatabase } from './sync-rig.js';

/** 180 requests, as Docker Hub was seen to allow in a minute; the minute is a tenth as long. */
const rateLimit = 180;
const rateWindowMs = 6_000;
const latencyMs = 50;
const names = ['north', 'south', 'west'];

/** Three organizations that share one owner's login, each read by a client of its own, as three processes would. */
export async function sharedRate(): Promise<Measure[]> {
  const now = new Date().toISOString();
  const { username: identifier, password: secret } = largeSecrets.owner;
  const hub = await startHub(
    { organizations: names.map((name, place) => organizationCalled(name, place, now)) },
    { rateLimit, rateWindowMs, latencyMs },
  );
  try {
    return await withDatabase(async (dataSource) => {
      const started = performance.now();
      const half = { byName: [] as number[] };
      const nights = await Promise.all(
        names.map(async (name) => {
          const night = await syncNight(dataSource, {
            hubUrl: hub.url,
            organization: { name, hub: null, owner: { identifier, secret }, scim: null },
            storedAs: name,
            now,
          });
          if (half.byName.length === 0) half.byName = names.map((one) => hub.count(`/${one}/`));
          return night;
        }),
      );
      const seconds = (performance.now() - started) / 1000;
      const requests = nights.reduce((sum, night) => sum + night.requests, 0);
      const ideal = (Math.ceil(requests / rateLimit) * rateWindowMs) / 1000;
      const what = `${rateLimit} requests in ${rateWindowMs / 1000} s`;
      return [
        {
          name: `sync: answers 429 to three clients with one credential, ${what}`,
          unit: 'answers',
          figures: [hub.requests.filter(({ status }) => status === 429).length],
          peer: 'one would be too many',
          against: [1],
          goal: { below: 1 },
        },
        {
          name: `sync: three organizations with one credential, ${what}`,
          unit: 's',
          figures: [seconds],
          peer: `the windows that ${requests} requests take`,
          against: [ideal],
          goal: null,
        },
        {
          name: 'sync: requests of the organization that had got least when the first was done',
          unit: 'requests',
          figures: [Math.min(...half.byName)],
          peer: 'of the one that had got most',
          against: [Math.max(...half.byName)],
          goal: null,
        },
      ];
    });
  } finally {
    await hub.stop();
  }
}

function organizationCalled(name: string, seed: number, now: string): HubOrganization {
  const [organization] = largeWorld({ members: 500, teams: 20, repositories: 150, seed, now }).world.organizations;
  if (organization === undefined) throw new Error('A large world has an organization.');
  organization.name = name;
  return organization;
}
