import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/src/cli/hubwarden.js', import.meta.url));
const skewedClock = fileURLToPath(new URL('./skewed-clock.mjs', import.meta.url));

/** 32 bytes that all processes of a test share. */
const encryptionKey = Buffer.alloc(32, 9).toString('base64');
export const adminToken = `hw_${Buffer.alloc(32, 5).toString('base64url')}`;

/** Less than a test may take, so that a test says what hung. */
const patienceMs = 60_000;
const answerMs = 20_000;

export interface ServedOptions {
  readonly configuration: string;
  readonly databaseUrl: string;
  readonly hubUrl: string;
  readonly dataDir: string;
  /** What the process believes to be later than it is. */
  readonly skewMs?: number;
  readonly variables?: Readonly<Record<string, string>>;
  readonly role?: 'all' | 'api' | 'worker';
}

/** `hubwarden serve`, compiled, as a process of its own. */
export class ServedProcess {
  readonly #output: string[] = [];
  /** Standard output alone, which is the log, and standard error alone. */
  readonly written = { log: '', said: '' };

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => this.#output.push(String(chunk)));
    child.stdout?.on('data', (chunk) => (this.written.log += String(chunk)));
    child.stderr?.on('data', (chunk) => (this.written.said += String(chunk)));
  }

  /** Started, and perhaps not ready yet. */
  static launch(options: ServedOptions): ServedProcess {
    const child = spawn(
      process.execPath,
      [
        '--import',
        skewedClock,
        program,
        'serve',
        '--config',
        options.configuration,
        ...(options.role === undefined ? [] : ['--role', options.role]),
      ],
      {
        env: {
          PATH: process.env['PATH'],
          NODE_ENV: 'production',
          DATABASE_URL: options.databaseUrl,
          DOCKERHUB_URL: options.hubUrl,
          HUBWARDEN_DATA_DIR: options.dataDir,
          HUBWARDEN_ENCRYPTION_KEY: encryptionKey,
          HUBWARDEN_ADMIN_TOKEN: adminToken,
          PORT: '0',
          CLOCK_SKEW_MS: String(options.skewMs ?? 0),
          ...options.variables,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    return new ServedProcess(child);
  }

  static async start(options: ServedOptions): Promise<ServedProcess> {
    const served = ServedProcess.launch(options);
    await served.ready();
    return served;
  }

  get output(): string {
    return this.#output.join('');
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Where it listens: the port is the system's choice, as one that is found free beforehand may be somebody else's by then. */
  get url(): string {
    const address = /"address":"([^"]+)"[^\n]*"Listening"/.exec(this.written.log)?.[1];
    if (address === undefined) throw new Error(`serve does not listen yet: ${this.output}`);
    return address;
  }

  async ready(): Promise<void> {
    for (const end = performance.now() + patienceMs; performance.now() < end; await wait(100)) {
      if (this.ended) throw new Error(`serve ended: ${this.output}`);
      if (!this.written.log.includes('"Listening"')) continue;
      const signal = AbortSignal.timeout(answerMs);
      const answer = await fetch(`${this.url}/health/ready`, { signal }).catch(() => null);
      if (answer?.status === 200) return;
    }
    throw new Error(`serve is not ready: ${this.output}`);
  }

  async get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  /** Of an answer; 0 where the connection broke. */
  async status(path: string): Promise<number> {
    const answer = await fetch(`${this.url}${path}`, { headers: { authorization: `Bearer ${adminToken}` } }).catch(
      () => null,
    );
    return answer?.status ?? 0;
  }

  async post(path: string, body?: object): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
  }

  /** The exit status; null where a signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.ended) {
      const exit = once(this.child, 'exit', { signal: AbortSignal.timeout(patienceMs) });
      this.child.kill(signal);
      await exit.catch(() => {
        throw new Error(`serve has not ended ${patienceMs / 1_000} seconds after ${signal}: ${this.output}`);
      });
    }
    return this.child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
