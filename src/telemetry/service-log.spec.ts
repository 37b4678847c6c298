import { Logger } from '@nestjs/common';
import { AxiosError } from 'axios';
import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { withLogContext, withoutLogContext } from './log-context.js';
import { Redactor } from './redactor.js';
import { type LogSettings, ServiceLog } from './service-log.js';

function record(settings: Partial<LogSettings> = {}, redactor = new Redactor()) {
  const entries: string[] = [];
  const log = new ServiceLog(
    { level: 'info', readable: false, colours: false, write: (entry) => entries.push(entry), ...settings },
    redactor,
  );
  return { log, entries, last: (): Record<string, unknown> => JSON.parse(entries.at(-1) ?? 'null') };
}

describe('ServiceLog', () => {
  it('writes one line of JSON for one message and one object', () => {
    const { log, entries, last } = record();
    log.log('Alert sent', { channel: '3' }, 'Alerts');
    expect(entries[0]).toMatch(/^[^\n]*\n$/);
    expect(last()).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      part: 'Alerts',
      channel: '3',
      message: 'Alert sent',
    });
  });

  it('is what the loggers of the parts write to', () => {
    const { log, last } = record();
    Logger.overrideLogger(log);
    try {
      new Logger('Runs').warn('Run broken', { run: 'r1' });
    } finally {
      Logger.overrideLogger(false);
    }
    expect(last()).toMatchObject({ level: 'warn', part: 'Runs', run: 'r1', message: 'Run broken' });
  });

  it.each(['error', 'warn', 'fatal'] as const)('keeps to the level: %s passes at warn, and info does not', (level) => {
    const { log, entries } = record({ level: 'warn' });
    log.log('hidden');
    log[level]('shown');
    expect(entries).toHaveLength(1);
  });

  it('keeps the framework quiet unless somebody debugs', () => {
    const { log, entries } = record();
    log.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(entries).toEqual([]);
    const debugging = record({ level: 'debug' });
    debugging.log.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(debugging.last()).toMatchObject({ level: 'debug', part: 'RouterExplorer' });
  });

  it('carries the context of the work, also the inner and the late one', async () => {
    const { log, last } = record();
    await withLogContext({ request: 'q1' }, async () => {
      await Promise.resolve();
      await withLogContext({ run: 'r1' }, async () => {
        await new Promise((done) => setTimeout(done, 1));
        log.log('inside');
      });
    });
    expect(last()).toMatchObject({ request: 'q1', run: 'r1' });
    log.log('outside');
    expect(last()).not.toHaveProperty('run');
    withLogContext({ request: 'q2' }, () => withoutLogContext(() => log.log('set off')));
    expect(last()).not.toHaveProperty('request');
  });

  it('keeps what one line says out of the next one', () => {
    const { log, last } = record();
    withLogContext({ request: 'q1' }, () => {
      log.log('first', { status: 200 });
      log.log('second');
    });
    expect(last()).toEqual({ level: 'info', time: expect.any(String), request: 'q1', message: 'second' });
  });

  it('lets through of an error what it says, and nothing that hangs on it', () => {
    const { log, entries, last } = record();
    const cause = new AxiosError('Request failed', 'ERR_BAD_REQUEST', { headers: { 'X-Auth': 'planted-1' } } as never);
    const failed = new QueryFailedError(
      'select $1',
      ['planted-2'],
      Object.assign(new Error('no such table'), { code: '42P01' }),
    );
    log.error('Broke', { error: new Error('outer', { cause }) }, 'Runs');
    expect(last()['error']).toMatchObject({
      message: 'outer',
      cause: { message: 'Request failed', code: 'ERR_BAD_REQUEST' },
    });
    log.error(failed, 'Runs');
    expect(last()).toMatchObject({ message: 'Something unexpected went wrong', error: { message: 'no such table' } });
    log.error('Broke', failed.stack, 'Runs');
    expect(last()).toMatchObject({ part: 'Runs', stack: failed.stack });
    expect(entries.join('')).not.toContain('planted');
  });

  it('does not trust what it is given', () => {
    const redactor = new Redactor();
    redactor.know(['planted-secret']);
    const { log, entries } = record({}, redactor);
    log.error('Broke', {
      error: new Error('refused planted-secret'),
      url: 'https://u:pw@host',
      nested: { apiKey: 'x' },
    });
    expect(entries[0]).toContain('refused [redacted]');
    expect(entries[0]).not.toMatch(/planted-secret|:pw@|"x"/);
    expect(() => JSON.parse(entries[0] ?? '')).not.toThrow();
  });

  it('writes for people on a terminal, where nothing moves the cursor', () => {
    const { log, entries } = record({ readable: true });
    log.warn('Run broken', { run: 'r1' }, 'Runs');
    log.error('Broke', { error: new Error('\u001b[2Jgone') });
    expect(entries[0]).toMatch(/^\[\d\d:\d\d:\d\d\] WARN: Run broken \{.*"run":"r1".*\}\n$/);
    expect(entries.join('')).not.toContain('\u001b');
  });
});
