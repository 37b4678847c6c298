import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sampleDigest } from '../../src/alerts/sample-digest.js';
import { catalog } from '../../src/checks/catalog.js';
import { demoCompany } from '../../src/demo/company.js';
import { type DemoFiles, writeDemoFiles } from '../../src/demo/demo-files.js';
import { type RunningHub, startHub } from '../../src/demo/hub.js';
import { blockKitMistakes, blocksAsText } from '../support/block-kit.js';
import { temporaryFolder } from '../support/database-process.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { Receiver } from '../support/receiver.js';
import { ReceiverProcess } from '../support/receiver-process.js';
import { type CommandResult, runCommand } from '../support/recorded-session.js';

const now = '2026-11-21T02:00:00.000Z';

let folder: string;
let receiver: Receiver;
beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('alerts test', () => {
  const head =
    'organizations: [ { name: acme, hub: { identifier: acme, secret: s } } ]\nroster: { source: people.csv }\n';

  async function tested(alerts: string, variables: Record<string, string> = {}): Promise<CommandResult> {
    const config = join(folder, 'hubwarden.yaml');
    await writeFile(config, `${head}publicUrl: https://hubwarden.acme.com\n${alerts}`);
    const result = await runCommand(['alerts', 'test', '--config', config], {
      HUBWARDEN_DATA_DIR: join(folder, 'data'),
      ...variables,
    });
    expect(result.out + result.err).not.toContain('verysecretpart');
    return result;
  }
  const host = (): string => new URL(receiver.url).host;

  test('sends a sample to every channel, whatever it is narrowed to, and touches no database', async () => {
    const { status, out, err } = await tested(`alerts:
  - { kind: slack, url: "${receiver.slackUrl}", minSeverity: critical, quietHours: { from: "00:00", to: "23:59" } }
  - { kind: webhook, url: "${receiver.url}/hook/verysecretpart", secret: s, checks: [owner-count] }
`);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out.split('\n').toSorted()).toEqual([
      '',
      `alerts[0] slack ${host()}: sent`,
      `alerts[1] webhook ${host()}: sent`,
    ]);
    const slack = receiver.requests.find(({ path }) => path.startsWith('/services/'))?.body ?? '';
    expect(blockKitMistakes(slack)).toEqual([]);
    expect(blocksAsText(slack)).toContain('None of it has happened.');
    const webhook = receiver.requests.find(({ path }) => path.startsWith('/hook/'));
    expect(JSON.parse(webhook?.body ?? '')).toMatchObject({ schema: 'hubwarden.alert/1', kind: 'sample' });
    expect(webhook?.headers['x-hubwarden-signature']).toMatch(/^v1=[0-9a-f]{64}$/);
    expect(await readdir(folder)).toEqual(['hubwarden.yaml']);
  });

  test('what was not taken is exit status 3, with the reason', async () => {
    receiver.answer({ status: 404, body: 'no_service' });
    const gone = await tested(`alerts: [ { kind: slack, url: "${receiver.slackUrl}" } ]\n`);
    expect(gone).toEqual({
      status: 3,
      out: `alerts[0] slack ${host()}: gone. Slack answered 404 (no_service).\n`,
      err: '',
    });
    receiver.answer({ status: 503 });
    const busy = await tested(`alerts: [ { kind: webhook, url: "${receiver.slackUrl}" } ]\n`);
    expect(busy).toMatchObject({
      status: 3,
      out: `alerts[0] webhook ${host()}: not taken now. The receiver answered 503.\n`,
    });
    receiver.answer({ status: 422 });
    const refused = await tested(`alerts: [ { kind: webhook, url: "${receiver.slackUrl}" } ]\n`);
    expect(refused).toMatchObject({
      status: 3,
      out: `alerts[0] webhook ${host()}: refused. The receiver answered 422.\n`,
    });
  });

  test('one that takes it does not hide one that does not', async () => {
    const dead = await Receiver.start();
    await dead.stop();
    const { status, out } = await tested(
      `alerts: [ { kind: slack, url: "${receiver.slackUrl}" }, { kind: slack, url: "${dead.slackUrl}" } ]\n`,
    );
    expect(status).toBe(3);
    expect(out).toContain(`alerts[0] slack ${host()}: sent\n`);
    expect(out).toContain(
      `alerts[1] slack ${new URL(dead.url).host}: not taken now. The receiver refused the connection.\n`,
    );
  });

  test('entries with one address get one sample', async () => {
    const url = receiver.slackUrl;
    const { status, out } = await tested(
      `alerts: [ { kind: slack, url: "${url}", checks: [owner-count] }, { kind: slack, url: "${url}" } ]\n`,
    );
    expect({ status, out }).toEqual({ status: 0, out: `alerts[0], alerts[1] slack ${host()}: sent\n` });
    expect(receiver.requests).toHaveLength(1);
  });

  test.each([
    ['no channel', '', /hubwarden\.yaml: no channel is configured; expected at least one/],
    ['a mistake', 'alerts: [ { kind: slak, url: "https://x.example/verysecretpart" } ]\n', /did you mean|expected/],
  ])('%s is exit status 2, and nothing is sent', async (_, alerts, expected) => {
    const { status, out, err } = await tested(alerts);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(expected);
  });

  test('the checks of the sample are those of the catalogue', () => {
    const titles = new Map<string, string>(catalog.map(({ id, title }) => [id, title]));
    const { checks } = sampleDigest(now);
    expect(checks.map(({ id, title }) => [id, title])).toEqual(checks.map(({ id }) => [id, titles.get(id)]));
  });
});

