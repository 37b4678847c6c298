import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { DataSource } from 'typeorm';
import { isMistake } from '../src/database/mistake.js';
import { openDatabase } from '../src/database/open-database.js';
import { entities } from '../src/entities.js';
import { tell, type Measure } from './measures.js';

/**
 * What a roster of a million rows costs: read, judged and stored for the first time, with 1 in 20 people changed, and unchanged,
 * each beside csv-parse reading the same file plus COPY of the same file into a table of texts; and the memory of the process
 * that imports it. `node dist/bench/roster.js [--rows 1000000] [--repetitions 2]`.
 */
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, repetitions: { type: 'string', default: '2' } },
});
const rows = Number(values.rows);
const repetitions = Number(values.repetitions);
const fewRows = Math.ceil(rows / 10);

const folder = await mkdtemp(join(tmpdir(), 'hubwarden-bench-'));
await chmod(folder, 0o711);
const run = promisify(execFile);

interface Work {
  readonly ms: number;
  readonly mb: number;
  readonly outcome: string;
}

const database = await openDatabase({ databaseUrl: null, dataDir: join(folder, 'data') }, entities, console.error);
if (isMistake(database)) throw new Error(database.mistake);
try {
  tell(await measure(database.dataSource, database.url));
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(dataSource: DataSource, url: string): Promise<Measure[]> {
  const [few, first, next] = [join(folder, 'few.csv'), join(folder, 'first.csv'), join(folder, 'next.csv')];
  await write(few, fewRows, 0);
  await write(first, rows, 0);
  await write(next, rows, 20);
  const work = async (what: 'import' | 'parse' | 'copy', file: string): Promise<Work> => {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'roster-process.js'), what, url, file]);
    const done: Work = JSON.parse(stdout);
    console.error(
      `${what} ${file.slice(folder.length + 1)}: ${done.outcome}, ${done.ms.toFixed(0)} ms, ${done.mb.toFixed(0)} MB`,
    );
    return done;
  };
  const imported = async (file: string, outcome: string): Promise<Work> => {
    const done = await work('import', file);
    if (done.outcome !== outcome) throw new Error(`The import of ${file} came to ${done.outcome}.`);
    return done;
  };
  const peer = async (file: string): Promise<number> => {
    const parsed = await work('parse', file);
    const copied = await work('copy', file);
    return (parsed.ms + copied.ms) / 1_000;
  };
  const forget = (): Promise<unknown> =>
    dataSource.query('truncate person, roster_candidate, roster_reading, roster, past_row restart identity cascade');

  const times = { peer: [] as number[], first: [] as number[], changed: [] as number[], unchanged: [] as number[] };
  const memory = { few: [] as number[], many: [] as number[] };
  for (let count = 0; count < repetitions; count++) {
    await forget();
    memory.few.push((await imported(few, 'accepted')).mb);
    await forget();
    times.peer.push(await peer(first));
    const one = await imported(first, 'accepted');
    // What any server does by itself within a minute, and what would otherwise hit the one or the other.
    await dataSource.query('vacuum analyze person');
    const two = await imported(next, 'accepted');
    const three = await imported(next, 'unchanged');
    times.peer.push(await peer(next));
    times.first.push(one.ms / 1_000);
    times.changed.push(two.ms / 1_000);
    times.unchanged.push(three.ms / 1_000);
    memory.many.push(Math.max(one.mb, two.mb));
  }
  const size = `${rows.toLocaleString('en')} rows`;
  const beside = { unit: 's', peer: 'csv-parse and COPY of the same file', against: times.peer } as const;
  return [
    { ...beside, name: `roster of ${size}, first import`, figures: times.first, goal: { atMost: 2 } },
    { ...beside, name: `roster of ${size}, 1 in 20 changed`, figures: times.changed, goal: { atMost: 2 } },
    { ...beside, name: `roster of ${size}, unchanged`, figures: times.unchanged, goal: { atMost: 0.1 } },
    {
      name: `peak memory of the import of ${size}`,
      unit: 'MB',
      figures: memory.many,
      peer: 'limit',
      against: [256],
      goal: { atMost: 1 },
    },
    {
      name: `peak memory of the import of ${size}`,
      unit: 'MB',
      figures: memory.many,
      peer: `${fewRows.toLocaleString('en')} rows`,
      against: memory.few,
      goal: { atMost: 1.2 },
    },
  ];
}

/** People as HR has them: a tenth has left, a few came back or have two addresses. Of `changedOf` people one has another job. */
async function write(file: string, people: number, changedOf: number): Promise<void> {
  const random = randomNumbers(7);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const stream = createWriteStream(file);
  let text =
    'employee_id,full_name,work_email,other_emails,status,start_date,end_date,department,job_title,manager_email,employment_type,docker_username\n';
  for (let number = 1; number <= people; number++) {
    const address = `person.${number}@acme.com`;
    const name = `${pick(['Anna', 'Jonas', 'Mia', 'Zoë', 'Omar', 'Chen', 'Priya', 'Noah'])} ${pick(['Müller', 'Okafor', 'Nguyen', 'Silva', 'Haddad', 'Larsen', 'Tanaka'])}`;
    const year = 2005 + Math.floor(random() * 20);
    const day = `${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}`;
    const gone = random() < 0.1;
    const title = pick(['Engineer', 'Senior Engineer', '"Manager, Platform"', 'Analyst', 'Account Executive']);
    const department = pick(['Engineering', 'Data', 'Sales', 'Finance', 'Support', 'Release']);
    const others = random() < 0.05 ? `p${number}@acme.io` : '';
    const username = random() < 0.5 ? `user${number}` : '';
    const moved = random() < 1 / 20 && changedOf > 0;
    const back = random() < 0.005;
    const rest = `${moved ? 'Platform' : department},${title},person.${1 + (number % 5_000)}@acme.com,employee,${username}\n`;
    if (back) text += `E-${number},${name},${address},,terminated,1999-01-01,2001-12-31,${rest}`;
    text += `E-${number},${name},${address},${others},${gone ? 'terminated' : 'active'},${year}-${day},${gone ? '2025-11-30' : ''},${rest}`;
    if (text.length < 1_000_000) continue;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
  }
  stream.end(text);
  await once(stream, 'finish');
}

/** The same numbers from 0 to 1 in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
