import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany } from '../support/company.js';
import { type WholeServer, wholeServer } from '../support/whole-server.js';

interface Described {
  readonly description?: string;
}

interface Operation {
  readonly parameters?: readonly (Described & { readonly name: string })[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, Described>>;
}

let company: JudgedCompany;
let server: WholeServer;
let operations: readonly (readonly [name: string, operation: Operation])[];

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany('2026-11-21T02:00:00.000Z'));
  const loaded = await loadConfiguration(company.files.configuration, { variables: {} });
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  server = await wholeServer(company.database, loaded.configuration);
  const { body } = await server.app.inject({ method: 'GET', url: '/api/openapi.json' });
  const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(body);
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
});
afterAll(async () => {
  await server.close();
  await company.stop();
});

describe('The description of the API', () => {
  it('says of every answer and every parameter what it is, once', () => {
    expect(operations.length).toBeGreaterThan(25);
    const found = operations.flatMap(([name, { parameters = [], responses }]) => [
      ...parameters.map((parameter) => [`${name} ${parameter.name}`, parameter.description] as const),
      ...Object.entries(responses).map(([status, { description }]) => [`${name} ${status}`, description] as const),
    ]);
    expect(found.filter(([, said]) => said === undefined || said === '' || said.includes('\n\n'))).toEqual([]);
  });

  it('has the answers to a body that cannot be read, wherever one may be sent', () => {
    const posts = operations.filter(([name]) => name.startsWith('post '));
    expect(posts.length).toBeGreaterThan(5);
    const wanted = ['400', '413', '415', '422'];
    expect(posts.map(([name, { responses }]) => [name, wanted.filter((status) => !(status in responses))])).toEqual(
      posts.map(([name]) => [name, []]),
    );
  });
});
