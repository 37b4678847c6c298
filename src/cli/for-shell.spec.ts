import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { forShell } from './for-shell.js';

test.each(['/srv/hub warden', "/tmp/it's", '/a"b$HOME`id`\\', '', '~', 'a\nb', '--x', '*', "''", 'Zoë'])(
  '%j',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${forShell(word)}`], { encoding: 'utf8' })).toBe(word);
  },
);

test('what needs no quotes has none', () => {
  expect(forShell('/srv/hubwarden-1.0/data_dir')).toBe('/srv/hubwarden-1.0/data_dir');
});
