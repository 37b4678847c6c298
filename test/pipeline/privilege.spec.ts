import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultOf, resultsOf } from '../support/company.js';
import { CompanyNights, night, said } from '../support/company-nights.js';

describe('rights over nights', () => {
  let nights: CompanyNights;

  beforeEach(async () => {
    nights = await CompanyNights.start();
  });
  afterEach(() => nights.stop());

  describe('a role that rose', () => {
    const check = 'no-unapproved-escalation';
    const promote = (role: string, at: string) => nights.change({ op: 'change role', username: 'tkraemer', role }, at);

    it('cannot be seen on the first night, and does not vanish when tonight is the one before', async () => {
      const start = await nights.judge(0);
      expect(new Set(resultsOf(start, check).map(({ reason }) => reason))).toEqual(new Set(['FIRST_RUN_NO_BASELINE']));
      promote('owner', night(0, 20));
      const shown = resultOf(await nights.judge(1), check, 'tkraemer');
      expect(shown).toMatchObject({
        verdict: 'fail',
        reason: 'ROLE_ROSE',
        facts: { from: 'member', roseAt: night(0, 20), lowerUntil: night(0) },
        dueAt: night(0, 44),
      });
      for (const index of [2, 3, 30]) {
        const later = resultOf(await nights.judge(index), check, 'tkraemer');
        expect(later, String(index)).toMatchObject({ reason: 'ROLE_ROSE', facts: shown.facts, dueAt: shown.dueAt });
      }
      expect(resultsOf(await nights.judge(31), check).filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
      expect(said(await nights.judge(100), check, 'tkraemer')).toBe('pass NO_RISE');
    });

    it('is resolved by taking it back', async () => {
      await nights.judge(0);
      promote('editor', night(0, 20));
      expect(said(await nights.judge(1), check, 'tkraemer')).toBe('fail ROLE_ROSE');
      promote('member', night(1, 3));
      expect(said(await nights.judge(2), check, 'tkraemer')).toBe('pass NO_RISE');
      const findings = await nights.query('select resolved_because from finding where check_id = $1', [check]);
      expect(findings).toEqual([{ resolved_because: 'NO_RISE' }]);
    });

    it('passes with an approval in time, for that step only', async () => {
      await nights.judge(0);
      promote('editor', night(0, 20));
      await nights.judge(1);
      await nights.except(check, 'tkraemer', 'stands in for the lead', night(1, 8));
      const approved = resultOf(await nights.judge(2), check, 'tkraemer');
      expect(approved).toMatchObject({
        reason: 'CHANGE_APPROVED',
        facts: { requestedBy: 'ops', approvedBy: 'security' },
      });
      expect(said(await nights.judge(9), check, 'tkraemer')).toBe('pass CHANGE_APPROVED');
      promote('owner', night(9, 1));
      expect(resultOf(await nights.judge(10), check, 'tkraemer')).toMatchObject({
        verdict: 'fail',
        reason: 'ROLE_ROSE',
        disposition: 'in_grace',
        facts: { from: 'editor' },
      });
    });

    it('is not approved by what a step before the window used up', async () => {
      const narrow = (text: string) => `${text.replace(/^checks:.*\n/m, '')}checks: { ${check}: { window: 10d } }\n`;
      await nights.judge(0, {}, narrow);
      promote('editor', night(0, 20));
      await nights.judge(1, {}, narrow);
      await nights.except(check, 'tkraemer', 'stands in for the lead', night(1, 8));
      expect(said(await nights.judge(2, {}, narrow), check, 'tkraemer')).toBe('pass CHANGE_APPROVED');
      promote('member', night(2, 1));
      await nights.judge(3, {}, narrow);
      promote('editor', night(20, 1));
      expect(said(await nights.judge(21, {}, narrow), check, 'tkraemer')).toBe('fail ROLE_ROSE');
      expect(said(await nights.judge(29, {}, narrow), check, 'tkraemer')).toBe('fail ROLE_ROSE');
    });

    it('is excused and no more by an approval that comes too late', async () => {
      await nights.judge(0);
      promote('owner', night(0, 20));
      await nights.judge(1);
      await nights.judge(3);
      await nights.except(check, 'tkraemer', 'found out only now', night(3, 21));
      expect(resultOf(await nights.judge(4), check, 'tkraemer')).toMatchObject({
        verdict: 'fail',
        disposition: 'excepted',
      });
    });

    it('is compared with complete readings only, and dated by the first that showed it', async () => {
      const { faults } = nights.company.hub;
      const cut = { on: '/orgs/acme/groups', answer: 500 } as const;
      faults.push(cut);
      await nights.judge(0);
      promote('owner', night(0, 20));
      const second = await nights.judge(1);
      expect(new Set(resultsOf(second, check).map(({ reason }) => reason))).toEqual(new Set(['FIRST_RUN_NO_BASELINE']));
      faults.length = 0;
      expect(said(await nights.judge(2), check, 'yarahaddad')).toBe('unknown FIRST_RUN_NO_BASELINE');
      expect(said(await nights.judge(3), check, 'yarahaddad')).toBe('pass NO_RISE');

      faults.push(cut);
      // Nothing in the audit log, so that only the readings can tell.
      const member = nights.member('yarahaddad');
      Object.assign(member, { role: 'Owner', groups: [...member.groups, 'owners'] });
      const shown = resultOf(await nights.judge(4), check, 'yarahaddad');
      expect(shown).toMatchObject({ verdict: 'fail', facts: { roseAt: night(4) } });
      faults.length = 0;
      const whole = await nights.judge(5);
      expect(resultOf(whole, check, 'yarahaddad')).toMatchObject({
        verdict: 'fail',
        facts: { roseAt: night(4), lowerUntil: night(3) },
        dueAt: shown.dueAt,
      });
      expect(resultsOf(whole, check).filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
    });

    it('counts where a team brought it, and where it came back higher after a while', async () => {
      await nights.judge(0);
      nights.change({ op: 'join team', username: 'yarahaddad', team: 'release' }, night(0, 1));
      const member = nights.member('ethandoyle');
      nights.change({ op: 'remove member', username: 'ethandoyle' }, night(0, 2));
      const teams = await nights.judge(1);
      expect(resultOf(teams, check, 'yarahaddad')).toMatchObject({
        verdict: 'fail',
        facts: { to: 'editor (through a team)' },
      });
      await nights.judge(2);
      nights.change({ op: 'add member', member: { ...member, role: 'Editor' } }, night(2, 1));
      expect(resultOf(await nights.judge(3), check, 'ethandoyle')).toMatchObject({
        verdict: 'fail',
        facts: { from: 'member', to: 'editor', roseAt: night(3), lowerUntil: night(0) },
      });
    });

    it('counts where only the audit log saw it', async () => {
      await nights.judge(0);
      promote('owner', night(0, 5));
      promote('member', night(0, 6));
      const shown = resultOf(await nights.judge(1), check, 'tkraemer');
      expect(shown).toMatchObject({ verdict: 'fail', reason: 'ROSE_AND_FELL', facts: { roseAt: night(0, 5) } });
      expect(said(await nights.judge(2), check, 'tkraemer')).toBe('fail ROSE_AND_FELL');
    });
  });

  it('owners are those whom a rule or the list approves', async () => {
    const start = await nights.judge(0);
    const owners = resultsOf(start, 'owner-approved').filter(({ verdict }) => verdict !== 'not_applicable');
    expect(owners.map(({ subject, verdict, reason }) => `${subject.name} ${verdict} ${reason}`).toSorted()).toEqual([
      'cbenedetti fail OWNER_NOT_APPROVED',
      'isolberg pass RULE_ADMITS',
      'ninakraus pass RULE_ADMITS',
    ]);
    const listed = (text: string) => `${text}checks: { owner-approved: { approved: [E-1047] } }\n`;
    expect(said(await nights.judge(1, {}, listed), 'owner-approved', 'cbenedetti')).toBe('pass OWNER_LISTED');
  });

  describe('duties', () => {
    const check = 'segregation-of-duties';
    const caller = (name: string, role: string) =>
      nights.query(
        `insert into api_token (id, name, role, hash, created_at, created_by)
         values (gen_random_uuid(), $1::text, $2, sha256(convert_to($1, 'UTF8')), now() - interval '1 day', 'test')`,
        [name, role],
      );
    const forbidden = (people: string) => (text: string) =>
      `${text.replace(/^checks:.*\n/m, '')}checks: { ${check}: { people: ${people} } }\n`;

    it('are apart until an owner holds an API token', async () => {
      expect(said(await nights.judge(0), check, 'isolberg')).toBe('pass DUTIES_APART');
      await caller('deploy', 'admin');
      const unnamed = await nights.judge(1);
      expect(said(unnamed, check, 'isolberg')).toBe('unknown CALLER_UNKNOWN');
      expect(said(unnamed, check, 'tkraemer')).toBe('pass DUTIES_APART');
      const owned = await nights.judge(2, {}, forbidden('{ deploy: E-1005 }'));
      expect(said(owned, check, 'isolberg')).toBe('fail FORBIDDEN_PAIR');
      expect(said(owned, check, 'cbenedetti')).toBe('pass DUTIES_APART');
      await nights.query('update api_token set revoked_at = now()');
      expect(said(await nights.judge(3), check, 'isolberg')).toBe('pass DUTIES_APART');
    });

    it('count over two API tokens of one person', async () => {
      await nights.judge(0);
      await nights.except('owner-approved', 'cbenedetti', 'until the new head starts', night(0, 1));
      const two = await nights.judge(1, {}, forbidden('{ ops: E-1006, security: E-1006 }'));
      expect(said(two, check, 'martavogel')).toBe('fail FORBIDDEN_PAIR');
      const one = await nights.judge(2, {}, forbidden('{ ops: E-1006, security: E-1005 }'));
      expect(said(one, check, 'martavogel')).toBe('pass DUTIES_APART');
    });
  });
});
