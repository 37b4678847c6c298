import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubToken } from '../../src/demo/build-world.js';
import { demoCompany, type Company } from '../../src/demo/company.js';
import type { HubToken } from '../../src/demo/world.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const night = (day: number): string => `2026-11-${day}T02:00:00.000Z`;
const tokenChecks = ['oat-expiry', 'oat-least-scope', 'oat-not-stale', 'oat-accountable'];

describe('tokens and settings', () => {
  let company: JudgedCompany;
  let source: Company;

  beforeEach(async () => {
    source = demoCompany(night(21));
    company = await JudgedCompany.start(source);
  });
  afterEach(() => company.stop());

  const acme = () => {
    const [organization] = company.hub.world.organizations;
    if (organization === undefined) throw new Error('There is no organization.');
    return organization;
  };
  const token = (label: string): HubToken => {
    const found = acme().tokens.find((one) => one.label === label);
    if (found === undefined) throw new Error(`There is no token ${label}.`);
    return found;
  };
  const owned = (text: string): string =>
    `${text}checks:\n  oat-accountable: { owners: { ${acme()
      .tokens.map(({ label }) => `${label}: E-1002`)
      .join(', ')} } }\n  registry-access-management-on: { allowed: [registry.acme.example] }\n`;
  /** Everything that is wrong with them is right from now on. */
  const repairTokens = (): void => {
    acme().tokens = [
      hubToken('acme', 'hubwarden', [], {
        ...token('hubwarden'),
        expiresAt: '2027-06-01T00:00:00Z',
        createdAt: '2026-09-01T00:00:00Z',
      }),
      ...acme()
        .tokens.filter(({ label }) => label !== 'hubwarden')
        .map((one) => ({ ...one, isActive: false })),
    ];
  };
  const said = (report: Report, check: string): Record<string, string> =>
    Object.fromEntries(resultsOf(report, check).map(({ subject, reason }) => [subject.name, reason]));
  const statusOf = (report: Report, name: string) =>
    report.datasets.find((one) => one.organization === 'acme' && one.name === name)?.status;
  const open = async (): Promise<string[]> => {
    const rows: { said: string }[] = await company.database.dataSource.query(
      `select check_id || ' ' || subject_name as said from finding
        where resolved_at is null and check_id like 'oat-%' order by 1`,
    );
    return rows.map((row) => row.said);
  };

  it('judges every token by its own, and who answers for it', async () => {
    const report = await company.night(night(21), owned);
    expect(said(report, 'oat-expiry')).toEqual({
      hubwarden: 'NO_EXPIRY',
      'ci-push': 'LIFETIME_TOO_LONG',
      'mirror-base-images': 'NO_EXPIRY',
      'siem-export': 'EXPIRES_IN_TIME',
      'old-deploy': 'TOKEN_EXPIRED',
      'release-bot': 'NO_EXPIRY',
    });
    expect(said(report, 'oat-least-scope')).toEqual({
      hubwarden: 'SCOPE_IN_BOUNDS',
      'ci-push': 'PUSH_EVERYWHERE',
      'mirror-base-images': 'SCOPE_IN_BOUNDS',
      'siem-export': 'SCOPE_IN_BOUNDS',
      'old-deploy': 'TOKEN_EXPIRED',
      'release-bot': 'PUSH_EVERYWHERE',
    });
    expect(new Set(Object.values(said(report, 'oat-not-stale')))).toEqual(new Set(['IN_USE', 'TOKEN_EXPIRED']));
    expect(said(report, 'oat-accountable')).toMatchObject({ hubwarden: 'ACCOUNTABLE', 'release-bot': 'CREATOR_LEFT' });
    // A day after the end of the last working day, which was 12 days ago.
    expect(resultOf(report, 'oat-accountable', 'release-bot')).toMatchObject({
      subject: { kind: 'token', id: token('release-bot').id },
      disposition: 'overdue',
      dueAt: '2026-11-10T23:00:00.000Z',
      facts: { createdBy: 'jonasreuter', creator: 'E-1017' },
    });
    for (const check of tokenChecks) {
      expect(resultsOf(report, check, 'acme-labs')).toMatchObject([
        { subject: { kind: 'organization' }, verdict: 'unknown', reason: 'CAPABILITY_MISSING' },
      ]);
    }
    expect(JSON.stringify(report)).not.toMatch(/simulated-/);
  });

  it('knows who made a token: a machine, somebody gone whom nobody knew, somebody who was never there', async () => {
    const made = (label: string, createdBy: string) => hubToken('acme', label, [], { createdBy });
    acme().tokens.push(
      made('of-a-machine', 'AcmeCI'),
      made('of-a-stranger', 'lfontaine'),
      made('of-nobody', 'never-a-member'),
    );
    const first = await company.night(night(21), owned);
    expect(said(first, 'oat-accountable')).toMatchObject({
      'of-a-machine': 'ACCOUNTABLE',
      'of-a-stranger': 'IDENTITY_UNLINKED',
      'of-nobody': 'CREATOR_UNKNOWN',
    });
    acme().members = acme().members.filter(({ username }) => username !== 'lfontaine');
    const second = await company.night(night(22));
    expect(said(second, 'oat-accountable')).toMatchObject({ 'of-a-stranger': 'CREATOR_UNKNOWN' });

    company.hub.faults.push({ on: /\/orgs\/acme\/members/, answer: 500 });
    const third = await company.night(night(23));
    expect(said(third, 'oat-accountable')).toMatchObject({
      'of-a-machine': 'SOURCE_UNREACHABLE',
      'of-nobody': 'SOURCE_UNREACHABLE',
      'release-bot': 'CREATOR_LEFT',
    });
  });

  it('closes what was repaired, and nothing while the tokens cannot be read', async () => {
    await company.night(night(21), owned);
    const before = await open();
    expect(before.length).toBeGreaterThan(5);

    repairTokens();
    company.hub.faults.push({ on: /\/orgs\/acme\/access-tokens/, answer: 403 });
    const denied = await company.night(night(22));
    expect(statusOf(denied, 'tokens')).toBe('not_permitted');
    for (const check of tokenChecks) {
      const results = resultsOf(denied, check);
      expect(results.filter(({ subject }) => subject.kind === 'token')).toHaveLength(6);
      expect(new Set(results.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
    }
    expect(resultOf(denied, 'connector-capability', 'acme')).toMatchObject({
      verdict: 'fail',
      reason: 'CAPABILITY_MISSING',
    });
    expect(resultOf(denied, 'hub-sync-complete', 'acme')).toMatchObject({
      verdict: 'unknown',
      reason: 'CAPABILITY_MISSING',
    });
    expect(await open()).toEqual(before);

    company.hub.faults.splice(0, 1, { on: /\/orgs\/acme\/access-tokens/, answer: 500 });
    const broken = await company.night(night(23));
    expect(resultOf(broken, 'connector-capability', 'acme')).toMatchObject({ reason: 'SOURCE_UNREACHABLE' });
    expect(resultOf(broken, 'hub-sync-complete', 'acme')).toMatchObject({ verdict: 'fail' });
    expect(await open()).toEqual(before);

    company.hub.faults.splice(0);
    const whole = await company.night(night(24));
    expect(said(whole, 'oat-expiry')).toMatchObject({ hubwarden: 'EXPIRES_IN_TIME', 'ci-push': 'TOKEN_INACTIVE' });
    expect(await open()).toEqual([]);
  });

  it('passes no token while the page of one of them is missing', async () => {
    company.hub.faults.push({ on: new RegExp(`/access-tokens/${token('siem-export').id}`), answer: 500 });
    const report = await company.night(night(21), owned);
    expect(statusOf(report, 'tokens')).toBe('partial');
    expect(said(report, 'oat-least-scope')).toMatchObject({
      'siem-export': 'FIELD_NOT_EXPOSED',
      hubwarden: 'SOURCE_INCOMPLETE',
      'ci-push': 'PUSH_EVERYWHERE',
    });
    expect(said(report, 'oat-expiry')).toMatchObject({ 'siem-export': 'FIELD_NOT_EXPOSED', hubwarden: 'NO_EXPIRY' });
    for (const check of tokenChecks) {
      expect(resultsOf(report, check).filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    }
  });

  it('says of the settings what Docker Hub says, and nothing where it says nothing', async () => {
    const first = await company.night(night(21));
    expect(resultOf(first, 'image-access-management-on', 'acme')).toMatchObject({ verdict: 'pass' });
    expect(resultOf(first, 'registry-access-management-on', 'acme')).toMatchObject({
      reason: 'REGISTRY_NOT_ALLOWED',
      facts: { strangers: ['registry.acme.example'] },
    });
    expect(resultOf(first, 'image-access-management-on', 'acme-labs')).toMatchObject({ reason: 'CAPABILITY_MISSING' });
    expect(resultOf(first, 'registry-access-management-on', 'acme-labs')).toMatchObject({
      reason: 'REGISTRY_ACCESS_OFF',
    });

    acme().imageAccess = { enabled: false, allowOfficialImages: true, allowVerifiedPublishers: true };
    const second = await company.night(night(22), owned);
    expect(resultOf(second, 'image-access-management-on', 'acme')).toMatchObject({ reason: 'IMAGE_ACCESS_OFF' });
    expect(resultOf(second, 'registry-access-management-on', 'acme')).toMatchObject({ verdict: 'pass' });

    acme().registryAccess = null;
    company.hub.faults.push({ on: /\/orgs\/acme\/settings$/, answer: 'cut body' });
    const third = await company.night(night(23));
    expect(resultOf(third, 'image-access-management-on', 'acme')).toMatchObject({ verdict: 'unknown' });
    expect(resultOf(third, 'registry-access-management-on', 'acme')).toMatchObject({
      verdict: 'unknown',
      reason: 'CAPABILITY_MISSING',
    });
    const findings: object[] = await company.database.dataSource.query(
      `select reason from finding where check_id = 'image-access-management-on' and resolved_at is null`,
    );
    expect(findings).toEqual([{ reason: 'IMAGE_ACCESS_OFF' }]);
  });
});
