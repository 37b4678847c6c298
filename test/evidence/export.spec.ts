import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import { exportEvidence, type Exported } from '../../src/evidence/export-evidence.js';
import { publicKeyOf, signingKey } from '../../src/evidence/signing-key.js';
import { verifyArchive } from '../../src/evidence/verify-archive.js';
import { readReport } from '../../src/findings/report.query.js';
import { JudgedCompany } from '../support/company.js';
import { filesIn } from '../support/evidence-archive.js';

const night = (day: number): string => `2026-11-${day}T02:00:00.000Z`;
const key = signingKey(Buffer.alloc(32, 9));
const checks = new Map(catalog.map((check) => [check.id, check]));
const nasty = '=HYPERLINK("http://evil.example","<script>alert(1)</script>\u202etxt")';

let company: JudgedCompany;
let folder: string;
let archive: string;
let files: Map<string, string>;

async function exported(from: string, to: string, output = archive, about = checks): Promise<Exported> {
  return exportEvidence(company.database.dataSource, {
    asked: { from: `${from}T00:00:00.000Z`, to: `${to}T00:00:00.000Z` },
    checks: about,
    scope: 'all checks',
    key,
    output,
    version: '0',
    onFile: () => undefined,
  });
}

const text = (name: string): string => files.get(name) ?? '';
const lines = (name: string): Record<string, unknown>[] =>
  text(name)
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const table = (name: string): Record<string, string>[] => parse(text(name), { columns: true });

