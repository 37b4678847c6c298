import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const night = (index: number): string => `2026-11-${21 + index}T02:00:00.000Z`;

describe('repositories over nights', () => {
  let company: JudgedCompany;
  const nights: Report[] = [];
  const said = (index: number, check: string, name: string): string => {
    const report = nights[index];
    if (report === undefined) throw new Error(`night ${index} was not judged`);
    const { verdict, reason } = resultOf(report, check, name);
    return `${verdict} ${reason}`;
  };
  const repositoryNamed = (name: string) => {
    const found = company.hub.world.organizations[0]?.repositories.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no repository ${name}`);
    return found;
  };
  const statesOf = async (check: string, name: string): Promise<string[]> => {
    const rows: { kind: string }[] = await company.database.dataSource.query(
      `select transition.kind from finding_transition as transition join finding on finding.id = transition.finding_id
        where finding.check_id = $1 and finding.subject_name = $2 order by transition.id`,
      [check, name],
    );
    return rows.map(({ kind }) => kind);
  };

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
    const organization = company.hub.world.organizations[0];
    if (organization === undefined) throw new Error('no organization');
    nights.push(await company.night(night(0)));

    repositoryNamed('etl').isPrivate = false;
    const worker = repositoryNamed('prod-worker');
    organization.repositories = organization.repositories.filter((one) => one !== worker);
    const policy = (text: string): string =>
      `${text}checks:
  critical-repo-write-approved: { approvedTeams: [release, plat*] }
  public-repo-allow-listed: { allowed: [cli, acme/docs-*] }
`;
    nights.push(await company.night(night(1), policy));

    repositoryNamed('etl').isPrivate = true;
    repositoryNamed('prod-auth').teams.push({ team: 'qa', permission: 'write' });
    for (const username of ['jonasreuter', 'dpetrov']) {
      changeWorld(company.hub.world, { op: 'remove member', organization: 'acme', username });
    }
    nights.push(await company.night(night(2)));

    company.hub.faults.push({ on: '/namespaces/acme/repositories', answer: 500 });
    nights.push(await company.night(night(3)));

    company.hub.faults.length = 0;
    organization.repositories.push(worker);
    nights.push(await company.night(night(4)));
  });
  afterAll(() => company.stop());

  it('public ones fail until the policy allows them', () => {
    const check = 'public-repo-allow-listed';
    const failing = (index: number): string[] =>
      resultsOf(nights[index] as Report, check)
        .filter(({ verdict }) => verdict === 'fail')
        .map(({ subject }) => subject.name);
    expect(failing(0).sort()).toEqual(['cli', 'docs-site', 'sdk-samples']);
    expect(failing(1).sort()).toEqual(['etl', 'sdk-samples']);
    expect(said(1, check, 'docs-site')).toBe('pass ALLOWED');
    expect(said(1, check, 'prod-api')).toBe('pass PRIVATE');
    expect(said(2, check, 'etl')).toBe('pass PRIVATE');
    expect(said(3, check, 'sdk-samples')).toMatch(/^unknown /);
    expect(failing(4)).toEqual(['sdk-samples']);
  });

  it('one that was private fails when it becomes public, and after it went back', async () => {
    const check = 'visibility-not-flipped';
    expect(new Set(resultsOf(nights[0] as Report, check).map(({ reason }) => reason))).toEqual(
      new Set(['FIRST_RUN_NO_BASELINE']),
    );
    expect(said(1, check, 'etl')).toBe('fail MADE_PUBLIC');
    expect(said(1, check, 'cli')).toBe('pass NOT_FLIPPED');
    expect(said(2, check, 'etl')).toBe('fail WAS_PUBLIC');
    expect(said(3, check, 'etl')).toMatch(/^unknown /);
    expect(said(4, check, 'etl')).toBe('fail WAS_PUBLIC');
    expect(await statesOf(check, 'etl')).not.toContain('resolved');
  });

  it('a critical one that is gone stays a subject until it is back', async () => {
    const check = 'critical-repo-present';
    expect(
      resultsOf(nights[0] as Report, check)
        .map(({ subject }) => subject.name)
        .sort(),
    ).toEqual(['api', 'auth', 'billing', 'gateway', 'search', 'web', 'worker'].map((name) => `prod-${name}`));
    expect([0, 1, 2, 3, 4].map((index) => said(index, check, 'prod-worker'))).toEqual([
      'pass PRESENT',
      'unknown REMOVAL_UNCONFIRMED',
      'fail REPOSITORY_GONE',
      expect.stringMatching(/^unknown (?!REMOVAL)/),
      'pass PRESENT',
    ]);
    expect(resultOf(nights[2] as Report, check, 'prod-worker')).toMatchObject({
      message:
        'acme/prod-worker, of Production images, is gone since 2026-11-22 02:00 UTC: deleted or renamed, and nobody approved it.',
      facts: { missedBy: 2, systems: ['Production images'] },
    });
    const states = await statesOf(check, 'prod-worker');
    expect(states.at(0)).toBe('opened');
    expect(states.at(-1)).toBe('resolved');
    expect(states.filter((state) => state === 'resolved')).toHaveLength(1);
  });

  it('a critical one says who can push that should not', () => {
    const check = 'critical-repo-write-approved';
    expect(said(0, check, 'prod-api')).toBe('fail WRITER_LEFT');
    expect(resultOf(nights[0] as Report, check, 'prod-api').message).toMatch(
      /people who have left can push: .*jonasreuter: Jonas Reuter/,
    );
    expect(said(2, check, 'prod-auth')).toBe('fail TEAM_NOT_APPROVED');
    expect(resultOf(nights[2] as Report, check, 'prod-auth').message).toContain(
      'teams that nobody approved can push: qa (write)',
    );
    expect(resultOf(nights[2] as Report, check, 'prod-api').message).not.toContain('jonasreuter');
    expect(said(3, check, 'prod-auth')).toMatch(/^unknown /);
    expect(resultsOf(nights[3] as Report, check).filter(({ verdict }) => verdict === 'pass')).toEqual([]);
  });
});

describe('a credential that sees public repositories only', () => {
  it('makes them fail, and lets nothing pass', async () => {
    const company = await JudgedCompany.start(demoCompany(night(0)));
    const labs = company.hub.world.organizations[1];
    await company.night(night(0));
    for (const resource of labs?.tokens[0]?.resources ?? []) {
      resource.scopes = resource.scopes.filter((scope) => scope !== 'scope-repository-list');
    }
    const report = await company.night(night(1));
    await company.stop();
    const check = 'public-repo-allow-listed';
    expect(resultOf(report, check, 'datasets-public')).toMatchObject({ verdict: 'fail', reason: 'PUBLIC_NOT_ALLOWED' });
    expect(resultOf(report, check, 'notebooks')).toMatchObject({ verdict: 'unknown', reason: 'VISIBILITY_NOT_PROVEN' });
    for (const id of [check, 'visibility-not-flipped', 'critical-repo-present', 'critical-repo-write-approved']) {
      const results = resultsOf(report, id, 'acme-labs');
      expect(results.length, id).toBeGreaterThan(1);
      expect(
        results.filter(({ verdict }) => verdict === 'pass'),
        id,
      ).toEqual([]);
    }
  });
});
