import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../test/support/recorded-session.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-main-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('help', () => {
  test.each([
    'check',
    'demo',
    'connect test',
    'alerts test',
    'migrate',
    'history prune',
    'roster validate',
    'roster accept',
    'roster reject',
    'checks list',
    'checks show',
  ])('of %s teaches: what it does, examples, exit statuses', async (command) => {
    const { status, out, err } = await runCommand([...command.split(' '), '--help']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(`Usage: hubwarden ${command}`);
    expect(out).toContain('Examples:\n  $ ');
    expect(out).toContain('Exit status');
  });

  test('of the program names every command', async () => {
    const { status, out } = await runCommand(['--help']);
    expect(status).toBe(0);
    for (const command of ['check', 'demo', 'connect', 'roster', 'migrate'])
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test('of the program says of each command and each group in the same way what it is', async () => {
    const { out } = await runCommand(['--help']);
    const listed = /\nCommands:\n([\s\S]*?)\n\n/.exec(out)?.[1]?.split('\n') ?? [];
    expect(listed.length).toBeGreaterThan(15);
    expect(listed.filter((line) => !/^ {2}\S.* {2}[a-z][^.]*$/.test(line))).toEqual([]);
  });

  test('the version is that of the package', async () => {
    expect((await runCommand(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a mistaken command line is exit status 2', () => {
  test.each<[string, readonly string[], string]>([
    ['no command', [], 'Usage: hubwarden'],
    ['an unknown command', ['chek'], 'Did you mean check?'],
    ['help about an unknown command', ['review', '--help'], "unknown command 'review'"],
    ['help about an unknown command first', ['-h', 'grants', 'list'], "unknown command 'grants'"],
    ['help about an unknown command of a group', ['roster', 'list', '--help'], "unknown command 'list'"],
    ['help with an unknown command', ['help', 'images', 'test'], "unknown command 'images'"],
    ['an unknown option', ['check', '--confg', 'x'], 'Did you mean --config?'],
    ['an unknown format', ['check', '--format', 'xml'], 'Allowed choices are table, json, csv, junit, sarif'],
    ['an unknown severity', ['check', '--fail-on', 'urgent'], 'Allowed choices are critical, high, medium, low'],
    ['an argument too many', ['check', 'now'], 'too many arguments'],
    ['a decision without a reason', ['roster', 'accept', '1'], "required option '--reason <text>' not specified"],
    ['no file to validate', ['roster', 'validate'], "missing required argument 'file'"],
  ])('%s', async (_, args, expected) => {
    const { status, out, err } = await runCommand(args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(expected);
  });
});

describe('a mistaken setting is exit status 2, and nothing is touched', () => {
  test('everything that is wrong is said at once, each with file and line', async () => {
    const config = join(folder, 'hubwarden.yaml');
    await writeFile(
      config,
      'organizations: [ { name: acme, hub: { identifier: acme, secret: "${NOT_SET}" } } ]\nroster: {}\nrolls: {}\n',
    );
    const { status, out, err } = await runCommand(
      ['check', '--config', config, '--now', 'yesterday', '--output', join(folder, 'no', 'file')],
      { HUBWARDEN_DATA_DIR: join(folder, 'data'), PORT: 'x' },
    );
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.trimEnd().split('\n')).toEqual([
      'hubwarden: --now is not an instant; expected ISO 8601 with a zone, such as 2026-11-21T02:00:00Z',
      `hubwarden: --output ${join(folder, 'no', 'file')}: the folder is not there; expected a file in a folder that this user may write to`,
      'hubwarden: the environment variable PORT is `x`; expected a number from 0 to 65535',
      `${config}:1: \`\${NOT_SET}\` is not set; set the environment variable NOT_SET, or leave the key out`,
      `${config}:2: \`roster.source\` is missing; expected the path of a file, or an https address without a user name in it (http only to this machine)`,
      `${config}:3: \`rolls\` is not a key that is known here; did you mean \`roles\`?`,
    ]);
    expect(await readdir(folder)).toEqual(['hubwarden.yaml']);
  });

  test.each(['check', 'connect test'])('%s without a configuration', async (command) => {
    const { status, err } = await runCommand([...command.split(' '), '--config', join(folder, 'none.yaml')]);
    expect(status).toBe(2);
    expect(err).toContain('none.yaml: there is no such file');
  });

  test('migrate with an address that is none', async () => {
    const { status, err } = await runCommand(['migrate'], { DATABASE_URL: 'mysql://u:geheim@db/x' });
    expect(status).toBe(2);
    expect(err).toContain('DATABASE_URL');
    expect(err).not.toContain('geheim');
  });
});

describe('roster validate', () => {
  const people = 'employee_id,full_name,work_email,status\nE-1,Ada,ada@acme.com,active\nE-2,Bob,bob@acme.com,active\n';

  test('needs no configuration and no database', async () => {
    const file = join(folder, 'people.csv');
    await writeFile(file, people);
    const { status, out, err } = await runCommand(['roster', 'validate', file], {
      HUBWARDEN_DATA_DIR: join(folder, 'data'),
    });
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('would be accepted');
    expect(out).toContain('2 rows, 2 people');
    expect(await readdir(folder)).toEqual(['people.csv']);
  });

  test('one row is one person', async () => {
    const file = join(folder, 'people.csv');
    await writeFile(file, people.slice(0, people.indexOf('E-2')));
    expect((await runCommand(['roster', 'validate', file])).out).toContain('\n  1 row, 1 person.\n');
  });

  test('says line by line what would be refused, and hides what a terminal would obey', async () => {
    const file = join(folder, 'people.csv');
    await writeFile(file, `${people}E-3,Cid,cid@acme.com,retired\u001b[2J\n`);
    const { status, out } = await runCommand(['roster', 'validate', file]);
    expect(status).toBe(1);
    expect(out).toMatch(/line 4: column “status”: “retired/);
    expect(out).not.toContain('\u001b');
  });

  test('a file that is no roster is refused whole', async () => {
    const file = join(folder, 'people.csv');
    await writeFile(file, '<html><body>Sign in</body></html>');
    const { status, out } = await runCommand(['roster', 'validate', file]);
    expect(status).toBe(2);
    expect(out).toContain('would be refused as a whole');
  });

  test('a file that is not there', async () => {
    const { status, out } = await runCommand(['roster', 'validate', join(folder, 'none.csv')]);
    expect(status).toBe(2);
    expect(out).toContain('does not exist');
  });

  test('the ending says what it is, unless --format does', async () => {
    const file = join(folder, 'people.json');
    await writeFile(file, JSON.stringify([{ employeeId: 'E-1', workEmail: 'ada@acme.com', status: 'active' }]));
    expect((await runCommand(['roster', 'validate', file])).status).toBe(0);
    expect((await runCommand(['roster', 'validate', file, '--format', 'csv'])).status).toBe(2);
  });
});
