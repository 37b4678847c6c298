import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubMember } from '../../src/demo/build-world.js';
import { changeWorld, type WorldChange } from '../../src/demo/change-world.js';
import { demoCompany } from '../../src/demo/company.js';
import type { Report } from '../../src/findings/report.js';
import type { HubMember, HubOrganization } from '../../src/demo/world.js';
import { JudgedCompany, resultOf, resultsOf } from '../support/company.js';

const first = Date.parse('2026-11-21T02:00:00.000Z');
const night = (index: number): string => new Date(first + index * 86_400_000).toISOString();
const day = (index: number): string => night(index).slice(0, 10);

type Line = Record<string, string>;

describe('people who come, stay for a time, and go', () => {
  let company: JudgedCompany;
  let people: Line[];

  beforeEach(async () => {
    const demo = demoCompany(night(0));
    people = parse<Line>(demo.roster, { columns: true });
    company = await JudgedCompany.start(demo);
  });
  afterEach(() => company.stop());

  const acme = (): HubOrganization => {
    const [organization] = company.hub.world.organizations;
    if (organization === undefined) throw new Error('The demo company has no organization.');
    return organization;
  };
  const member = (username: string): HubMember => {
    const found = acme().members.find((one) => one.username === username);
    if (found === undefined) throw new Error(`no member ${username}`);
    return found;
  };
  const change = (wanted: WorldChange): void => {
    const mistake = changeWorld(company.hub.world, wanted);
    if (mistake !== null) throw new Error(mistake);
  };
  const remove = (username: string): HubMember => {
    const gone = member(username);
    change({ op: 'remove member', organization: 'acme', username });
    return gone;
  };
  const join = (joining: HubMember): void => change({ op: 'add member', organization: 'acme', member: joining });
  const said = (report: Report, check: string, name: string): string => {
    const { verdict, reason } = resultOf(report, check, name);
    return `${verdict} ${reason}`;
  };
  /** HR hands in another list, with these cells of these people. */
  const hr = async (index: number, edits: Record<string, Line>, more: Line[] = []): Promise<void> => {
    for (const line of people) Object.assign(line, edits[line['employee_id'] ?? '']);
    people.push(...more);
    await company.writeRoster(stringify(people, { header: true }), night(index));
  };

  describe('somebody who left and comes back', () => {
    const check = 'no-return-of-leaver';

    it('fails from the first reading that has the account again, and not before', async () => {
      expect(said(await company.night(night(0)), check, 'dpetrov')).toBe('not_applicable NEVER_GONE');
      const gone = remove('dpetrov');
      const without = await company.night(night(1));
      expect(resultsOf(without, check).filter(({ subject }) => subject.name === 'dpetrov')).toEqual([]);
      await company.night(night(2));
      join(gone);
      const back = resultOf(await company.night(night(3)), check, 'dpetrov');
      expect(back).toMatchObject({
        verdict: 'fail',
        reason: 'CAME_BACK',
        facts: { person: 'C-2003', goneAt: night(1), backAt: night(3) },
        dueAt: '2026-11-24T06:00:00.000Z',
      });
      // A row that changes is no return.
      member('dpetrov').fullName = 'D. Petrov';
      expect(resultOf(await company.night(night(4)), check, 'dpetrov').facts).toMatchObject({ backAt: night(3) });
    });

    it('takes no incomplete reading for an absence', async () => {
      await company.night(night(0));
      const gone = remove('dpetrov');
      company.hub.faults.push({ on: /orgs\/acme\/members/, answer: 500 });
      await company.night(night(1));
      company.hub.faults.length = 0;
      join(gone);
      expect(said(await company.night(night(2)), check, 'dpetrov')).toBe('not_applicable NEVER_GONE');
    });

    it('sees a return by another account, and by an invite', async () => {
      await company.night(night(0));
      remove('dpetrov');
      remove('mareknovak');
      await company.night(night(1));
      join(hubMember('dimitri2', { fullName: 'Dimitri Petrov', email: 'dimitri@petrov.example' }));
      change({
        op: 'add invite',
        organization: 'acme',
        invite: { invitee: 'marek.novak@acme.example', inviter: 'ninakraus', createdAt: night(1) },
      });
      const back = await company.night(night(2));
      expect(said(back, check, 'dimitri2')).toBe('fail CAME_BACK');
      expect(said(back, check, 'marek.novak@acme.example')).toBe('fail CAME_BACK');
    });

    it('passes somebody who was hired again', async () => {
      await company.night(night(0));
      const gone = remove('dpetrov');
      await company.night(night(1));
      const spell = people.find((line) => line['employee_id'] === 'C-2003');
      await hr(2, {}, [{ ...spell, start_date: day(2), end_date: day(200) }]);
      join(gone);
      const back = await company.night(night(2));
      expect(said(back, check, 'dpetrov')).toBe('pass EMPLOYED');
      expect(said(back, 'offboarded-access-removed', 'dpetrov')).toBe('pass EMPLOYED');
    });

    it('does not take an earlier break for a return, when somebody leaves', async () => {
      await company.night(night(0));
      const away = remove('svenlund');
      await company.night(night(1));
      join(away);
      await company.night(night(2));
      await hr(3, { 'E-1014': { end_date: day(2) } });
      const left = await company.night(night(4));
      expect(said(left, 'offboarded-access-removed', 'svenlund')).toBe('fail STILL_MEMBER');
      expect(said(left, check, 'svenlund')).toBe('not_applicable NEVER_GONE');
    });
  });

  describe('whose an account is', () => {
    const check = 'no-conflicting-links';

    it('is in doubt once HR gives its address to somebody else, until somebody declares it', async () => {
      expect(said(await company.night(night(0)), check, 'svenlund')).toBe('pass UNCONTRADICTED');
      const spell = people.find((line) => line['employee_id'] === 'E-1014');
      await hr(1, { 'E-1014': { work_email: 'sven.lund.old@acme.example' } }, [
        { ...spell, employee_id: 'E-1099', full_name: 'Svenja Lund', start_date: day(-1), docker_username: '' },
      ]);
      const moved = await company.night(night(1));
      expect(resultOf(moved, check, 'svenlund')).toMatchObject({
        verdict: 'fail',
        reason: 'ADDRESS_OF_ANOTHER',
        facts: { person: 'E-1014', claimedBy: [{ person: 'E-1099', name: 'Svenja Lund' }], addressChanged: false },
      });
      expect(said(moved, 'user-identified', 'svenlund')).toBe('pass LINKED');
      // The address that the link rests on is no longer theirs, though nobody shows it any more.
      member('svenlund').email = 'sven@private.example';
      expect(said(await company.night(night(2)), check, 'svenlund')).toBe('fail ADDRESS_OF_ANOTHER');
      member('svenlund').email = 'sven.lund.old@acme.example';
      expect(said(await company.night(night(3)), check, 'svenlund')).toBe('pass UNCONTRADICTED');
      member('svenlund').email = 'sven.lund@acme.example';
      const declared = await company.night(night(4), (text) =>
        text.replace('links:\n', 'links:\n    - { username: svenlund, person: E-1014 }\n'),
      );
      expect(said(declared, check, 'svenlund')).toBe('pass UNCONTRADICTED');
    });

    it('is in doubt once the account has the address of somebody else, with a tag or not', async () => {
      await company.night(night(0));
      member('tkraemer').email = 'Marta.Vogel+docker@acme-labs.example';
      const swapped = await company.night(night(1));
      expect(resultOf(swapped, check, 'tkraemer')).toMatchObject({
        reason: 'ADDRESS_OF_ANOTHER',
        facts: { claimedBy: [{ person: 'E-1006' }], addressChanged: true },
      });
      expect(said(swapped, check, 'martavogel')).toBe('pass UNCONTRADICTED');
      member('tkraemer').wire = { email: undefined };
      expect(said(await company.night(night(2)), check, 'tkraemer')).toBe('unknown FIELD_NOT_EXPOSED');
    });

    it('is no doubt for a second account, but that is one too many', async () => {
      join(hubMember('kofi2', { fullName: 'Kofi Mensah', email: 'kofi.mensah@acme.example' }));
      const two = await company.night(night(0));
      expect(resultOf(two, check, 'kofi2').facts).toMatchObject({ person: 'E-1013', otherAccounts: ['kofimens'] });
      expect(said(two, check, 'kofimens')).toBe('fail SEVERAL_ACCOUNTS');
      const allowed = await company.night(
        night(1),
        (text) => `${text}checks: { ${check}: { severalAccounts: [E-1013] } }\n`,
      );
      expect(said(allowed, check, 'kofimens')).toBe('pass UNCONTRADICTED');
    });

    it('must be the same in every organization', async () => {
      await company.night(night(0));
      await company.database.dataSource.query(
        `update link set employee_id = 'E-1016' where subject_kind = 'account' and evidence->>'username' = 'hkimura'
            and organization_id = (select id from organization where name = 'acme-labs')`,
      );
      const split = await company.night(night(1));
      const results = split.results.filter((one) => one.check === check && one.subject.name === 'hkimura');
      expect(results.map(({ organization, reason }) => `${organization} ${reason}`)).toEqual([
        'acme TWO_PEOPLE',
        'acme-labs TWO_PEOPLE',
      ]);
      expect(results[0]?.facts).toMatchObject({ elsewhere: [{ organization: 'acme-labs', person: 'E-1016' }] });
    });
  });

  describe('activity', () => {
    const check = 'no-dormant-member';

    it('is not guessed at where Docker Hub does not show it', async () => {
      acme().insights = false;
      const report = await company.night(night(0));
      expect(said(report, check, 'bramdewit')).toBe('unknown FIELD_NOT_EXPOSED');
      for (const one of acme().members) one.wire = { last_seen_at: null, last_logged_in_at: null };
      const nulls = resultsOf(await company.night(night(1)), check);
      expect(new Set(nulls.map(({ verdict, reason }) => `${verdict} ${reason}`))).toEqual(
        new Set([
          'unknown FIELD_NOT_EXPOSED',
          'not_applicable OFFBOARDED',
          'not_applicable ON_LEAVE',
          'not_applicable SERVICE_ACCOUNT',
        ]),
      );
      for (const one of acme().members) one.wire = { last_seen_at: undefined };
      acme().insights = true;
      expect(said(await company.night(night(2)), check, 'bramdewit')).toBe('unknown FIELD_NOT_EXPOSED');
      expect(said(await company.night(night(2)), check, 'martavogel')).toBe('pass ACTIVE');
    });

    it('is not expected of an account that was seen to join', async () => {
      await company.night(night(0));
      join(
        hubMember('yukit', {
          email: 'yuki.tanabe@acme.example',
          dateJoined: '2019-01-01T00:00:00.000000Z',
          lastSeenAt: null,
        }),
      );
      expect(resultOf(await company.night(night(1)), check, 'yukit')).toMatchObject({
        verdict: 'not_applicable',
        reason: 'JOINED_RECENTLY',
        facts: { joinedAt: '2019-01-01T00:00:00.000000Z' },
      });
      const later = await company.night(night(95));
      expect(said(later, check, 'yukit')).toBe('fail NEVER_ACTIVE');
    });

    it('counts from the last return, not from the first day', async () => {
      const idle = member('bramdewit');
      idle.lastSeenAt = null;
      idle.lastLoggedInAt = null;
      expect(said(await company.night(night(0)), check, 'bramdewit')).toBe('fail NEVER_ACTIVE');
      remove('bramdewit');
      await company.night(night(100));
      join(idle);
      expect(said(await company.night(night(101)), check, 'bramdewit')).toBe('not_applicable JOINED_RECENTLY');
    });
  });

  it('lets nobody in long before the first day', async () => {
    join(hubMember('milojansen', { email: 'milo.jansen@acme.example', dateJoined: night(0) }));
    const check = 'no-access-before-start';
    expect(resultOf(await company.night(night(0)), check, 'milojansen')).toMatchObject({
      verdict: 'fail',
      reason: 'TOO_EARLY',
      facts: { firstDay: '2026-12-05', startsAt: '2026-12-04T23:00:00.000Z' },
    });
    await hr(8, {});
    expect(said(await company.night(night(8)), check, 'milojansen')).toBe('fail TOO_EARLY');
    await hr(9, {});
    expect(said(await company.night(night(9)), check, 'milojansen')).toBe('pass WITHIN_LEAD');
  });

  it('asks who answers for people from outside', async () => {
    const check = 'external-sponsored';
    expect(said(await company.night(night(0)), check, 'owenblake')).toBe('pass SPONSORED');
    await hr(1, { 'C-2002': { manager_email: 'victor.lange@acme.example' } });
    expect(said(await company.night(night(1)), check, 'owenblake')).toBe('fail SPONSOR_LEFT');
    await hr(2, { 'C-2002': { manager_email: 'nobody@acme.example' } });
    expect(said(await company.night(night(2)), check, 'owenblake')).toBe('fail SPONSOR_UNKNOWN');
    await hr(3, { 'C-2002': { manager_email: '' } });
    expect(said(await company.night(night(3)), check, 'owenblake')).toBe('fail SPONSOR_MISSING');
    await hr(4, { 'C-2002': { manager_email: 'edwin.achterberg@acme.example' } });
    change({ op: 'change role', organization: 'acme', username: 'owenblake', role: 'editor' });
    expect(said(await company.night(night(4)), check, 'owenblake')).toBe('fail ROLE_TOO_HIGH');
    await hr(5, { 'C-2002': { employment_type: 'Mate' } });
    change({ op: 'change role', organization: 'acme', username: 'owenblake', role: 'member' });
    expect(said(await company.night(night(5)), 'contractor-end-dated', 'owenblake')).toBe('unknown UNRECOGNISED_VALUE');
  });

  it('tells an account with a job for a name', async () => {
    join(hubMember('acme-build', { email: 'build@acme.example' }));
    const report = await company.night(night(0));
    expect(said(report, 'no-shared-accounts', 'acme-build')).toBe('fail GENERIC_NAME');
    expect(JSON.stringify(resultOf(report, 'no-shared-accounts', 'acme-build'))).not.toContain('@');
  });
});
