import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { demoSecrets } from '../src/demo/company-hub.js';
import type { HubPage } from './support/ask-hub.js';
import { askHub, postHub, signInToHub } from './support/ask-hub.js';

/** The compiled process, as another process sees it: `npm run build` comes first. */
const program = new URL('../dist/src/demo/hub-process.js', import.meta.url).pathname;

let directory = '';
let child: ChildProcessWithoutNullStreams;
let url = '';
let complaint = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hub-process-'));
  child = spawn(process.execPath, [
    program,
    '--port',
    '0',
    '--files',
    directory,
    '--rate-limit',
    '900',
    '--token-life',
    '120',
  ]);
  child.stderr.on('data', (part) => (complaint += String(part)));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${program} ended before it listened: ${complaint}`);
  });
  const [line]: string[] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  ended.catch(() => undefined);
  url = JSON.parse(line ?? '{}').url;
});
afterAll(async () => {
  child.kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

describe('the hub as a process of its own', () => {
  it('writes a configuration whose credentials it accepts, beside the roster', async () => {
    const configuration = parse(await readFile(join(directory, 'hubwarden.yaml'), 'utf8'));
    expect(configuration.organizations).toHaveLength(2);
    for (const { hub, owner } of configuration.organizations) {
      await signInToHub(url, hub.identifier, hub.secret);
      if (owner) await signInToHub(url, owner.identifier, owner.secret);
    }
    expect(configuration.organizations[0].scim.url).toBe(`${url}/v2/scim/2.0`);
    const roster = await readFile(join(directory, configuration.roster.source), 'utf8');
    expect(roster.split('\n')[0]).toContain('employee_id,full_name,work_email');
  });

  it('obeys what it was started with', async () => {
    const bearer = await signInToHub(url, 'acme', demoSecrets.reader);
    const { headers } = await askHub(url, '/v2/orgs/acme/members', bearer);
    expect(headers.get('x-ratelimit-limit')).toBe('900');
    const claims: { iat: number; exp: number } = JSON.parse(
      Buffer.from(bearer.split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims.exp - claims.iat).toBeGreaterThanOrEqual(120);
    expect(claims.exp - claims.iat).toBeLessThanOrEqual(121);
  });

  it('takes faults over HTTP and forgets them', async () => {
    const bearer = await signInToHub(url, 'acme', demoSecrets.reader);
    expect(
      (await postHub(url, '/simulator/faults', { on: { pattern: 'members\\?page=[2-9]' }, answer: 500 })).body,
    ).toEqual({ count: 1 });
    expect((await postHub(url, '/simulator/faults', [{ on: '/groups', answer: 'empty', times: 1 }])).body).toEqual({
      count: 2,
    });
    expect((await askHub(url, '/v2/orgs/acme/members?page=2', bearer)).status).toBe(500);
    expect((await askHub(url, '/v2/orgs/acme/members?page=1', bearer)).status).toBe(200);
    expect((await postHub(url, '/simulator/faults', { answer: 500 })).status).toBe(400);
    const pattern = await postHub(url, '/simulator/faults', { on: { pattern: '(' }, answer: 500 });
    expect([pattern.status, JSON.stringify(pattern.body)]).toEqual([
      500,
      expect.stringContaining('the simulator failed'),
    ]);
    await fetch(`${url}/simulator/faults`, { method: 'DELETE' });
    expect((await askHub(url, '/v2/orgs/acme/members?page=2', bearer)).status).toBe(200);
    await fetch(`${url}/simulator/tokens`, { method: 'DELETE' });
    expect((await askHub(url, '/v2/orgs/acme/members', bearer)).status).toBe(401);
  });

  it('says what it was asked, without what it was asked about itself', async () => {
    await fetch(`${url}/simulator/requests`, { method: 'DELETE' });
    const bearer = await signInToHub(url, 'acme', demoSecrets.reader);
    await askHub(url, '/v2/orgs/acme/groups', bearer);
    const { body } = await askHub(url, '/simulator/requests');
    expect(body).toMatchObject({
      count: 2,
      requests: [
        { method: 'POST', path: '/v2/auth/token', status: 200 },
        { method: 'GET', path: '/v2/orgs/acme/groups', status: 200 },
      ],
    });
    expect((await askHub(url, '/simulator/requests?match=/groups')).body).toMatchObject({ count: 1 });
  });

  it('changes its world', async () => {
    const bearer = await signInToHub(url, 'acme', demoSecrets.reader);
    const find = async () =>
      (await askHub<HubPage>(url, '/v2/orgs/acme/members?search=jonasreuter', bearer)).body.count;
    expect(await find()).toBe(1);
    const change = { op: 'remove member', organization: 'acme', username: 'jonasreuter' };
    expect((await postHub(url, '/simulator/world', change)).body).toEqual({ changed: 1 });
    expect(await find()).toBe(0);
    const again = await postHub(url, '/simulator/world', change);
    expect([again.status, again.body]).toEqual([400, { message: 'there is no member "jonasreuter"', errinfo: null }]);
    expect((await postHub(url, '/simulator/world', { op: 'dance' })).status).toBe(400);
  });

  it('explains itself, and names what is wrong on its command line', async () => {
    const run = promisify(execFile);
    expect((await run(process.execPath, [program, '--help'])).stdout).toContain('--files <directory>');
    await expect(run(process.execPath, [program, '--port', 'x'])).rejects.toMatchObject({
      stderr: expect.stringContaining('a whole number is expected'),
    });
  });

  it('ends at SIGTERM, also with a connection open', async () => {
    await askHub(url, '/simulator/faults');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});
