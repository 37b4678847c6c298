import { parse } from 'csv-parse/sync';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../test/support/recorded-session.js';
import { catalog } from '../checks/catalog.js';
import type { DescribedCheck } from './described-check.js';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-checks-'));
  config = join(folder, 'hubwarden.yaml');
  await writeFile(
    config,
    `organizations: [ { name: acme, hub: { identifier: acme, secret: "\${SECRET}" } } ]
roster: { source: people.csv }
checks:
  owner-count: { enabled: false, reason: "=the board decides", max: 7 }
  user-identified: { severity: critical, sla: 10bd }
`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configured = () => ['--config', config];
const variables = { SECRET: 'geheim' };

async function listed(...args: readonly string[]): Promise<{ items: DescribedCheck[]; count: number }> {
  const { status, out, err } = await runCommand(['checks', 'list', '--format', 'json', ...args], variables);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out);
}
const one = (items: readonly DescribedCheck[], id: string): DescribedCheck | undefined =>
  items.find((item) => item.id === id);

describe('checks list', () => {
  test('tells every check of the catalogue in its order, with its own terms, without any configuration', async () => {
    const { items, count } = await listed();
    expect(count).toBe(catalog.length);
    expect(items.map(({ id, title, severity, sla, subjects }) => ({ id, title, severity, sla, subjects }))).toEqual(
      catalog.map(({ id, title, severity, sla, subjects }) => ({ id, title, severity, sla, subjects })),
    );
    expect(one(items, 'offboarded-access-removed')).toMatchObject({
      severity: 'critical',
      sla: '24h',
      needs: expect.arrayContaining([
        { dataset: 'roster', when: 'always' },
        { dataset: 'scim_users', when: 'configured' },
      ]),
      controls: expect.arrayContaining([
        { framework: 'PCI DSS 4.0', id: '8.2.5', title: 'access of terminated users is revoked at once' },
      ]),
      enabled: null,
      disabledBecause: null,
    });
    expect(items.every(({ controls }) => controls.every(({ title }) => title !== ''))).toBe(true);
  });

  test('with a configuration tells what is in force there', async () => {
    const { items } = await listed(...configured());
    expect(one(items, 'owner-count')).toMatchObject({ enabled: false, disabledBecause: '=the board decides' });
    expect(one(items, 'user-identified')).toMatchObject({ enabled: true, severity: 'critical', sla: '10bd' });
    expect(items.filter(({ enabled }) => enabled === true)).toHaveLength(catalog.length - 1);
  });

  test('as a table has a block for each check and ends with the count', async () => {
    const { status, out } = await runCommand(['checks', 'list']);
    expect(status).toBe(0);
    expect(out).toMatch(new RegExp(`\n${catalog.length} checks\n$`));
    expect(out).toContain(
      [
        'user-identified  medium, 3bd',
        '  Every account and invite belongs to one known person or to an owned service account.',
        '  judges: account, invite',
        '  needs: members, invites, roster',
        '  controls: SOC 2 CC6.1, CC6.2; ISO 27001:2022 A.5.16; PCI DSS 4.0 8.2.1, 8.2.2; HIPAA 164.312(a)(2)(i); SOX APD; NIST 800-53 IA-2, IA-4',
        '',
      ].join('\n'),
    );
    expect(out).toContain('hub-sync-complete  high, 24h, data trust\n');
    expect(out).not.toContain('state:');
    const inForce = await runCommand(['checks', 'list', ...configured()], variables);
    expect(inForce.out).toMatch(/\nowner-count .*\n(?: {2}.*\n)* {2}state: off: =the board decides\n/);
    expect(inForce.out).toMatch(new RegExp(`\n${catalog.length} checks, 1 of them off\n$`));
  });

  test('as CSV has a row for each check, and the count beside it', async () => {
    const { status, out, err } = await runCommand(['checks', 'list', '--format', 'csv', ...configured()], variables);
    const rows: Record<string, string>[] = parse(out, { columns: true });
    expect({ status, err }).toEqual({ status: 0, err: `${catalog.length} checks, 1 of them off\n` });
    expect(rows.map(({ id }) => id)).toEqual(catalog.map(({ id }) => id));
    expect(rows.find(({ id }) => id === 'owner-count')).toMatchObject({
      sla: '5bd',
      needs: 'members, teams, team_members',
      controls: 'SOC 2 CC6.3; ISO 27001:2022 A.8.2; NIST 800-53 AC-6(5); CIS Software Supply Chain 1.3.3, 1.3.7',
      data_trust: 'false',
      enabled: 'false',
      disabled_because: "'=the board decides",
    });
  });

  test('a configuration that is wrong is exit status 2, with its place', async () => {
    const { status, out, err } = await runCommand(['checks', 'list', ...configured()]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`${config}:1: `);
    const missing = await runCommand(['checks', 'list', '--config', join(folder, 'none.yaml')]);
    expect({ status: missing.status, out: missing.out }).toEqual({ status: 2, out: '' });
    expect(missing.err).toContain('there is no such file');
  });
});

describe('checks show', () => {
  test('explains one check', async () => {
    const { status, out, err } = await runCommand(['checks', 'show', 'owner-count']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^owner-count {2}medium, 5bd\n/);
    expect(out).toContain('\n  What to do: Make a second person owner');
    expect(out).toMatch(/\n {2}Reasons\n(?: {4}.*\n)* {4}fail +TOO_FEW_OWNERS +\S/);
    expect(out).toMatch(/\n {2}Settings\n {4}min +2 +the fewest human owners/);
    expect(out).toMatch(/\n {2}Gives evidence for\n {4}SOC 2 +CC6\.3 +access follows roles/);
  });

  test('with a configuration shows its settings', async () => {
    const { out } = await runCommand(['checks', 'show', 'owner-count', ...configured()], variables);
    expect(out).toMatch(/\n {4}max +7 +\S/);
    expect(out).toContain('  state: off: =the board decides\n');
  });

  test('as JSON has everything', async () => {
    const { out } = await runCommand(['checks', 'show', 'user-identified', '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      id: 'user-identified',
      why: expect.stringMatching(/\.$/),
      remedy: expect.stringMatching(/\.$/),
      reasons: { fail: { IDENTITY_UNLINKED: expect.any(String) } },
      settings: [],
    });
  });

  test.each([
    ['owner-cuont', 'did you mean `owner-count`?'],
    ['nothing-like-it', 'known are `user-identified`, '],
  ])('%s is exit status 2', async (id, hint) => {
    const { status, out, err } = await runCommand(['checks', 'show', id]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`there is no check \`${id}\`; ${hint}`);
  });
});
