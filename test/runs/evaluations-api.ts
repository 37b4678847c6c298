import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { createServer } from '../../src/http/create-server.js';
import { HttpModule } from '../../src/http/http.module.js';
import type { Role } from '../../src/http/roles.js';
import { EvaluationEvents } from '../../src/runs/evaluation-events.js';
import { EvaluationsController } from '../../src/runs/evaluations.controller.js';
import { RunQueue } from '../../src/runs/run-queue.js';
import { DescribedAnswers, type OpenApi } from '../support/described-answers.js';
import type { Instance } from './rig.js';

interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly as?: Role;
  readonly accept?: string;
  /** JSON. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** The routes of evaluations on a port of their own. */
export class EvaluationsApi {
  /** What the answers were not, of what the description of the API says. */
  readonly undescribed: string[] = [];

  private constructor(
    private readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly tokens: ReadonlyMap<Role, string>,
    private readonly answers: DescribedAnswers,
  ) {}

  static async start({ dataSource, queue }: Instance, callers = 'the'): Promise<EvaluationsApi> {
    @Module({
      imports: [HttpModule.on({ dataSource, encryptionKey: Buffer.alloc(32, 7) })],
      controllers: [EvaluationsController],
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: RunQueue, useValue: queue },
        { provide: EvaluationEvents, useFactory: () => new EvaluationEvents(dataSource) },
      ],
    })
    class EvaluationsModule {}

    const app = await createServer(EvaluationsModule, {
      corsOrigins: () => [],
      trustedProxies: [],
      logger: false,
      version: '1.2.3',
    });
    await app.listen(0, '127.0.0.1');
    const tokens = new Map<Role, string>();
    for (const role of ['operator', 'auditor'] as const) {
      const made = await app.get(ApiTokens).create({ name: `${callers} ${role}`, role, expiresAt: null }, 'a test');
      if (made.outcome === 'created') tokens.set(role, made.token);
    }
    const url = await app.getUrl();
    const described: OpenApi = JSON.parse(await (await fetch(`${url}/api/openapi.json`)).text());
    return new EvaluationsApi(app, url, tokens, new DescribedAnswers(described));
  }

  authorization(as: Role = 'operator'): string {
    return `Bearer ${this.tokens.get(as)}`;
  }

  async ask(path: string, { as = 'operator', accept, ...init }: Asking = {}): Promise<Response> {
    return fetch(`${this.url}/api/v1/evaluations${path}`, {
      ...init,
      headers: {
        authorization: this.authorization(as),
        ...(accept !== undefined && { accept }),
        ...(init.body !== undefined && { 'content-type': 'application/json' }),
      },
    });
  }

  async json<Body = Record<string, unknown>>(path: string, init: Asking = {}): Promise<Body> {
    const answer = await this.ask(path, init);
    const body: Body = JSON.parse(await answer.text());
    const [plain = ''] = path.split('?');
    this.undescribed.push(
      ...this.answers.mistakesIn(
        init.method ?? 'GET',
        `/api/v1/evaluations${plain}`,
        answer.status,
        String(answer.headers.get('content-type')),
        body,
      ),
    );
    return body;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
