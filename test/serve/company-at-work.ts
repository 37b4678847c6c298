import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Company, demoCompany } from '../../src/demo/company.js';
import { writeDemoFiles } from '../../src/demo/demo-files.js';
import { type HubOptions, type RunningHub, startHub } from '../../src/demo/hub.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { Receiver, type ReceivedRequest, type ReceiverOptions } from '../support/receiver.js';
import { ServedProcess, type ServedOptions } from '../support/served-process.js';

/** A company with a Docker Hub, a database, a Slack channel, and as many processes of `hubwarden serve` as a test starts. */
export class CompanyAtWork {
  readonly #served: ServedProcess[] = [];

  private constructor(
    readonly hub: RunningHub,
    readonly database: TestDatabase,
    readonly receiver: Receiver,
    private readonly folder: string,
    private readonly configuration: string,
  ) {}

  /** `cron`: when it evaluates; the seconds stand first. */
  static async open(
    cron: string,
    options: { readonly receiver?: ReceiverOptions; readonly hub?: HubOptions; readonly company?: Company } = {},
  ): Promise<CompanyAtWork> {
    const company = options.company ?? demoCompany(new Date().toISOString());
    const hub = await startHub(company.world, { rateLimit: 1_000_000, ...options.hub });
    const receiver = await Receiver.start(options.receiver);
    const folder = await mkdtemp(join(tmpdir(), 'hubwarden-serve-'));
    await chmod(folder, 0o711);
    const files = await writeDemoFiles(join(folder, 'files'), company, hub.url);
    const policy = (await readFile(files.configuration, 'utf8')).replaceAll(
      /^(schedule|alerts):.*\n(?:[ -].*\n)*/gm,
      '',
    );
    await writeFile(
      files.configuration,
      `${policy}schedule: { evaluation: "${cron}", timeZone: UTC }\nalerts:\n  - { kind: slack, url: "${receiver.slackUrl}" }\n`,
    );
    return new CompanyAtWork(hub, await testDatabase(), receiver, folder, files.configuration);
  }

  async serve(more: Partial<ServedOptions> = {}): Promise<ServedProcess> {
    const served = await this.launch(more);
    await served.ready();
    return served;
  }

  async launch(more: Partial<ServedOptions> = {}): Promise<ServedProcess> {
    const served = ServedProcess.launch({
      configuration: this.configuration,
      databaseUrl: this.database.url,
      hubUrl: this.hub.url,
      dataDir: join(this.folder, 'data'),
      ...more,
    });
    this.#served.push(served);
    return served;
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.database.dataSource.query(sql, [...parameters]);
  }

  async count(sql: string): Promise<number> {
    const [row] = await this.query<{ count: string }>(`select count(*) as count from ${sql}`);
    return Number(row?.count);
  }

  /** Waits until the count is at least that. */
  async until(sql: string, atLeast: number, withinMs = 60_000): Promise<void> {
    for (const start = Date.now(); (await this.count(sql)) < atLeast; await wait(100))
      if (Date.now() - start > withinMs)
        throw new Error(
          `${sql} has ${await this.count(sql)}, not ${atLeast}: ${this.#served.map(({ output }) => output.slice(-3_000)).join('\n')}`,
        );
  }

  async close(): Promise<void> {
    await Promise.all(this.#served.map((served) => served.stop('SIGKILL')));
    await this.receiver.stop();
    await this.hub.stop();
    await this.database.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The delivery id in the footer of a Slack message. */
export function deliveryOf(request: ReceivedRequest): string {
  const [id] = request.body.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/) ?? [];
  if (id === undefined) throw new Error(`There is no delivery id in ${request.body}`);
  return id;
}
