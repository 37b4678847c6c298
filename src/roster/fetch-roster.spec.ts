import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rosterConfig } from '../../test/roster/roster-config.js';
import type { RosterConfig } from '../config/configuration.js';
import { wholeOf } from './content.js';
import { fetchRoster } from './fetch-roster.js';
import { mostBytesOfAnAnswer } from './limits.js';

const now = '2026-11-20T10:00:00.000Z';
const quick = { pauseMs: 1, timeoutMs: 500 };
const secret = 'c2VjcmV0LXNlY3JldA==';

const fetch = (config: Partial<RosterConfig>, signal = new AbortController().signal) =>
  fetchRoster({ ...rosterConfig, ...config }, now, signal, quick);

async function sentenceOf(config: Partial<RosterConfig>): Promise<string> {
  const fetched = await fetch(config);
  if ('content' in fetched) return 'fetched';
  return 'refused' in fetched ? `refused: ${fetched.refused.message}` : fetched.unreachable.message;
}

async function text(fetched: Awaited<ReturnType<typeof fetch>>): Promise<{ asOf: string; text: string }> {
  if (!('content' in fetched)) throw new Error(JSON.stringify(fetched));
  const bytes = await wholeOf(fetched.content.portions());
  await fetched.content.close();
  return { asOf: fetched.asOf, text: bytes.toString() };
}

describe('a roster on the disk', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hubwarden-fetch-'));
    path = join(directory, 'people.csv');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    ['2026-11-19T08:00:00.000Z', '2026-11-19T08:00:00.000Z'],
    ['2030-01-01T00:00:00.000Z', now],
  ])('modified at %s is of %s', async (modified, asOf) => {
    await writeFile(path, 'people');
    await utimes(path, new Date(modified), new Date(modified));
    expect(await text(await fetch({ source: path }))).toEqual({ text: 'people', asOf });
  });

  it('may be missing, or no file at all', async () => {
    expect(await sentenceOf({ source: path })).toBe(`${path} does not exist; expected the path of a roster.`);
    expect(await sentenceOf({ source: directory })).toBe(`${directory} is not a file; expected the path of a roster.`);
  });
});

describe('a roster on a server', () => {
  let server: Server;
  let origin: string;
  let requests: IncomingMessage[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeEach(async () => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    origin = `http://127.0.0.1:${address.port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const config = (format: RosterConfig['format'] = 'csv'): Partial<RosterConfig> => ({
    source: `${origin}/hr/${secret}?token=${secret}`,
    headers: { authorization: `Basic ${secret}` },
    format,
  });

  it.each([
    ['Thu, 19 Nov 2026 08:00:00 GMT', '2026-11-19T08:00:00.000Z'],
    ['Tue, 01 Jan 2030 00:00:00 GMT', now],
    ['yesterday', now],
    [null, now],
  ])('last modified %j is of %s', async (modified, asOf) => {
    answer = (_, response) =>
      response.writeHead(200, modified === null ? {} : { 'last-modified': modified }).end('people');
    expect(await text(await fetch(config()))).toEqual({ text: 'people', asOf });
  });

  it.each([
    ['csv', 'text/csv, text/plain;q=0.8, */*;q=0.5'],
    ['bamboohr', 'application/json'],
  ] as const)('is asked for as %s with the configured headers', async (format, accept) => {
    answer = (_, response) => response.end('people');
    await fetch(config(format));
    expect(requests.map(({ method, headers }) => [method, headers.accept, headers.authorization])).toEqual([
      ['GET', accept, `Basic ${secret}`],
    ]);
  });

  it.each([500, 503, 429, 'reset', 'cut'] as const)('is asked for again after %s', async (fault) => {
    answer = (request, response) => {
      if (requests.length > 2) response.end('people');
      else if (fault === 'reset') request.socket.destroy();
      else if (fault === 'cut') {
        response.writeHead(200, { 'content-length': '100' }).write('peo');
        setTimeout(() => request.socket.destroy(), 5);
      } else response.writeHead(fault).end('later');
    };
    expect((await text(await fetch(config()))).text).toBe('people');
    expect(requests).toHaveLength(3);
  });

  it('is waited for as long as the server says, not for an hour', async () => {
    answer = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    expect(await sentenceOf(config())).toBe(`${origin} answers 429; expected 200 and the roster.`);
    expect(requests).toHaveLength(1);
  });

  it.each([
    [401, 1, 'refuses the credential (401); expected one that may read the roster, in roster.headers.'],
    [403, 1, 'refuses the credential (403); expected one that may read the roster, in roster.headers.'],
    [404, 1, 'has nothing at the address in roster.source (404); expected the roster.'],
    [204, 1, 'answers 204; expected 200 and the roster.'],
    [502, 4, 'answers 502; expected 200 and the roster.'],
  ])('answers %i: asked %i times, and said without a secret', async (status, times, sentence) => {
    answer = (_, response) => response.writeHead(status).end();
    expect(await sentenceOf(config())).toBe(`${origin} ${sentence}`);
    expect(requests).toHaveLength(times);
  });

  it('does not answer in time', async () => {
    answer = () => undefined;
    const source = `${origin}/`;
    const fetched = await fetchRoster({ ...rosterConfig, source }, now, new AbortController().signal, {
      pauseMs: 1,
      timeoutMs: 30,
    });
    expect(fetched).toMatchObject({
      unreachable: { message: `${origin} cannot be reached: it does not answer in time.` },
    });
  });

  it('is not there', async () => {
    const gone = origin;
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await sentenceOf({ source: `${gone}/${secret}` })).toBe(
      `${gone} cannot be reached: the connection is refused.`,
    );
  });

  it('may redirect on its own host only, so that the credential stays there', async () => {
    answer = (request, response) => {
      if (request.url === '/new') response.end('people');
      else response.writeHead(302, { location: '/new' }).end();
    };
    expect((await text(await fetch(config()))).text).toBe('people');
    expect(requests[1]?.headers.authorization).toBe(`Basic ${secret}`);

    answer = (_, response) => response.writeHead(307, { location: `http://localhost:1/${secret}` }).end();
    expect(await sentenceOf(config())).toBe(
      `${origin} redirects (307) to http://localhost:1, where the configured headers are not sent; expected the roster's final address in roster.source.`,
    );
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    expect(await sentenceOf(config())).toBe(`${origin} redirects more than 5 times; expected the roster.`);
    answer = (_, response) => response.writeHead(302).end();
    expect(await sentenceOf(config())).toBe(`${origin} redirects (302) to nowhere; expected the roster.`);
  });

  it('may not be larger than 64 MiB', async () => {
    answer = (_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      let left = mostBytesOfAnAnswer / chunk.length + 1;
      const more = (): void => {
        if (left-- === 0) response.end();
        else response.write(chunk, more);
      };
      more();
    };
    expect(await sentenceOf(config())).toBe(`refused: ${origin} answers with more than 64 MiB; expected at most that.`);
  });

  it('is not asked for without encryption', async () => {
    expect(await sentenceOf({ source: `http://hr.example.com/${secret}` })).toBe(
      'the roster at http://hr.example.com is not asked for; expected https, or http on this machine.',
    );
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    await expect(fetch(config(), stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
