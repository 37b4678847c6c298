import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import type { ReceivedRequest, ReceiverOptions } from './receiver.js';

const sources = ['receiver.ts', 'block-kit.ts'];

/** Said on one line when it listens. Requests go to a file, a line each, so that they outlive the process. */
const program = `
import { appendFileSync } from 'node:fs';
import { Receiver } from './receiver.js';
const [file, options] = process.argv.slice(2);
const receiver = await Receiver.start({
  ...JSON.parse(options),
  onRequest: (request) => appendFileSync(file, JSON.stringify(request) + '\\n'),
});
console.log(receiver.url);
`;

/** The receiver in a process of its own, which goes on while the test is busy, and can be killed. */
export class ReceiverProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly file: string,
    readonly url: string,
  ) {}

  /** `folder`: where it keeps its files; it is made if it is not there. */
  static async start(folder: string, options: Omit<ReceiverOptions, 'onRequest'> = {}): Promise<ReceiverProcess> {
    await mkdir(folder, { recursive: true });
    for (const source of sources) {
      const text = await readFile(fileURLToPath(new URL(source, import.meta.url)), 'utf8');
      const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 };
      await writeFile(join(folder, source.replace(/ts$/, 'js')), transpileModule(text, { compilerOptions }).outputText);
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'program.js'), program);
    const file = join(folder, 'requests.jsonl');
    await writeFile(file, '', { flag: 'a' });
    const child = spawn(process.execPath, [join(folder, 'program.js'), file, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [url] = await Promise.race([
      once(lines, 'line'),
      once(child, 'exit').then(() => Promise.reject(new Error('the receiver ended before it listened'))),
    ]);
    return new ReceiverProcess(child, file, String(url));
  }

  get slackUrl(): string {
    return `${this.url}/services/T0001/B0001/verysecretpart`;
  }

  async requests(): Promise<readonly ReceivedRequest[]> {
    const lines = (await readFile(this.file, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line): ReceivedRequest => JSON.parse(line));
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}
