import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { type Role, roles } from '../../src/http/roles.js';
import { ConfigurationFile } from '../support/configuration-file.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { OpenApi } from '../support/described-answers.js';
import { type WholeServer, wholeServer } from '../support/whole-server.js';

type Who = 'anyone' | readonly Role[];
const readers: Who = ['admin', 'operator', 'auditor', 'reviewer'];
const workers: Who = ['admin', 'operator'];

/** Who may call what. A route without a row fails, and so does a row without a route. */
const table: Readonly<Record<string, Who>> = {
  'GET /health/live': 'anyone',
  'GET /health/ready': 'anyone',
  'GET /metrics': 'anyone',
  'GET /api/v1/overview': readers,
  'GET /api/v1/checks': readers,
  'GET /api/v1/checks/{id}': readers,
  'GET /api/v1/findings': readers,
  'GET /api/v1/findings/{id}': readers,
  'POST /api/v1/findings/{id}/acknowledge': ['admin', 'operator', 'reviewer'],
  'POST /api/v1/findings/{id}/exceptions': workers,
  'GET /api/v1/exceptions': readers,
  'POST /api/v1/exceptions': ['admin'],
  'GET /api/v1/exceptions/{id}': readers,
  'POST /api/v1/exceptions/{id}/approve': workers,
  'POST /api/v1/exceptions/{id}/refuse': workers,
  'POST /api/v1/exceptions/{id}/revoke': workers,
  'GET /api/v1/attestations': readers,
  'POST /api/v1/attestations': workers,
  'POST /api/v1/attestations/{id}/revoke': workers,
  'GET /api/v1/losses': readers,
  'POST /api/v1/losses/{id}/release': workers,
  'POST /api/v1/losses/{id}/refuse': workers,
  'GET /api/v1/trail': readers,
  'GET /api/v1/access': readers,
  'GET /api/v1/accounts': readers,
  'GET /api/v1/accounts/{id}': readers,
  'GET /api/v1/people': readers,
  'GET /api/v1/people/{id}': readers,
  'GET /api/v1/links': readers,
  'POST /api/v1/links': workers,
  'DELETE /api/v1/links/{id}': workers,
  'GET /api/v1/critical-systems': readers,
  'GET /api/v1/datasets': readers,
  'GET /api/v1/organizations': readers,
  'GET /api/v1/evaluations': readers,
  'POST /api/v1/evaluations': workers,
  'GET /api/v1/evaluations/{id}': readers,
  'GET /api/v1/evaluations/{id}/report': readers,
  'GET /api/v1/evaluations/{id}/events': readers,
  'POST /api/v1/roster/imports': workers,
  'POST /api/v1/roster/quarantines/{id}/accept': workers,
  'POST /api/v1/roster/quarantines/{id}/reject': workers,
  'GET /api/v1/tokens': ['admin', 'auditor'],
  'POST /api/v1/tokens': ['admin'],
  'DELETE /api/v1/tokens/{id}': ['admin'],
};

/** Served beside the routes: the description itself, and the page that shows it. */
const description = /^(GET|HEAD|OPTIONS) \/api\/(openapi\.json|docs)/;

let database: TestDatabase;
let server: WholeServer;
let described: OpenApi;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  database = await testDatabase();
  const file = await ConfigurationFile.create();
  const loaded = await file.load(
    'organizations: [{ name: acme, hub: { identifier: acme, secret: x } }]\nroster: { source: people.csv }\n',
  );
  await file.remove();
  if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
  server = await wholeServer(database, loaded.configuration);
  for (const role of roles) {
    const made = await server.app.get(ApiTokens).create({ name: `the ${role}`, role, expiresAt: null }, 'a test');
    if (made.outcome === 'created') tokens.set(role, made.token);
  }
  described = (await server.app.inject({ method: 'GET', url: '/api/openapi.json' })).json<OpenApi>();
});
afterAll(async () => {
  await server.close();
  await database.drop();
});

test('every route that is served has a row, and every row is served', () => {
  const served = server.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  expect(routesIn(served).filter((route) => !description.test(route))).toEqual(Object.keys(table).toSorted());
});

test('every route that is served is described', () => {
  const routes = Object.entries(described.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual(Object.keys(table).toSorted());
});

describe.each(Object.entries(table))('%s', (route, who) => {
  it.each(roles)(`is ${who === 'anyone' ? 'open' : 'decided'} for a token of role %s`, async (role) => {
    const status = await ask(route, tokens.get(role));
    expect(status === 403 || status === 401 ? status : 'let in').toBe(isLetIn(who, role) ? 'let in' : 403);
  });

  it('turns away whoever has no token, unless it is open', async () => {
    const status = await ask(route, undefined);
    expect(status === 403 || status === 401 ? status : 'let in').toBe(who === 'anyone' ? 'let in' : 401);
  });
});

function isLetIn(who: Who, role: Role): boolean {
  return who === 'anyone' || who.includes(role);
}

async function ask(route: string, token: string | undefined): Promise<number> {
  const [method, path = ''] = route.split(' ');
  const { statusCode } = await server.app.inject({
    method: method as 'GET' | 'POST' | 'DELETE',
    // An address that names nothing: whoever is let in finds nothing there, and changes nothing.
    url: path.replace('{id}', '00000000-0000-4000-8000-000000000000'),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return statusCode;
}

/** `METHOD /path/{parameter}` of each line of Fastify's own tree of routes. */
function routesIn(tree: string): string[] {
  const path: string[] = [];
  return tree
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (.*?)(?: \((.*)\))?$/.exec(line) ?? [];
      if (segment === '') return [];
      path.splice(indent.length / 4, path.length, segment);
      const whole = path.join('').replaceAll(/:(\w+)/g, '{$1}');
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${whole}`);
    })
    .toSorted();
}
