import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import { LinkDecisions } from '../../src/identity/link-decisions.js';
import { JudgedCompany, resultOf } from '../support/company.js';

const night = (index: number): string => `2026-11-${21 + index}T02:00:00.000Z`;
const offboarded = 'offboarded-access-removed';
const leaver = 'jonasreuter';
const identity = { corporateDomains: [], domainAliases: {}, plusAddressing: true, links: [], serviceAccounts: [] };

/** Whose an account is not says nothing about whether it is gone. */
describe('the link of a leaver that is taken back', () => {
  let company: JudgedCompany;
  beforeEach(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
  });
  afterEach(() => company.stop());

  const query = <Row>(sql: string): Promise<Row[]> => company.database.dataSource.query<Row[]>(sql);
  const closed = async (): Promise<(string | null)[]> => {
    const rows = await query<{ resolved_because: string | null }>(
      `select resolved_because from finding where check_id = '${offboarded}' and subject_name = '${leaver}' order by id`,
    );
    return rows.map(({ resolved_because: because }) => because);
  };
  const said = (report: Report): { verdict: string; reason: string } => {
    const { verdict, reason } = resultOf(report, offboarded, leaver);
    return { verdict, reason };
  };
  const leave = (): void => {
    const mistake = changeWorld(company.hub.world, { op: 'remove member', organization: 'acme', username: leaver });
    if (mistake !== null) throw new Error(mistake);
  };
  const forgetInScim = (): void => {
    const [acme] = company.hub.world.organizations;
    if (!acme?.scim) throw new Error('The demo company has no SCIM.');
    acme.scim.users = acme.scim.users.filter(({ displayName }) => displayName !== leaver);
  };
  async function takeBack(): Promise<void> {
    const [link] = await query<{ id: string }>(
      `select id from link where ended_at is null and evidence->>'username' = '${leaver}'`,
    );
    const decisions = new LinkDecisions(company.database.dataSource);
    const decision = await decisions.takeBack(link?.id ?? '', 'not theirs', 'ops', identity);
    expect(decision.outcome).toBe('ended');
  }

  it('while the account is there', async () => {
    expect(said(await company.night(night(0))).verdict).toBe('fail');
    await takeBack();
    for (const index of [1, 2]) {
      expect(said(await company.night(night(index)))).toEqual({ verdict: 'unknown', reason: 'IDENTITY_UNLINKED' });
    }
    expect(await closed()).toEqual([null]);
  });

  it('while the account is gone, and SCIM has it active', async () => {
    await company.night(night(0));
    leave();
    expect(said(await company.night(night(1))).reason).toBe('STILL_ACTIVE_IN_SCIM');
    await takeBack();
    for (const index of [2, 3, 4]) {
      expect(said(await company.night(night(index)))).toEqual({ verdict: 'unknown', reason: 'REMOVAL_UNCONFIRMED' });
    }
    expect(await closed()).toEqual([null]);
    forgetInScim();
    expect(said(await company.night(night(5))).reason).toBe('REMOVAL_UNCONFIRMED');
    await company.night(night(6));
    expect(await closed()).toEqual(['REMOVED_IN_SOURCE']);
  });

  it('after a night that could not see all of it', async () => {
    forgetInScim();
    await company.night(night(0));
    leave();
    company.hub.faults.push({ on: /groups/, answer: 500 });
    expect(said(await company.night(night(1))).verdict).toBe('unknown');
    company.hub.faults.length = 0;
    await takeBack();
    expect(said(await company.night(night(2)))).toEqual({ verdict: 'unknown', reason: 'REMOVAL_UNCONFIRMED' });
    expect(await closed()).toEqual([null]);
    await company.night(night(3));
    expect(await closed()).toEqual(['REMOVED_IN_SOURCE']);
  });

  it('once its removal waits for a second reading, which it gets', async () => {
    forgetInScim();
    await company.night(night(0));
    leave();
    expect(said(await company.night(night(1))).reason).toBe('REMOVAL_UNCONFIRMED');
    await takeBack();
    company.hub.faults.push({ on: /scim/i, answer: 500 });
    expect(said(await company.night(night(2))).verdict).toBe('unknown');
    expect(await closed()).toEqual([null]);
    company.hub.faults.length = 0;
    await company.night(night(3));
    expect(await closed()).toEqual(['REMOVED_IN_SOURCE']);
  });
});
