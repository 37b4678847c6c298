import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StreamOutput } from './terminal.js';

/** A stream that takes one write and then fails as the operating system would. */
class Failing extends Writable {
  readonly isTTY = false;
  taken = 0;

  constructor(private readonly code: string) {
    super({ autoDestroy: false });
  }

  override _write(_chunk: unknown, _encoding: string, callback: (error?: Error) => void): void {
    if (this.taken === 0) {
      this.taken++;
      callback();
    } else callback(Object.assign(new Error(`write ${this.code}`), { code: this.code }));
  }
}

test('a reader that has gone is no failure', async () => {
  const output = new StreamOutput(new Failing('EPIPE'), {});
  await output.write('read');
  await output.write('not read');
  await expect(output.write('dropped')).resolves.toBeUndefined();
});

test('a full disk is', async () => {
  const output = new StreamOutput(new Failing('ENOSPC'), {});
  await output.write('fits');
  await expect(output.write('does not')).rejects.toThrow('ENOSPC');
});

test.each<[string, boolean, Record<string, string>, boolean]>([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
])('colours on %s', (_, isTTY, variables, expected) => {
  const stream = Object.assign(new Writable(), { isTTY });
  const output = new StreamOutput(stream, variables);
  expect(output.colours).toBe(expected);
  expect(output.terminal !== null).toBe(isTTY);
});
