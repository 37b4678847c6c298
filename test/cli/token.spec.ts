import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiTokens } from '../../src/http/api-tokens.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

let database: TestDatabase;
let tokens: ApiTokens;
beforeAll(async () => {
  database = await testDatabase();
  tokens = new ApiTokens(database.dataSource);
});
afterAll(() => database.drop());

/** Without a configuration file, in a folder that has none. */
async function token(...args: string[]): Promise<CommandResult> {
  return runCommand(['token', ...args], { DATABASE_URL: database.url });
}

async function listed(): Promise<readonly Record<string, unknown>[]> {
  const { out } = await token('list', '--format', 'json');
  return JSON.parse(out).items;
}

describe('hubwarden token create', () => {
  it('prints the token alone on standard output, and it works', async () => {
    const { status, out, err } = await token('create', '--name', 'grafana', '--role', 'auditor');
    expect(status).toBe(0);
    expect(out).toMatch(/^hw_[\w-]{43}\n$/);
    expect(err).toContain('Made grafana, role auditor, without an expiry.');
    expect(err).not.toContain(out.trim());
    expect(await tokens.authenticate(out.trim())).toMatchObject({ name: 'grafana', role: 'auditor' });
  });

  it('takes an expiry', async () => {
    expect((await token('create', '--name', 'short', '--role', 'operator', '--expires', '2d')).status).toBe(0);
    const found = await tokens.find('short');
    const hours = ((found?.expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(47.9);
    expect(hours).toBeLessThan(48.1);
  });

  it.each([
    [['--name', 'grafana', '--role', 'admin'], 'there is a token named grafana'],
    [['--name', ' x', '--role', 'admin'], '--name is not a name'],
    [['--name', 'x', '--role', 'root'], 'Allowed choices are admin, operator, auditor, reviewer'],
    [['--name', 'x'], '--role'],
    [['--role', 'admin'], '--name'],
    [['--name', 'x', '--role', 'admin', '--expires', 'soon'], '--expires is `soon`; expected a number of days'],
    [['--name', 'x', '--role', 'admin', '--expires', '2020-01-01'], '--expires is not in the future'],
    [['--name', 'x', '--role', 'admin', '--expires', '0d'], '--expires is not in the future'],
  ])('refuses %j', async (args, sentence) => {
    const { status, out, err } = await token('create', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(sentence);
  });
});

describe('hubwarden token list', () => {
  it('shows everything but the token', async () => {
    const made = await token('create', '--name', 'listed', '--role', 'reviewer');
    const { status, out } = await token('list');
    expect(status).toBe(0);
    expect(out).toMatch(/^NAME +ROLE +STATE +CREATED +EXPIRES +LAST USED +ID\n/);
    expect(out).toMatch(/^listed +reviewer +usable +\S+Z +never +never +[\da-f-]{36}$/m);
    const json = JSON.stringify(await listed());
    expect(json).toContain('"name":"listed","role":"reviewer","state":"usable"');
    expect(out + json).not.toContain(made.out.trim().slice(3));
    expect(json).not.toContain('hash');
  });
});

describe('hubwarden token revoke', () => {
  it.each(['name', 'id'])('takes the %s, and the token is refused from then on', async (by) => {
    const { out } = await token('create', '--name', `by ${by}`, '--role', 'operator');
    const id = (await tokens.find(`by ${by}`))?.id ?? '';
    const { status, err } = await token('revoke', by === 'id' ? id : `by ${by}`);
    expect({ status, err }).toEqual({ status: 0, err: expect.stringContaining('It is refused from now on.') });
    expect(await tokens.authenticate(out.trim())).toBeNull();
    expect((await listed()).find((one) => one['id'] === id)).toMatchObject({ state: 'revoked' });
    expect((await token('revoke', `by ${by}`)).status).toBe(2);
  });

  it('keeps the last admin, and says what to do', async () => {
    await token('create', '--name', 'boss', '--role', 'admin');
    const { status, err } = await token('revoke', 'boss');
    expect(status).toBe(2);
    expect(err).toContain('make another first');
    await token('create', '--name', 'boss 2', '--role', 'admin');
    expect((await token('revoke', 'boss')).status).toBe(0);
  });

  it('refuses what is not there', async () => {
    for (const which of ['nobody', '00000000-0000-4000-8000-000000000000']) {
      const { status, err } = await token('revoke', which);
      expect(status).toBe(2);
      expect(err).toContain(`there is no token in force with the name or id ${which}`);
    }
  });
});

it('says what is wrong with the environment', async () => {
  const { status, err } = await runCommand(['token', 'list'], { DATABASE_URL: 'mysql://x' });
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('DATABASE_URL does not fit') });
});