describe('check --alert', () => {
  let hub: RunningHub;
  let database: TestDatabase;
  let files: DemoFiles;
  let variables: Record<string, string>;
  beforeEach(async () => {
    const company = demoCompany(now);
    hub = await startHub(company.world);
    database = await testDatabase();
    files = await writeDemoFiles(join(folder, 'policy'), company, hub.url);
    variables = { DATABASE_URL: database.url, DOCKERHUB_URL: hub.url, HUBWARDEN_DATA_DIR: join(folder, 'data') };
    const policy = await readFile(files.configuration, 'utf8');
    await writeFile(files.configuration, `${policy}\nalerts: [ { kind: slack, url: "${receiver.slackUrl}" } ]\n`);
  });
  afterEach(async () => {
    await hub.stop();
    await database.drop();
  });
  const check = (...more: readonly string[]): Promise<CommandResult> =>
    runCommand(['check', '--config', files.configuration, '--now', now, ...more], variables);

  test('tells the first night in one message, and an unchanged one not at all', async () => {
    const { status, err } = await check('--alert');
    expect(status).toBe(1);
    expect(err).toContain('deliver alerts: done, 1 message sent\n');
    expect(receiver.requests).toHaveLength(1);
    const body = receiver.requests[0]?.body ?? '';
    expect(blockKitMistakes(body)).toEqual([]);
    expect(blocksAsText(body)).toMatch(/^Docker Hub access, (first evaluation|data is missing): \d+ new/);
    expect((await check('--alert')).err).toContain('deliver alerts: done, 0 messages sent\n');
    expect(receiver.requests).toHaveLength(1);
  });

  test('without it the first night waits for one with it', async () => {
    const { err } = await check();
    expect(err).toContain('alerts: what changes waits for “hubwarden serve” or “hubwarden check --alert”\n');
    expect(receiver.requests).toEqual([]);
    await check('--alert');
    expect(receiver.taken).toHaveLength(1);
  });

  test('obeys Retry-After with the same message', async () => {
    receiver.answer({ status: 429, body: 'rate_limited', headers: { 'retry-after': '2' } });
    expect((await check('--alert')).err).toContain('1 message sent');
    const [first, second] = receiver.requests;
    expect(second?.body).toBe(first?.body);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
  });

  test('a hook that is gone does not change the exit status, and is said; a sample that is taken revives it', async () => {
    receiver.answer({ status: 410, body: 'channel_is_archived' });
    const { status, out, err } = await check('--alert', '--format', 'json');
    expect(status).toBe(1);
    expect(out).toContain('"hubwarden.report/1"');
    expect(err).toMatch(/deliver alerts: done, 0 messages sent, \d+ waiting\n/);
    const { host } = new URL(receiver.url);
    expect(err).toContain(`alerts: slack ${host}: Slack answered 410 (channel_is_archived).\n`);

    await check('--alert');
    expect(receiver.requests).toHaveLength(1);

    const tested = await runCommand(['alerts', 'test', '--config', files.configuration], variables);
    expect(tested).toEqual({
      status: 0,
      out: `alerts[0] slack ${host}: sent\nslack ${host} had been given up. It is used again, and what has waited for it is delivered.\n`,
      err: '',
    });
    expect((await check('--alert')).err).toMatch(/deliver alerts: done, [12] messages? sent\n/);
  });

  test('says so where no channel is configured', async () => {
    const policy = await readFile(files.configuration, 'utf8');
    await writeFile(files.configuration, policy.replace(/^alerts: .*$/m, ''));
    expect((await check('--alert')).err).toContain('alerts: nobody is told, because no channel is configured');
  });
});

test('the receiver works in a process of its own, and what it got outlives it', async () => {
  const apart = await ReceiverProcess.start(join(folder, 'receiver'), { answers: [{ status: 500 }] });
  const config = join(folder, 'hubwarden.yaml');
  await writeFile(
    config,
    `organizations: [ { name: acme, hub: { identifier: acme, secret: s } } ]\nroster: { source: people.csv }\nalerts: [ { kind: slack, url: "${apart.slackUrl}" } ]\n`,
  );
  const send = (): Promise<CommandResult> =>
    runCommand(['alerts', 'test', '--config', config], { HUBWARDEN_DATA_DIR: join(folder, 'data') });
  expect([(await send()).status, (await send()).status]).toEqual([3, 0]);
  await apart.stop('SIGKILL');
  expect((await apart.requests()).map(({ status }) => status)).toEqual([500, 200]);
});
