import { readFile, rm, utimes } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { hubMember } from '../../src/demo/build-world.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { HubOrganization } from '../../src/demo/world.js';
import type { Report } from '../../src/findings/report.js';
import { RosterImport } from '../../src/roster/roster-import.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const night = (index: number): string => `2026-11-${21 + index}T02:00:00.000Z`;
const offboarded = 'offboarded-access-removed';

/** Each of these once made the engine pass somebody, or close a finding, that it should not have. */
describe('attempts at a wrong pass', () => {
  let company: JudgedCompany;
  let acme: HubOrganization;
  beforeEach(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
    const [first] = company.hub.world.organizations;
    if (first === undefined) throw new Error('The demo company has no organization.');
    acme = first;
  });
  afterEach(() => company.stop());

  const change = (op: WorldChange): void => {
    const mistake = changeWorld(company.hub.world, op);
    if (mistake !== null) throw new Error(mistake);
  };
  const causeOf = async (check: string, name: string): Promise<(string | null)[]> => {
    const rows: { resolved_because: string | null }[] = await company.database.dataSource.query(
      'select resolved_because from finding where check_id = $1 and subject_name = $2 order by subject_key',
      [check, name],
    );
    return rows.map((row) => row.resolved_because);
  };
  const scimUser = () => {
    const user = acme.scim?.users.find(({ displayName }) => displayName === 'jonasreuter');
    if (user === undefined) throw new Error('SCIM does not have jonasreuter.');
    return user;
  };
  const statusOf = (report: Report, name: string) => resultOf(report, offboarded, name);

  it('SCIM taken out of the configuration while a leaver is active in it', async () => {
    await company.night(night(0));
    change({ op: 'remove member', organization: 'acme', username: 'jonasreuter' });
    expect(statusOf(await company.night(night(1)), 'jonasreuter').reason).toBe('STILL_ACTIVE_IN_SCIM');
    const without = (text: string) => text.replace(/^ {4}scim:.*\n/m, '');
    for (const index of [2, 3]) {
      expect(statusOf(await company.night(night(index), without), 'jonasreuter').verdict).toBe('unknown');
    }
    expect(await causeOf(offboarded, 'jonasreuter')).toEqual([null]);
  });

  it('a leaver whom SCIM knows by address only, gone from it for one reading', async () => {
    const user = scimUser();
    user.displayName = 'jreuter-old';
    await company.night(night(0));
    change({ op: 'remove member', organization: 'acme', username: 'jonasreuter' });
    expect(statusOf(await company.night(night(1)), 'jonasreuter').reason).toBe('STILL_ACTIVE_IN_SCIM');
    if (acme.scim !== null) acme.scim.users = acme.scim.users.filter((one) => one !== user);
    expect(statusOf(await company.night(night(2)), 'jonasreuter').reason).toBe('REMOVAL_UNCONFIRMED');
    expect(statusOf(await company.night(night(3)), 'jonasreuter').verdict).toBe('pass');
  });

  it('two SCIM users of one leaver, of which one does not say whether it is active', async () => {
    const user = scimUser();
    user.active = false;
    acme.scim?.users.push({
      ...user,
      id: 'a7a5ef25-8889-43a0-8cc7-f2a94268e861',
      userName: 'jonas@acme.example',
      wire: { active: undefined },
    });
    await company.night(night(0));
    change({ op: 'remove member', organization: 'acme', username: 'jonasreuter' });
    await company.night(night(1));
    expect(statusOf(await company.night(night(2)), 'jonasreuter').verdict).toBe('unknown');
  });

  it('an older roster put in place of a newer one', async () => {
    const roster = await readFile(company.files.roster, 'utf8');
    const before = roster.replace(/^(C-2003,.*?),active,([^,]*),[^,]*,/m, '$1,active,$2,,');
    expect(before).not.toBe(roster);
    await company.writeRoster(roster, '2026-11-21T01:30:00.000Z');
    expect(statusOf(await company.night(night(0)), 'dpetrov').verdict).toBe('fail');
    await company.writeRoster(before, '2026-11-21T00:30:00.000Z');
    for (const index of [1, 2]) {
      const report = await company.night(night(index));
      expect(resultOf(report, 'hr-roster-fresh', 'HR roster').verdict).toBe('fail');
      expect(report.results.filter(({ check, verdict }) => check === offboarded && verdict === 'pass')).toEqual([]);
    }
    expect(await causeOf(offboarded, 'dpetrov')).toEqual([null]);
  });

  it('a roster that a run with a clock of its own dated years ahead', async () => {
    const loaded = await loadConfiguration(company.files.configuration, { variables: {} });
    if ('mistakes' in loaded) throw new Error(JSON.stringify(loaded.mistakes));
    await utimes(company.files.roster, new Date('2030-01-01T00:00:00Z'), new Date('2030-01-01T00:00:00Z'));
    const { signal } = new AbortController();
    const ahead = new RosterImport(company.database.dataSource);
    await ahead.import(loaded.configuration.roster, '2030-01-01T00:00:00.000Z', signal);
    await rm(company.files.roster);
    for (const index of [0, 9]) {
      const report = await company.night(night(index));
      expect(resultOf(report, 'hr-roster-fresh', 'HR roster').verdict).toBe('unknown');
      expect(report.results.filter(({ check, verdict }) => check === offboarded && verdict === 'pass')).toEqual([]);
    }
  });

  it('an account that is declared a service account beside its declared link', async () => {
    await company.night(night(0));
    const both = (text: string) =>
      text
        .replace('  links:\n', '  links:\n    - { username: jonasreuter, person: E-1017 }\n')
        .replace(
          '  serviceAccounts:\n',
          '  serviceAccounts:\n    - { username: jonasreuter, owner: E-1001, roles: [editor] }\n',
        );
    expect(statusOf(await company.night(night(1), both), 'jonasreuter').verdict).toBe('fail');
  });

  it('a leaver whose declared link is withdrawn before the account is gone from one listing', async () => {
    const linked = (text: string) => text.replace('person: E-1011', 'person: E-1017');
    expect(statusOf(await company.night(night(0), linked), 'nightowl77').verdict).toBe('fail');
    await company.night(night(1), (text) => text.replace(/^ {2}links:\n.*\n/m, ''));
    change({ op: 'remove member', organization: 'acme', username: 'nightowl77' });
    if (acme.scim !== null) acme.scim.users = acme.scim.users.filter(({ displayName }) => displayName !== 'nightowl77');
    expect(statusOf(await company.night(night(2)), 'nightowl77').reason).toBe('REMOVAL_UNCONFIRMED');
    expect(await causeOf(offboarded, 'nightowl77')).toEqual([null]);
    await company.night(night(3));
    expect(await causeOf(offboarded, 'nightowl77')).toEqual(['REMOVED_IN_SOURCE']);
  });

  it('a look-alike of a declared service account', async () => {
    change({
      op: 'add member',
      organization: 'acme',
      member: hubMember('\u212Abot', { email: 'x@elsewhere.example' }),
    });
    const report = await company.night(night(0), (text) =>
      text.replace(
        '  serviceAccounts:\n',
        '  serviceAccounts:\n    - { username: kbot, owner: E-1001, roles: [member] }\n',
      ),
    );
    expect(resultOf(report, 'user-identified', '\u212Abot')).toMatchObject({ verdict: 'fail' });
  });

  it('a leaver with a spell to come', async () => {
    await company.night(night(0));
    const roster = await readFile(company.files.roster, 'utf8');
    const [header = '', ...rows] = roster.trimEnd().split('\n');
    const row = rows.find((line) => line.startsWith('E-1017,'))?.split(',') ?? [];
    const cell = (name: string): number => header.split(',').indexOf(name);
    row[cell('status')] = 'pending';
    row[cell('start_date')] = '2027-06-01';
    row[cell('end_date')] = '';
    await company.writeRoster(`${roster.trimEnd()}\n${row.join(',')}\n`, night(1));
    expect(statusOf(await company.night(night(1)), 'jonasreuter')).toMatchObject({
      verdict: 'unknown',
      reason: 'BETWEEN_SPELLS',
    });
    expect(await causeOf(offboarded, 'jonasreuter')).toEqual([null]);
  });

  it('accounts whose address Docker Hub does not send are not strangers', async () => {
    company.hub.faults.push({ on: '/orgs/acme/members', answer: 'undefined field', field: 'email' });
    const report = await company.night(night(0));
    expect(resultOf(report, 'user-identified', 'lfontaine')).toMatchObject({
      verdict: 'unknown',
      reason: 'FIELD_NOT_EXPOSED',
    });
  });

  it('a custom role named like something that every object has', async () => {
    change({ op: 'change role', organization: 'acme', username: 'yarahaddad', role: 'constructor' });
    const report = await company.night(night(0));
    expect(resultOf(report, 'critical-system-access-valid', 'yarahaddad', 'Production images').verdict).toBe('unknown');
  });

  it('a system that is renamed does not read as access that was removed', async () => {
    await company.night(night(0));
    await company.night(night(1), (text) => text.replace('name: Docker Hub acme', 'name: All of acme'));
    expect(await causeOf('critical-system-access-valid', 'olindqvist')).toEqual([null, 'POLICY_CHANGED', null]);
  });

  it('a check switched on again while its listing is cut keeps the subjects with open findings', async () => {
    await company.night(night(0));
    const off = (text: string) =>
      `${text}checks: { critical-system-access-valid: { enabled: false, reason: "a test" } }\n`;
    await company.night(night(1), off);
    company.hub.faults.push({ on: '/orgs/acme/members', answer: 500 });
    const report = await company.night(night(2), (text) => text.replace(/^checks:.*\n/m, ''));
    const names = resultsOf(report, 'critical-system-access-valid')
      .filter(({ subject }) => subject.system === 'Production images')
      .map(({ subject, verdict }) => `${subject.name} ${verdict}`);
    expect(names).toContain('petrasommer unknown');
  });
});
