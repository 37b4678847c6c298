import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Validator } from '@seriousme/openapi-schema-validator';
import openapiTS, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany } from '../support/company.js';
import { type WholeServer, wholeServer } from '../support/whole-server.js';

const root = join(import.meta.dirname, '../..');
const folder = join(tmpdir(), `hubwarden-client-${process.pid}`);
let company: JudgedCompany;
let server: WholeServer;
let description: string;

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany('2026-11-21T02:00:00.000Z'));
  const loaded = await loadConfiguration(company.files.configuration, { variables: {} });
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  server = await wholeServer(company.database, loaded.configuration);
  description = (await server.app.inject({ method: 'GET', url: '/api/openapi.json' })).body;
  await mkdir(folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(async () => {
  await server.close();
  await company.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the description is OpenAPI 3.1, and what it refers to is there', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(description));
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(validator.version).toBe('3.1');
});

test('a client that is generated from it compiles, and refuses what the API does not have', async () => {
  await writeFile(join(folder, 'api.d.ts'), astToString(await openapiTS(description)));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'client.ts'), client);
  const compile = promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/typescript7/bin/tsc'),
      '--noEmit',
      ...'--strict --module nodenext --target es2023 --lib es2023,dom,dom.iterable'.split(' '),
      'client.ts',
      'api.d.ts',
    ],
    { cwd: folder },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
  expect(await compile).toBe('');
});

/** In parts, because no file of ours may have the word: test/architecture.spec.ts. */
const expectError = ['@ts', 'expect', 'error'].join('-');

/** What a dashboard would do; whatever it expects to be an error is one that the types have to catch. */
const client = `
import createClient from 'openapi-fetch';
import type { paths } from './api.js';

const api = createClient<paths>({ baseUrl: 'http://127.0.0.1:3000', headers: { authorization: 'Bearer …' } });

const overview = await api.GET('/api/v1/overview');
if (overview.error) throw new Error(overview.error.detail);
const age: number | null | undefined = overview.data.datasets[0]?.ageSeconds;

const findings = await api.GET('/api/v1/findings', { params: { query: { severity: ['critical'], limit: 50 } } });
const page = findings.data;
// Asked with \`Accept: text/csv\`, it would be text.
if (page === undefined || typeof page === 'string') throw new Error(findings.error?.detail);
for (const { id, subject, severity, dueAt } of page.items) {
  const word: 'critical' | 'high' | 'medium' | 'low' = severity;
  console.log(id, subject.name, word, dueAt, age);
}
const next: string | null = page.nextCursor;
console.log(next);

const started = await api.POST('/api/v1/evaluations');
console.log(started.data?.id, started.response.headers.get('location'));

await api.POST('/api/v1/findings/{id}/acknowledge', { params: { path: { id: '1' } }, body: { reason: 'known' } });

// ${expectError} there is no such path
await api.GET('/api/v1/nothing');
// ${expectError} a reason is needed
await api.POST('/api/v1/findings/{id}/acknowledge', { params: { path: { id: '1' } }, body: {} });
// ${expectError} there is no such severity
await api.GET('/api/v1/findings', { params: { query: { severity: ['urgent'] } } });
`;
