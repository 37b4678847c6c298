import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Receiver } from '../../../test/support/receiver.js';
import { post, retryAfterMs } from './post.js';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.start();
});
afterAll(() => receiver.stop());
afterEach(() => {
  receiver.requests.length = 0;
});

const { signal: never } = new AbortController();
const to = (url: string) => ({ url, headers: {}, body: '{}' });

describe('without an answer, what matters is whether the message may have arrived', () => {
  test('refused: it has not', async () => {
    const gone = await Receiver.start();
    await gone.stop();
    expect(await post(to(gone.slackUrl), never)).toEqual({
      outcome: 'no answer',
      mayHaveArrived: false,
      how: 'refused the connection',
    });
  });

  test('a host that nobody knows: it has not', async () => {
    const answer = await post(to('https://hooks.invalid/services/verysecretpart'), never);
    expect(answer).toMatchObject({ outcome: 'no answer', mayHaveArrived: false });
    expect(JSON.stringify(answer)).not.toContain('verysecretpart');
  });

  test('no TLS where it is expected: it has not', async () => {
    const answer = await post(to(receiver.slackUrl.replace('http:', 'https:')), never);
    expect(answer).toMatchObject({ outcome: 'no answer', mayHaveArrived: false });
    expect(receiver.requests).toEqual([]);
  });

  test.each(['reset before reading', 'reset after reading'] as const)('%s: it may have', async (how) => {
    receiver.answer(how);
    expect(await post(to(receiver.slackUrl), never)).toEqual({
      outcome: 'no answer',
      mayHaveArrived: true,
      how: 'closed the connection without an answer',
    });
  });

  test('no answer in time: it may have', async () => {
    receiver.answer('hang');
    const started = Date.now();
    expect(await post(to(receiver.slackUrl), never, 300)).toEqual({
      outcome: 'no answer',
      mayHaveArrived: true,
      how: 'did not answer in time',
    });
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test('broken off while it waits: it may have', async () => {
    receiver.answer('hang');
    const stop = new AbortController();
    const posted = post(to(receiver.slackUrl), stop.signal);
    await receiver.until(({ requests }) => requests.length === 1);
    stop.abort();
    expect(await posted).toMatchObject({ outcome: 'no answer', mayHaveArrived: true });
  });

  test('broken off before it began: it has not, and nobody is asked', async () => {
    expect(await post(to(receiver.slackUrl), AbortSignal.abort())).toMatchObject({ mayHaveArrived: false });
    expect(receiver.requests).toEqual([]);
  });

  test('something that is not HTTP: it may have', async () => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      expect(await post(to(`http://127.0.0.1:${portOf(server)}/`), never)).toEqual({
        outcome: 'no answer',
        mayHaveArrived: true,
        how: 'sent an answer that cannot be read',
      });
    } finally {
      server.close();
    }
  });
});

describe('a body', () => {
  test('is read to a limit, also one that grows when it is unpacked', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000, 'a')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const answer = await post(to(`http://127.0.0.1:${portOf(server)}/`), never);
      expect(answer).toEqual({ outcome: 'answer', status: 404, retryAfterMs: null, body: 'a'.repeat(4_096) });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('without end is left alone at the limit', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200);
      const timer = setInterval(() => response.write('a'.repeat(4_096)), 20);
      response.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const started = Date.now();
      const answer = await post(to(`http://127.0.0.1:${portOf(server)}/`), never, 20_000);
      expect(answer).toMatchObject({ status: 200, body: 'a'.repeat(4_096) });
      expect(Date.now() - started).toBeLessThan(10_000);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test('that trickles ends in time, and the status counts', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(200);
      const timer = setInterval(() => response.write('o'), 50);
      response.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const started = Date.now();
      const answer = await post(to(`http://127.0.0.1:${portOf(server)}/`), never, 400);
      expect(answer).toMatchObject({ outcome: 'answer', status: 200, body: null });
      expect(Date.now() - started).toBeLessThan(10_000);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T02:00:00Z');
  test.each<[string, unknown, unknown, number | null]>([
    ['seconds', '30', undefined, 30_000],
    ['half a second', '0.5', undefined, 500],
    ['a day', '86400', undefined, 3_600_000],
    ['less than nothing', '-3', undefined, 0],
    ['without end', 'Infinity', undefined, 3_600_000],
    ['a date', 'Sat, 21 Nov 2026 02:00:45 GMT', undefined, 45_000],
    ['a date that is over', 'Sat, 21 Nov 2026 01:00:00 GMT', undefined, 0],
    ['a date on a clock that is fast', 'Sat, 21 Nov 2026 03:00:20 GMT', 'Sat, 21 Nov 2026 03:00:00 GMT', 20_000],
    ['a word', 'soon', undefined, null],
    ['blank', ' ', undefined, null],
    ['nothing', undefined, undefined, null],
  ])('%s', (_, header, date, expected) => {
    expect(retryAfterMs(header, date, now)).toBe(expected);
  });
});

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
