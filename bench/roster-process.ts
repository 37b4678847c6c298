import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { Client } from 'pg';
import { from } from 'pg-copy-streams';
import type { RosterConfig } from '../src/config/configuration.js';
import { dataSourceFor } from '../src/database/data-source.js';
import { entities } from '../src/entities.js';
import { RosterImport } from '../src/roster/roster-import.js';

/**
 * One piece of work of `bench/roster.ts` in a process of its own, so that nothing else is in its memory:
 * `node roster-process.js import|parse|copy URL FILE`. Answers with one line: how long it took, its peak of memory, the outcome.
 */
const [work, url = '', file = ''] = process.argv.slice(2);

const config: RosterConfig = {
  source: file,
  headers: {},
  format: 'csv',
  timeZone: 'Europe/Berlin',
  dateFormat: null,
  columns: {},
  statuses: {},
  currentStaffOnly: false,
  maxAge: '8d',
  maxAgeMs: 691_200_000,
};

async function importIt(): Promise<{ ms: number; outcome: string }> {
  const dataSource = dataSourceFor(url, entities, { ssl: false });
  await dataSource.initialize();
  try {
    const started = performance.now();
    const { outcome } = await new RosterImport(dataSource).import(
      config,
      new Date().toISOString(),
      new AbortController().signal,
    );
    return { ms: performance.now() - started, outcome };
  } finally {
    await dataSource.destroy();
  }
}

async function parseIt(): Promise<{ ms: number; outcome: string }> {
  const started = performance.now();
  let rows = 0;
  for await (const _ of createReadStream(file).pipe(parse())) rows += 1;
  return { ms: performance.now() - started, outcome: `${rows} records` };
}

async function copyIt(): Promise<{ ms: number; outcome: string }> {
  const client = new Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const columns = 'abcdefghijkl'.split('').map((name) => `${name} text`);
    await client.query(`drop table if exists plain_roster; create table plain_roster (${columns.join(', ')})`);
    const started = performance.now();
    await pipeline(createReadStream(file), client.query(from('copy plain_roster from stdin (format csv, header)')));
    const ms = performance.now() - started;
    await client.query('drop table plain_roster');
    return { ms, outcome: 'copied' };
  } finally {
    await client.end();
  }
}

const result = await (work === 'import' ? importIt() : work === 'parse' ? parseIt() : copyIt());
process.stdout.write(`${JSON.stringify({ ...result, mb: process.resourceUsage().maxRSS / 1024 })}\n`);