beforeAll(async () => {
  company = await JudgedCompany.start(demoCompany(night(21)));
  folder = await mkdtemp(join(tmpdir(), 'hubwarden-evidence-'));
  archive = join(folder, 'evidence.tar');
  // Identity providers put names and addresses wherever they like.
  for (const user of company.hub.world.organizations[0]?.scim?.users.slice(0, 1) ?? [])
    user.displayName = 'Renée Example';
  for (const user of company.hub.world.organizations[0]?.scim?.users.slice(1, 2) ?? []) user.userName = 'Zoë Example';
  for (const user of company.hub.world.organizations[0]?.scim?.users.slice(2, 3) ?? [])
    user.displayName = 'Jo.Examplesen';
  await company.night(night(21));
  const change = (one: WorldChange): void => {
    const mistake = changeWorld(company.hub.world, one);
    if (mistake !== null) throw new Error(mistake);
  };
  change({ op: 'remove member', organization: 'acme', username: 'dpetrov' });
  change({ op: 'change role', organization: 'acme', username: 'cbenedetti', role: 'member' });
  change({ op: 'add invite', organization: 'acme', invite: { invitee: nasty } });
  await company.night(night(22));
  await company.night(night(23));
  // A night is missing, and the policy changes.
  await company.night(night(25), (policy) => `${policy}checks: { owner-count: { max: 9 } }\n`);
  const result = await exported('2026-11-01', '2026-12-31');
  if (result.outcome !== 'exported') throw new Error(result.outcome);
  files = await filesIn(archive);
});
afterAll(async () => {
  await company.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('an archive of evidence', () => {
  it('has every result of the reports at its start and its end', async () => {
    for (const [name, number] of [
      ['results-at-start', '1'],
      ['results-at-end', '4'],
    ] as const) {
      const { results } = await readReport(company.database.dataSource.manager, number);
      expect(text(`${name}.jsonl`)).toBe(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
    }
    const { results } = await readReport(company.database.dataSource.manager, '4');
    expect(lines('ocsf/compliance-findings.jsonl').map(({ message }) => message)).toEqual(
      results.map(({ message }) => message),
    );
  });

  it('is verified by the key, cut to the record, and leaves nothing beside itself', async () => {
    const verification = await verifyArchive(archive, publicKeyOf(key));
    expect(verification).toMatchObject({
      outcome: 'verified',
      manifest: { about: { cut: true, from: night(21), to: '2026-11-25T02:00:00.001Z' } },
    });
    expect(text('README.txt')).toContain('the record does not reach that far');
    expect(await readdir(folder)).toEqual(['evidence.tar']);
  });

  it('has everybody at the start and the end, and who came, left or changed between', () => {
    const names = (name: string): string[] => table(name).map((row) => row['name'] ?? '');
    expect(names('population-start.csv')).toContain('dpetrov');
    expect(names('population-end.csv')).not.toContain('dpetrov');
    const changes: { name: string; what: string; roleBefore: string | null; roleAfter: string | null }[] = JSON.parse(
      text('population-changes.json'),
    );
    expect(changes).toContainEqual(
      expect.objectContaining({ name: 'dpetrov', what: 'left', notBefore: night(21), seenAt: night(22) }),
    );
    expect(changes).toContainEqual(
      expect.objectContaining({ name: 'cbenedetti', what: 'changed', roleAfter: 'Member' }),
    );
    expect(changes.filter(({ what }) => what === 'joined')).toHaveLength(1);
    expect(names('population-start.csv').length + changes.filter(({ what }) => what === 'joined').length).toBe(
      names('population-end.csv').length + changes.filter(({ what }) => what === 'left').length,
    );
  });

  it('has every finding with its history, also those that are gone', () => {
    const findings: { check: string; subjectName: string; resolvedAt: string | null; history: { kind: string }[] }[] =
      JSON.parse(text('findings.json'));
    const left = findings.find((one) => one.check === 'offboarded-access-removed' && one.subjectName === 'dpetrov');
    expect(left?.resolvedAt).toBe(night(23));
    expect(left?.history.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['opened', 'resolved']));
    expect(table('findings.csv')).toHaveLength(findings.length);
  });

  it('names the night that is missing, and the change of policy', () => {
    expect(table('gaps.csv')).toContainEqual(
      expect.objectContaining({ what: 'no evaluation', from: night(23), to: night(25), hours: '48' }),
    );
    expect(JSON.parse(text('policy.json'))).toMatchObject({
      changes: [{ at: night(25), change: { after: { checks: { 'owner-count': { policy: { max: 9 } } } } } }],
    });
  });

  it('has the records as read, without names of people and addresses', () => {
    const records = lines('raw/records.jsonl');
    expect(records.length).toBeGreaterThan(100);
    expect(records.filter(({ dataset }) => dataset === 'members')).not.toEqual([]);
    expect(text('raw/records.jsonl')).not.toMatch(/[a-z0-9]@acme\.example/i);
    expect(text('raw/records.jsonl')).not.toMatch(/fullName|Example/);
    for (const [, content] of files) expect(content).not.toMatch(/dckr_(pat|oat)_/i);
  });

  it('has no secret in any file', () => {
    const secrets = company.hub.world.organizations.flatMap(({ credentials, scim }) => [
      ...credentials.map(({ secret }) => secret),
      ...(scim === null ? [] : [scim.token]),
    ]);
    expect(secrets.length).toBeGreaterThan(2);
    for (const secret of [...secrets, company.database.url, Buffer.alloc(32, 9).toString('base64')])
      for (const [name, content] of files) expect(content.includes(secret), name).toBe(false);
  });

  it('says the same verdicts in every format, and never that something unknown is satisfied', () => {
    const results = lines('results-at-end.jsonl') as { verdict: string; check: string }[];
    const ocsf = lines('ocsf/compliance-findings.jsonl') as { compliance: { status_id: number } }[];
    expect(ocsf).toHaveLength(results.length);
    const passing = results.filter(({ verdict }) => verdict === 'pass').length;
    expect(ocsf.filter(({ compliance }) => compliance.status_id === 1)).toHaveLength(passing);
    const oscal: {
      'assessment-results': {
        results: { findings: { target: { 'target-id': string; status: { state: string } } }[] }[];
      };
    } = JSON.parse(text('oscal/assessment-results.json'));
    const satisfied = oscal['assessment-results'].results[0]?.findings
      .filter(({ target }) => target.status.state === 'satisfied')
      .map(({ target }) => target['target-id']);
    expect(satisfied?.length).toBeGreaterThan(0);
    for (const check of satisfied ?? []) {
      const verdicts = new Set(results.filter((one) => one.check === check).map(({ verdict }) => verdict));
      expect(
        [...verdicts].filter((one) => one !== 'pass' && one !== 'not_applicable'),
        check,
      ).toEqual([]);
    }
  });

  it('shows what outsiders typed as text, in HTML and in spreadsheets', () => {
    expect(text('report.html')).not.toMatch(/<script|\u202e/);
    expect(text('report.html')).toContain(String.raw`\u202etxt`);
    expect(text('report.html')).toMatch(/<svg[\s\S]*<svg[\s\S]*<svg/);
    expect(text('population-end.csv')).toContain(`'=HYPERLINK`);
  });

  it('is another one for fewer checks, and the same window otherwise', async () => {
    const few = join(folder, 'few.tar');
    const ownerCount = checks.get('owner-count');
    if (ownerCount === undefined) throw new Error('there is no owner-count');
    await exported('2026-11-22', '2026-11-24', few, new Map([['owner-count', ownerCount]]));
    const found = await filesIn(few);
    await rm(few);
    expect(JSON.parse(found.get('manifest.json') ?? '')).toMatchObject({
      about: { cut: false, checks: ['owner-count'], start: { at: night(21) }, end: { at: night(23) } },
    });
    expect(found.get('results-at-end.jsonl')).not.toContain('user-identified');
  });

  it('is not written where nothing was evaluated', async () => {
    const other = join(folder, 'other.tar');
    await writeFile(other, 'what was there');
    expect(await exported('2025-01-01', '2025-02-01', other)).toEqual({
      outcome: 'nothing recorded',
      record: { first: night(21), last: night(25) },
    });
    expect(await readFile(other, 'utf8')).toBe('what was there');
    await rm(other);
  });
});
