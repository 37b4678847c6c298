import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import { ChecksController } from '../../src/dashboards/checks.controller.js';
import { CriticalSystemsController } from '../../src/dashboards/critical-systems.controller.js';
import { DatasetsController } from '../../src/dashboards/datasets.controller.js';
import { FindingsController } from '../../src/dashboards/findings.controller.js';
import { OrganizationsController } from '../../src/dashboards/organizations.controller.js';
import { OverviewController } from '../../src/dashboards/overview.controller.js';
import { demoCompany } from '../../src/demo/company.js';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { createServer } from '../../src/http/create-server.js';
import { HttpModule } from '../../src/http/http.module.js';
import { JudgedCompany } from '../support/company.js';
import { DescribedAnswers } from '../support/described-answers.js';
import { acknowledge, change, configurationWith } from './dashboards.js';

const nights = [21, 22].map((day) => `2026-11-${day}T02:00:00.000Z`);

@Module({})
class DashboardsUnderTest {}

describe('the dashboards over HTTP', () => {
  let company: JudgedCompany;
  let app: NestFastifyApplication;
  let authorization: string;
  let described: DescribedAnswers;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(nights[0] ?? ''));
    const { dataSource } = company.database;
    app = await createServer(
      {
        module: DashboardsUnderTest,
        imports: [HttpModule.on({ dataSource, encryptionKey: Buffer.alloc(32, 9) })],
        controllers: [
          OverviewController,
          ChecksController,
          FindingsController,
          CriticalSystemsController,
          DatasetsController,
          OrganizationsController,
        ],
        providers: [
          { provide: DataSource, useValue: dataSource },
          { provide: ConfigurationInForce, useValue: configurationWith([]) },
        ],
      },
      { corsOrigins: () => [], trustedProxies: [], logger: false, version: '0.0.0' },
    );
    await app.init();
    const created = await app.get(ApiTokens).create({ name: 'wall', role: 'auditor', expiresAt: null }, 'a test');
    if (created.outcome !== 'created') throw new Error(created.outcome);
    authorization = `Bearer ${created.token}`;
    described = new DescribedAnswers((await app.inject({ url: '/api/openapi.json' })).json());
  });
  afterAll(async () => {
    await app.close();
    await company.stop();
  });

  const get = async (url: string, accept = 'application/json') =>
    app.inject({ url, headers: { authorization, accept } });
  const mistakes = async (url: string): Promise<string[]> => {
    const answer = await get(url);
    const [path = ''] = url.split('?');
    return described.mistakesIn('GET', path, answer.statusCode, String(answer.headers['content-type']), answer.json());
  };
  const routes = ['overview', 'checks', 'findings', 'critical-systems', 'datasets', 'organizations'].map(
    (name) => `/api/v1/${name}`,
  );

  it.each(routes)('%s answers as it is described before anything was judged', async (route) => {
    expect(await mistakes(route)).toEqual([]);
  });

  it('answer as they are described after two nights', async () => {
    await company.night(nights[0] ?? '');
    const { items } = (await get('/api/v1/findings')).json<{ items: { id: string }[] }>();
    await acknowledge(company.database.dataSource, items[0]?.id ?? '', nights[0] ?? '');
    change(company, { op: 'remove member', organization: 'acme', username: 'lfontaine' });
    await company.night(nights[1] ?? '', (text) =>
      text
        .replace(/ {2}- name: Research images[\s\S]*?(?=\nroles)/, '')
        .replace('\nroles:', '\nchecks: { owner-count: { enabled: false, reason: a test } }\nroles:'),
    );
    await company.database.dataSource.query(
      `insert into run (id, cause, state, requested_at) values (gen_random_uuid(), 'request', 'waiting', now())`,
    );
    const details = [
      ...items.map(({ id }) => `/api/v1/findings/${id}`),
      '/api/v1/findings?status=open,resolved&severity=high,critical&sort=-dueAt&limit=2',
      '/api/v1/checks/owner-count',
      '/api/v1/checks/critical-system-access-valid',
      '/api/v1/findings/77777',
      '/api/v1/checks/none',
      '/api/v1/findings?status=shut',
      '/api/v1/findings?cursor=none',
    ];
    for (const url of [...routes, ...details]) {
      expect(await mistakes(url), url).toEqual([]);
      const then = `${url}${url.includes('?') ? '&' : '?'}asOf=${nights[0] ?? ''}`;
      expect(await mistakes(then), then).toEqual([]);
    }
  });

  it('name the lists of a query, and separate their values by commas', async () => {
    const { paths } = (await app.inject({ url: '/api/openapi.json' })).json<{
      paths: Record<string, { get: { parameters: { name: string }[] } }>;
    }>();
    const parameters = paths['/api/v1/findings']?.get.parameters ?? [];
    expect(parameters.find(({ name }) => name === 'severity')).toMatchObject({
      in: 'query',
      required: false,
      style: 'form',
      explode: false,
      schema: { type: 'array', items: { type: 'string', enum: ['critical', 'high', 'medium', 'low'] } },
    });
    expect(parameters.find(({ name }) => name === 'check')).toMatchObject({
      explode: false,
      schema: { type: 'array', items: { type: 'string' } },
    });
    expect(parameters.map(({ name }) => name)).toContain('asOf');
  });

  it.each(routes.slice(1))('%s has a column for every field as CSV', async (route) => {
    const answer = await get(route, 'text/csv');
    const [header = '', ...lines] = answer.body.split('\r\n');
    expect(answer.statusCode).toBe(200);
    expect(lines.length).toBeGreaterThan(2);
    const { items } = (await get(route)).json<{ items: object[] }>();
    const fields = new Set(items.flatMap((item) => Object.keys(item)));
    const columns = new Set(header.split(',').map((column) => column.split('.')[0]));
    expect(columns).toEqual(fields);
  });
});
