import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type LoggerService } from '@nestjs/common';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Recurring } from './recurring.js';

const logged: string[] = [];

beforeEach(() => {
  logged.length = 0;
  const note =
    (level: string) =>
    (message: string): void =>
      void logged.push(`${level}: ${message}`);
  const logger: LoggerService = { log: note('log'), warn: note('warn'), error: note('error') };
  Logger.overrideLogger(logger);
});
afterEach(() => Logger.overrideLogger(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']));

test('it goes on after the end of the time before, and never twice at once', async () => {
  let [atWork, most, times] = [0, 0, 0];
  const recurring = new Recurring('a test', 10, async () => {
    most = Math.max(most, ++atWork);
    times++;
    await wait(15);
    atWork--;
  });
  recurring.start();
  recurring.start();
  for (let poke = 0; poke < 20; poke++) {
    recurring.poke();
    await wait(5);
  }
  await recurring.stop();
  expect(most).toBe(1);
  expect(atWork).toBe(0);
  const before = times;
  expect(before).toBeGreaterThan(3);
  recurring.poke();
  await wait(40);
  expect(times).toBe(before);
});

test('a poke while it is at work is not forgotten', async () => {
  let times = 0;
  const recurring = new Recurring('a test', 60_000, async () => {
    times++;
    await wait(20);
  });
  recurring.start();
  recurring.poke();
  await wait(60);
  expect(times).toBe(2);
  await recurring.stop();
});

test('a lost database is told once, and its return; anything else each time', async () => {
  const lost = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  const ends: (Error | null)[] = [lost, lost, lost, null, new Error('a bug'), new Error('a bug'), lost, null];
  const troubles: (string | null)[] = [];
  const recurring = new Recurring('a test', 1, async () => {
    troubles.push(recurring.trouble);
    const end = ends.shift();
    if (end) throw end;
  });
  expect(recurring.trouble).toBe('it is not at work');
  recurring.start();
  while (ends.length > 0) await wait(5);
  await recurring.stop();
  expect(logged).toEqual([
    'warn: The database cannot be reached; trying again',
    'log: The database can be reached again',
    'error: Work in the background broke down',
    'error: Work in the background broke down',
    'warn: The database cannot be reached; trying again',
    'log: The database can be reached again',
  ]);
  expect(troubles.slice(0, 8)).toEqual([
    null,
    'it cannot reach the database',
    'it cannot reach the database',
    'it cannot reach the database',
    null,
    null,
    null,
    'it cannot reach the database',
  ]);
});

test('work that lasts says itself that the database is back', async () => {
  const turns: number[] = [];
  let end: () => void = () => undefined;
  const recurring = new Recurring('a test', 1, async (reached) => {
    if (turns.push(1) === 1) throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    reached();
    await new Promise<void>((resolve) => (end = resolve));
  });
  recurring.start();
  while (turns.length < 2) await wait(5);
  expect(recurring.trouble).toBeNull();
  end();
  await recurring.stop();
});
