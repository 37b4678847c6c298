import { Command, InvalidArgumentError, Option } from 'commander';
import type { Company } from './company.js';
import { demoCompany } from './company.js';
import { writeDemoFiles } from './demo-files.js';
import { startHub } from './hub.js';
import { largeWorld } from './large-world.js';

interface Arguments {
  readonly port: number;
  readonly world: 'demo' | 'large';
  readonly files?: string;
  readonly latency: number;
  readonly rateLimit?: number;
  readonly tokenLife?: number;
  readonly now?: string;
}

const command = new Command('hub-process')
  .description(
    'A simulated Docker Hub on 127.0.0.1, until SIGTERM. Its first line of output is {"url": …, "files": …}.',
  )
  .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber, 0)
  .addOption(new Option('--world <name>', 'the company that it holds').choices(['demo', 'large']).default('demo'))
  .option('--files <directory>', 'write hubwarden.yaml and people.csv for that company into it')
  .option('--latency <milliseconds>', 'how much later every answer comes', wholeNumber, 0)
  .option('--rate-limit <number>', 'requests of one credential in a minute', wholeNumber)
  .option('--token-life <seconds>', 'life of a bearer', wholeNumber)
  .option('--now <instant>', 'the clock of the company, ISO 8601 (default: now)', instant)
  .addHelpText(
    'after',
    `
While it runs, at the url of its first line:
  GET  /simulator/requests?match=PART   what was asked; DELETE forgets it
  POST /simulator/faults                {"on": "/members?page=2", "answer": 500, "times": 3}; DELETE ends all faults
  POST /simulator/world                 {"op": "remove member", "organization": "acme", "username": "jonasreuter"}
  DELETE /simulator/tokens              every bearer issued so far is refused from now on
`,
  )
  .parse();

await run(command.opts<Arguments>());

async function run(given: Arguments): Promise<void> {
  const company = companyFor(given);
  const hub = await startHub(company.world, {
    port: given.port,
    latencyMs: given.latency,
    ...(given.rateLimit === undefined ? {} : { rateLimit: given.rateLimit }),
    ...(given.tokenLife === undefined ? {} : { tokenLifeSeconds: given.tokenLife }),
  });
  const files = given.files === undefined ? null : await writeDemoFiles(given.files, company, hub.url);
  process.stdout.write(`${JSON.stringify({ url: hub.url, files })}\n`);
  const stop = () => void hub.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function companyFor({ world, now = new Date().toISOString() }: Arguments): Company {
  if (world === 'demo') return demoCompany(now);
  return largeWorld({ members: 5_000, teams: 200, repositories: 1_000, seed: 1, now });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}

function instant(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('an instant is expected, for example 2026-11-21T02:00:00Z.');
  return new Date(at).toISOString();
}
