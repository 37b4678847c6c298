import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { demoCompany } from './company.js';
import type { RosterLine } from './roster-file.js';
import type { HubOrganization } from './world.js';

const now = '2026-11-21T02:00:00.000Z';
const today = '2026-11-21';
const company = demoCompany(now);
const lines = parse<RosterLine>(company.roster, { columns: true });
const [acme, labs] = company.world.organizations;
if (!acme || !labs) throw new Error('the demo has two organizations');

const line = (id: string) => lines.findLast((one) => one.employee_id === id);
const account = (username: string) => acme.members.find((one) => one.username === username);
const names = ({ members }: HubOrganization) => members.map((one) => [one.id, one.username, one.role]);
const gone = (id: string) => (line(id)?.end_date || '9999') < today || line(id)?.status === 'terminated';

describe('the demo company', () => {
  it('is the same for the same instant and the same story at another', () => {
    expect(demoCompany(now)).toEqual({ ...company, configuration: expect.any(Function) });
    const later = demoCompany('2031-03-05T02:00:00.000Z');
    const ends = parse<RosterLine>(later.roster, { columns: true }).filter((one) => one.end_date !== '');
    expect(ends.map((one) => one.employee_id)).toEqual(
      lines.filter((one) => one.end_date !== '').map((one) => one.employee_id),
    );
    expect(ends.filter((one) => one.end_date < '2031-03-05').map((one) => one.employee_id)).toEqual(
      lines.filter((one) => one.end_date !== '' && one.end_date < today).map((one) => one.employee_id),
    );
    expect(later.world.organizations.map(names)).toEqual(company.world.organizations.map(names));
  });

  it('has some 60 people, 9 teams, 25 repositories, 6 tokens, 5 invitations', () => {
    expect(new Set(lines.map((one) => one.employee_id)).size).toBeGreaterThanOrEqual(58);
    expect(acme.members.length).toBeGreaterThanOrEqual(45);
    expect([acme.teams.length, acme.repositories.length, acme.tokens.length, acme.invites.length]).toEqual([
      9, 25, 6, 5,
    ]);
    expect(acme.repositories.filter((one) => one.name.startsWith('prod-'))).toHaveLength(7);
    expect(acme.repositories.filter((one) => !one.isPrivate)).toHaveLength(3);
    expect(acme.teams.filter((one) => one.role !== null).map((one) => one.name)).toEqual(['release']);
  });

  it.each<[string, HubOrganization]>([
    ['acme', acme],
    ['acme-labs', labs],
  ])('is consistent in itself: %s', (_, organization) => {
    const teams = new Set(organization.teams.map((one) => one.name));
    for (const member of organization.members) {
      expect(member.groups.filter((one) => !teams.has(one))).toEqual([]);
      expect(member.groups.includes('owners')).toBe(member.role === 'Owner');
      expect(member.username).toMatch(/^[a-z0-9]{4,30}$/);
    }
    for (const repository of organization.repositories) {
      expect(repository.teams.filter((one) => !teams.has(one.team))).toEqual([]);
    }
    for (const keys of [
      organization.members.map((one) => one.id),
      organization.members.map((one) => one.username),
      organization.invites.map((one) => one.id),
      organization.teams.map((one) => one.id),
      organization.repositories.map((one) => one.name),
      organization.tokens.map((one) => one.id),
    ]) {
      expect(new Set<string | number>(keys).size).toBe(keys.length);
    }
  });

  it('has people who left and can still get in', () => {
    expect([gone('E-1017'), account('jonasreuter')?.groups]).toEqual([true, ['release']]);
    expect([gone('E-1043'), acme.invites[0]?.invitee]).toEqual([true, 'anton.berger@acme.example']);
    expect(acme.members.some((one) => one.email === 'anton.berger@acme.example')).toBe(false);
    expect([line('C-2003')?.status, gone('C-2003'), account('dpetrov')?.role]).toEqual(['active', true, 'Member']);
    expect([line('E-1045')?.end_date, gone('E-1045'), account('mareknovak')?.role]).toEqual(['', true, 'Member']);
    expect(acme.tokens.find((one) => one.createdBy === 'jonasreuter')?.label).toBe('release-bot');
    expect(acme.invites.find((one) => one.inviter === 'jonasreuter')?.invitee).toBe('yuki.tanabe@acme.example');
  });

  it('has people who are all right, though it takes a second look', () => {
    expect(line('E-1022')).toMatchObject({ status: 'on_leave' });
    expect(line('E-1019')).toMatchObject({ status: 'active', end_date: '2026-12-12' });
    expect(line('E-1020')).toMatchObject({ status: 'active', end_date: today });
    expect(line('E-1060')).toMatchObject({ status: 'pending', start_date: '2026-12-05' });
    const spells = lines.filter((one) => one.employee_id === 'E-1024');
    expect(spells.map((one) => one.end_date)).toEqual(['2025-10-17', '']);
    expect([gone('E-1029'), acme.members.some((one) => one.fullName === 'Clara Weiss')]).toEqual([true, false]);
    expect(acme.scim?.users.find((one) => one.displayName === 'claraweiss')?.active).toBe(false);
  });

  it('has accounts that are recognized in every way, and some that must not be', () => {
    expect(account('miraholt')?.email).toBe('mira.holt+docker@acme.example');
    expect(account('rmenon')?.email).toBe('ravi.menon@acme-labs.example');
    expect(account('jmorel')?.email).toBe(line('E-1010')?.other_emails);
    expect(account('kofimens')?.username).toBe(line('E-1013')?.docker_username);
    expect(account('svenlund')?.email).not.toBe(line('E-1014')?.work_email);
    const known = new Set(lines.flatMap((one) => [one.work_email, ...one.other_emails.split(';')]));
    expect(known.has(account('lfontaine')?.email ?? '')).toBe(false);
    const lookAlike = account('martavogei')?.email ?? '';
    expect(known.has(lookAlike)).toBe(false);
    expect(known.has(lookAlike.replace('\u0430', 'a'))).toBe(true);
    expect(lines.filter((one) => one.other_emails === account('imaginglab')?.email)).toHaveLength(2);
  });

  it('declares what its policy needs, with days around its clock', () => {
    const policy = parseYaml(company.configuration('http://127.0.0.1:1'));
    expect(policy.identity.links).toEqual([{ username: 'nightowl77', person: 'E-1011' }]);
    const [healthy, orphaned] = policy.identity.serviceAccounts;
    expect([gone(healthy.owner), gone(orphaned.owner)]).toEqual([false, true]);
    for (const { username } of policy.identity.serviceAccounts) expect(account(username)).toBeDefined();
    expect(policy.criticalSystems.map((one: { approvedOn: string }) => one.approvedOn)).toEqual([
      '2026-09-02',
      '2026-10-12',
      '2025-10-17',
    ]);
    expect(acme.members.filter((one) => one.role === 'Owner').map((one) => one.username)).toEqual([
      'ninakraus',
      'isolberg',
      'cbenedetti',
    ]);
    expect(line('E-1047')?.job_title).toBe('Account Executive');
    expect(account('niallbrennan')?.role).toBe('registry-auditor');
    expect(policy.roles).toEqual({ 'registry-auditor': 'member' });
  });
});
