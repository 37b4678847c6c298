import { Module, type LoggerService, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ConfigurationInForce } from '../../src/config/configuration-in-force.js';
import type { Configuration } from '../../src/config/configuration.js';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { createServer } from '../../src/http/create-server.js';
import { HttpModule } from '../../src/http/http.module.js';
import { roles, type Role } from '../../src/http/roles.js';
import { DescribedAnswers, type OpenApi } from './described-answers.js';

export interface Asked {
  readonly status: number;
  readonly body: Document;
  readonly text: string;
}

export interface Sending {
  readonly as?: Role;
  readonly body?: string | Buffer | object;
  readonly type?: string;
  readonly accept?: string;
}

type Document = Readonly<Record<string, unknown>>;

const nothingConfigured: Configuration = {
  publicUrl: null,
  organizations: [],
  sync: { deadlineMs: 600_000 },
  roster: {
    source: '/nowhere/people.csv',
    headers: {},
    format: 'csv',
    timeZone: 'UTC',
    dateFormat: null,
    columns: {},
    statuses: {},
    currentStaffOnly: false,
    maxAge: '8d',
    maxAgeMs: 691_200_000,
  },
  identity: { corporateDomains: [], domainAliases: {}, plusAddressing: false, links: [], serviceAccounts: [] },
  criticalSystems: [],
  roles: {},
  checks: [],
  alerts: [],
  schedule: { evaluation: '0 2 * * *', timeZone: 'UTC' },
  calendar: { timeZone: 'UTC', holidays: [], weekend: [6, 7] },
  retention: { historyMs: null },
  api: { corsOrigins: [], trustedProxies: [] },
};

/** Some controllers behind everything that holds for every route, asked as a client asks them. */
export class AskedApi {
  readonly logged: string[] = [];
  private readonly undescribed: string[] = [];
  private app: NestFastifyApplication;
  private answers: DescribedAnswers;
  private tokens: ReadonlyMap<Role, string>;

  static async start(
    dataSource: DataSource,
    controllers: readonly Type[],
    providers: readonly Provider[] = [],
    configuration: Partial<Configuration> = {},
  ): Promise<AskedApi> {
    const api = new AskedApi();
    const note = (...words: unknown[]): void => void api.logged.push(JSON.stringify(words));
    const logger: LoggerService = { log: note, warn: note, error: note, debug: note };
    const inForce = new ConfigurationInForce({ ...nothingConfigured, ...configuration }, () =>
      Promise.resolve({ mistakes: [] }),
    );

    @Module({
      imports: [HttpModule.on({ dataSource, encryptionKey: Buffer.alloc(32, 7) })],
      controllers: [...controllers],
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: ConfigurationInForce, useValue: inForce },
        ...providers,
      ],
    })
    class AskedModule {}

    api.app = await createServer(AskedModule, { corsOrigins: () => [], trustedProxies: [], logger, version: '1.2.3' });
    await api.app.init();
    await api.app.getHttpAdapter().getInstance().ready();
    const tokens = api.app.get(ApiTokens);
    api.tokens = new Map(
      await Promise.all(
        roles.map(async (role) => {
          const made = await tokens.create({ name: `the ${role}`, role, expiresAt: null }, 'a test');
          if (made.outcome !== 'created') throw new Error(made.outcome);
          return [role, made.token] as const;
        }),
      ),
    );
    const described = await api.app.inject({ method: 'GET', url: '/api/openapi.json' });
    api.answers = new DescribedAnswers(described.json<OpenApi>());
    return api;
  }

  async ask(method: 'GET' | 'POST' | 'DELETE', url: string, sending: Sending = {}): Promise<Asked> {
    const { as = 'admin', body, type = 'application/json', accept } = sending;
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${this.tokens.get(as)}`,
        ...(body !== undefined && { 'content-type': type }),
        ...(accept !== undefined && { accept }),
      },
      ...(body !== undefined && { payload: body }),
    });
    const mediaType = String(answer.headers['content-type'] ?? '');
    const parsed: unknown = mediaType.includes('json') ? JSON.parse(answer.body) : null;
    const path = url.split('?')[0] ?? '';
    this.undescribed.push(...this.answers.mistakesIn(method, path, answer.statusCode, mediaType, parsed));
    return { status: answer.statusCode, body: isDocument(parsed) ? parsed : {}, text: answer.body };
  }

  get(url: string, sending: Sending = {}): Promise<Asked> {
    return this.ask('GET', url, sending);
  }

  /** The items of one page; fails where the answer is none. */
  async items(url: string): Promise<Document[]> {
    return itemsOf(await this.get(url));
  }

  /** The items of every page of a list, a few at a time; `between` happens after each. */
  async every(
    url: string,
    limit: number,
    between: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<Document[]> {
    const all: Document[] = [];
    for (let page = ''; ;) {
      const answer = await this.get(`${url}${url.includes('?') ? '&' : '?'}limit=${limit}${page}`);
      all.push(...itemsOf(answer));
      const { nextCursor } = answer.body;
      if (typeof nextCursor !== 'string') return all;
      page = `&cursor=${encodeURIComponent(nextCursor)}`;
      await between();
    }
  }

  /** Fails where an answer was not what the description of the API says. */
  async stop(): Promise<void> {
    await this.app.close();
    if (this.undescribed.length > 0) throw new Error(this.undescribed.join('\n'));
  }
}

function itemsOf({ status, body, text }: Asked): Document[] {
  const items = body['items'];
  if (status !== 200 || !Array.isArray(items)) throw new Error(text);
  return items.filter(isDocument);
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null;
}

/** How many statements the work sends to the database. */
export async function statementsOf(dataSource: DataSource, work: () => Promise<unknown>): Promise<number> {
  const { manager } = dataSource;
  const query = manager.query.bind(manager);
  let count = 0;
  manager.query = (...given) => {
    count += 1;
    return query(...given);
  };
  try {
    await work();
    return count;
  } finally {
    manager.query = query;
  }
}
