import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { blockKitMistakes } from './block-kit.js';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** As it came. Empty where the connection was reset before it was read. */
  readonly body: string;
  /** When the whole of it had come. */
  readonly at: number;
  /** What it was answered; null: nothing. */
  readonly status: number | null;
}

export type ReceiverAnswer =
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly delayMs?: number;
    }
  /** `cut off`: a status of 200, and then the connection ends in the middle of the body. */
  | 'reset before reading'
  | 'reset after reading'
  | 'hang'
  | 'cut off';

export interface ReceiverOptions {
  /** Given one after the other; after the last one the receiver answers as Slack does. */
  readonly answers?: readonly ReceiverAnswer[];
  /** Refuses what comes less than a second after the message before, as Slack does; then it waits that long. */
  readonly mostOnePerSecond?: boolean;
  /** How long the receiver takes where nothing else was scripted. */
  readonly usualDelayMs?: number;
  /** Each request, as soon as it was answered. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

/**
 * What an incoming webhook of Slack looks like from outside: `ok` for a message within the limits of Block Kit, 400 for another
 * one. What is no message of Slack (it has no blocks) is taken as by a webhook. What it answers instead can be scripted.
 */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  readonly #answers: ReceiverAnswer[];
  #lastTakenAt = 0;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
    private readonly options: ReceiverOptions,
  ) {
    this.#answers = [...(options.answers ?? [])];
    server.on('request', (request, response) => void this.#receive(request, response));
  }

  static async start(options: ReceiverOptions = {}): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new Receiver(server, `http://127.0.0.1:${port}`, options);
  }

  /** An address as Slack gives them, whose last part nobody may learn. */
  get slackUrl(): string {
    return `${this.url}/services/T0001/B0001/verysecretpart`;
  }

  /** Requests that were answered with success. */
  get taken(): readonly ReceivedRequest[] {
    return this.requests.filter(({ status }) => status !== null && status >= 200 && status < 300);
  }

  /** Says how the next requests are answered, before it answers as usual again. */
  answer(...answers: readonly ReceiverAnswer[]): void {
    this.#answers.push(...answers);
  }

  async until(enough: (receiver: Receiver) => boolean, withinMs = 10_000): Promise<void> {
    for (const start = Date.now(); !enough(this); await wait(20))
      if (Date.now() - start > withinMs) throw new Error(`the receiver waits in vain; it got ${this.requests.length}`);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const told = this.#answers.shift();
    const { method = '', url: path = '', headers } = request;
    const record = (body: string, status: number | null): void => {
      const received = { method, path, headers, body, at: Date.now(), status };
      this.requests.push(received);
      this.options.onRequest?.(received);
    };
    if (told === 'reset before reading') {
      reset(request.socket);
      record('', null);
      return;
    }
    const body = await textOf(request);
    if (body === null) return;
    if (told === 'hang') return record(body, null);
    if (told === 'reset after reading') {
      record(body, null);
      return reset(request.socket);
    }
    if (told === 'cut off') {
      record(body, 200);
      response.writeHead(200, { 'content-length': 100 });
      response.write('o', () => reset(request.socket));
      return;
    }
    const answer = told ?? { delayMs: this.options.usualDelayMs ?? 0, ...this.#judge(body) };
    const { status, body: text = '', headers: more = {}, delayMs = 0 } = answer;
    if (delayMs > 0) await wait(delayMs);
    record(body, status);
    response.writeHead(status, { 'content-type': 'text/html', ...more }).end(text);
  }

  #judge(body: string): Exclude<ReceiverAnswer, string> {
    const sinceLast = Date.now() - this.#lastTakenAt;
    if (this.options.mostOnePerSecond && sinceLast < 1_000)
      return { status: 429, body: 'rate_limited', headers: { 'retry-after': '1' } };
    if (body.includes('"blocks"') && blockKitMistakes(body).length > 0) return { status: 400, body: 'invalid_blocks' };
    this.#lastTakenAt = Date.now();
    return { status: 200, body: 'ok' };
  }
}

function reset(socket: Socket): void {
  socket.resetAndDestroy();
}

async function textOf(request: IncomingMessage): Promise<string | null> {
  request.setEncoding('utf8');
  let text = '';
  try {
    for await (const part of request) text += String(part);
    return text;
  } catch {
    return null;
  }
}
