import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubMember, hubScimUser } from '../../src/demo/build-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { HubOrganization } from '../../src/demo/world.js';
import type { Report } from '../../src/findings/report.js';
import { JudgedCompany, resultOf } from '../support/company.js';

const first = Date.parse('2026-11-21T02:00:00.000Z');
const night = (index: number): string => new Date(first + index * 86_400_000).toISOString();
const check = 'scim-hub-agreement';

describe('SCIM and Docker Hub over nights', () => {
  let company: JudgedCompany;
  let acme: HubOrganization;

  beforeEach(async () => {
    const demo = demoCompany(night(0));
    company = await JudgedCompany.start(demo);
    const [organization] = demo.world.organizations;
    if (organization === undefined) throw new Error('The demo company has no organization.');
    acme = organization;
  });
  afterEach(() => company.stop());

  const scim = (): NonNullable<HubOrganization['scim']> => {
    if (acme.scim === null) throw new Error('The demo company has no SCIM.');
    return acme.scim;
  };
  const forget = (displayName: string): void => {
    scim().users = scim().users.filter((user) => user.displayName !== displayName);
  };
  const said = (report: Report, name: string): string => {
    const { verdict, reason } = resultOf(report, check, name);
    return `${verdict} ${reason}`;
  };

  it('wait a day before somebody is absent, from when SCIM had them last', async () => {
    const start = await company.night(night(0));
    expect(said(start, 'martavogei')).toBe('unknown NOT_YET_A_DAY');
    expect(said(start, 'tkraemer')).toBe('pass IN_AGREEMENT');
    forget('tkraemer');
    const second = await company.night(night(1));
    expect(said(second, 'martavogei')).toBe('fail ABSENT_FROM_SCIM');
    expect(said(second, 'tkraemer')).toBe('unknown NOT_YET_A_DAY');
    acme.members.push(hubMember('newcomer', { email: 'new.comer@acme.example' }));
    const third = await company.night(night(2));
    expect(said(third, 'tkraemer')).toBe('fail ABSENT_FROM_SCIM');
    expect(said(third, 'newcomer')).toBe('unknown NOT_YET_A_DAY');
    expect(said(await company.night(night(3)), 'newcomer')).toBe('fail ABSENT_FROM_SCIM');
  });

  it('claim no absence from a list that was cut', async () => {
    await company.night(night(0));
    await company.night(night(1));
    company.hub.faults.push({ on: /scim/, answer: 500 });
    const cut = await company.night(night(2));
    for (const name of ['martavogei', 'tkraemer', 'mareknovak', 'acme']) {
      expect(resultOf(cut, check, name).verdict, name).toBe('unknown');
    }
  });

  it('take a week before SCIM has somebody in vain', async () => {
    const waiting = hubScimUser('wanda.wait@acme.example', 'wandawait');
    scim().users.push(waiting, hubScimUser('yuki.tanabe@acme.example', 'yukit'));
    expect(said(await company.night(night(0)), 'acme')).toBe('unknown NOT_YET_A_WEEK');
    expect(said(await company.night(night(6)), 'acme')).toBe('unknown NOT_YET_A_WEEK');
    // Yuki is invited.
    expect(resultOf(await company.night(night(7)), check, 'acme')).toMatchObject({
      verdict: 'fail',
      reason: 'NEVER_ARRIVED',
      facts: { count: 1, names: ['wandawait'] },
    });
    const member = hubMember('w-wait', { email: 'Wanda.Wait+hub@acme-labs.example' });
    acme.members.push(member);
    expect(said(await company.night(night(8)), 'acme')).toBe('pass IN_AGREEMENT');
    acme.members = acme.members.filter(({ username }) => username !== 'w-wait');
    expect(said(await company.night(night(9)), 'acme')).toBe('pass IN_AGREEMENT');
    expect(said(await company.night(night(16)), 'acme')).toBe('fail NEVER_ARRIVED');
    waiting.active = false;
    expect(said(await company.night(night(17)), 'acme')).toBe('pass IN_AGREEMENT');
  });
});
