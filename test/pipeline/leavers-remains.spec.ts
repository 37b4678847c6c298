import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removals } from '../../src/findings/removal-facts.query.js';
import { resultOf, resultsOf } from '../support/company.js';
import { CompanyNights, night, said } from '../support/company-nights.js';

describe('what leavers leave, over nights', () => {
  let nights: CompanyNights;

  beforeEach(async () => {
    nights = await CompanyNights.start();
  });
  afterEach(() => nights.stop());

  describe('a hand-over', () => {
    const check = 'leaver-access-preplanned';
    /** Wednesday after the first night, which is a Saturday. */
    const leaves = { 'E-1002': { end_date: '2026-11-25' } };

    it('is due one working day before the end', async () => {
      expect(said(await nights.judge(0), check, 'pzawadzki')).toBe('not_applicable NOT_LEAVING');
      const soon = await nights.judge(1, leaves);
      expect(resultOf(soon, check, 'pzawadzki')).toMatchObject({
        verdict: 'fail',
        reason: 'HANDOVER_MISSING',
        facts: { heldRoles: ['editor'] },
        dueAt: '2026-11-24T23:00:00.000Z',
      });
      expect(resultOf(soon, check, 'pzawadzki').message).toMatch(
        /ci-push and mirror-base-images|mirror-base-images and ci-push/,
      );
      // Whoever leaves on the first day, with nothing in her name.
      expect(said(soon, check, 'ghoffmann')).toBe('not_applicable OFFBOARDED');
    });

    it('passes where one was approved, and applies no more once they are gone', async () => {
      await nights.judge(0, leaves);
      await nights.except(check, 'pzawadzki', 'handover: to Henrik', night(0, 5));
      expect(said(await nights.judge(1), check, 'pzawadzki')).toBe('pass HANDOVER_RECORDED');
      expect(said(await nights.judge(6), check, 'pzawadzki')).toBe('not_applicable OFFBOARDED');
    });

    it('is due before the weekend for somebody whose last day lies in it', async () => {
      const weekend = await nights.judge(0, { 'E-1002': { end_date: '2026-11-22' } });
      expect(resultOf(weekend, check, 'pzawadzki').dueAt).toBe('2026-11-19T23:00:00.000Z');
    });
  });

  describe('what still works in their name', () => {
    const check = 'leaver-artefacts-cleared';
    const others = ['oat-accountable', 'no-invite-to-leaver-or-unknown', 'user-identified', 'service-account-owned'];
    const alone = (text: string) =>
      `${text}checks: { ${others.map((id) => `${id}: { enabled: false, reason: "a test" }`).join(', ')} }\n`;

    it('fails here only where no other check asks for it', async () => {
      const start = await nights.judge(0);
      expect(resultOf(start, check, 'jonasreuter')).toMatchObject({
        verdict: 'not_applicable',
        reason: 'JUDGED_BY',
        facts: { artefacts: [expect.stringMatching(/^token\//), expect.stringMatching(/^invite\//)] },
      });
      expect(said(start, check, 'dpetrov')).toBe('pass CLEARED');
      expect(resultsOf(start, check).filter(({ verdict }) => verdict === 'fail')).toEqual([]);

      const report = await nights.judge(1, {}, alone);
      const failing = resultsOf(report, check).filter(({ verdict }) => verdict === 'fail');
      expect(failing.map(({ subject }) => `${subject.kind} ${subject.name}`)).toEqual([
        'account jonasreuter',
        'organization acme',
      ]);
      expect(resultOf(report, check, 'acme').message).toMatch(/Victor Lange.*acmemirror/);
      expect(resultOf(report, check, 'jonasreuter').dueAt).toBe('2026-11-10T23:00:00.000Z');
    });

    it('stays open where HR leaves it open whether they are gone', async () => {
      const reuter = 'E-1017';
      expect(said(await nights.judge(0, {}, alone), check, 'jonasreuter')).toBe('fail ARTEFACTS_LEFT');
      const refused = await nights.judge(1, { [reuter]: { end_date: 'soon' } });
      expect(said(refused, check, 'jonasreuter')).toBe('unknown ROSTER_ROW_REFUSED');
      expect(said(await nights.judge(2, { [reuter]: { end_date: '2026-11-09' } }), check, 'jonasreuter')).toBe(
        'fail ARTEFACTS_LEFT',
      );
      nights.addSpell(reuter, { status: 'pending', start_date: '2027-06-01', end_date: '' });
      const returning = await nights.judge(3);
      expect(said(returning, check, 'jonasreuter')).toBe('unknown BETWEEN_SPELLS');
      expect(said(returning, 'no-activity-after-leave', 'jonasreuter')).toBe('unknown BETWEEN_SPELLS');
      const findings = await nights.query('select from finding where check_id = $1 and resolved_at is not null', [
        check,
      ]);
      expect(findings).toEqual([]);
    });

    it('includes exceptions that a leaver approved, also after the account is gone', async () => {
      const people = (text: string) =>
        `${text}checks: { segregation-of-duties: { people: { ops: E-1001, security: E-1007 } } }\n`;
      await nights.judge(0);
      const exception = await nights.except('owner-approved', 'cbenedetti', 'until the new head starts', night(0, 1));
      expect(said(await nights.judge(1), check, 'acme')).toBe('unknown CALLER_UNKNOWN');
      // What is left then is the machine of somebody who has left, for which user-identified fails.
      expect(said(await nights.judge(2, {}, people), check, 'acme')).toBe('not_applicable JUDGED_BY');
      nights.change({ op: 'remove member', username: 'tkraemer' }, night(2, 1));
      await nights.judge(3, { 'E-1007': { end_date: '2026-11-22' } });
      const left = resultOf(await nights.judge(4), check, 'tkraemer');
      expect(left).toMatchObject({ verdict: 'fail', facts: { artefacts: [`exception/${exception}`] } });
      const expired = resultOf(await nights.judge(95), check, 'tkraemer');
      expect(expired).toMatchObject({ verdict: 'pass', reason: 'CLEARED' });
    });
  });

  describe('how long they kept it', () => {
    const check = 'removal-within-sla';
    /** Sunday, so that the end is night(1) less three hours. */
    const left = { 'E-1007': { end_date: '2026-11-21' } };
    const remove = (at: string) => {
      nights.change({ op: 'remove member', username: 'tkraemer' }, at);
      const scim = nights.company.hub.world.organizations[0]?.scim;
      if (scim) scim.users = scim.users.filter(({ displayName }) => displayName !== 'tkraemer');
    };
    const forget = () => {
      for (const organization of nights.company.hub.world.organizations) organization.auditEvents = [];
    };

    it('is left to another check while it lasts, and stays late once it is over', async () => {
      const there = await nights.judge(0);
      expect(said(there, check, 'jonasreuter')).toBe('not_applicable JUDGED_BY');
      expect(resultsOf(there, check).map(({ subject }) => subject.name)).not.toContain('tkraemer');
      expect(said(await nights.judge(1, left), check, 'tkraemer')).toBe('not_applicable NOT_DUE');
      await nights.judge(3);
      remove(night(3, 5));
      expect(resultOf(await nights.judge(4), check, 'tkraemer')).toMatchObject({
        verdict: 'fail',
        reason: 'REMOVED_LATE',
        disposition: 'overdue',
        facts: {
          leftAt: night(1, -3),
          knownToHrAt: night(1),
          detectedAt: night(1),
          lastSeenAt: night(3),
          firstAbsentAt: night(4),
          removedAt: night(3, 5),
        },
      });
      for (const index of [5, 60]) expect(said(await nights.judge(index), check, 'tkraemer')).toBe('fail REMOVED_LATE');
      expect(said(await nights.judge(95), check, 'tkraemer')).toBe('not_applicable OUTSIDE_WINDOW');
      const findings = await nights.query(`select resolved_because from finding where check_id = $1`, [check]);
      expect(findings).toEqual([{ resolved_because: 'OUTSIDE_WINDOW' }]);
    });

    it('is known to the second where the audit log has it, and else between two readings', async () => {
      await nights.judge(0);
      await nights.judge(1, { ...left, 'E-1008': { end_date: '2026-11-21' } });
      remove(night(1, 4));
      const logged = await nights.judge(2);
      expect(resultOf(logged, check, 'tkraemer')).toMatchObject({
        verdict: 'pass',
        reason: 'REMOVED_IN_TIME',
        facts: { removedAt: night(1, 4) },
      });
    });

    it('is not known where nobody looked when it was due', async () => {
      await nights.judge(0);
      await nights.judge(1, left);
      remove(night(1, 4));
      forget();
      expect(said(await nights.judge(2), check, 'tkraemer')).toBe('unknown REMOVAL_UNCONFIRMED');
      expect(resultOf(await nights.judge(3), check, 'tkraemer')).toMatchObject({
        verdict: 'unknown',
        reason: 'REMOVAL_UNOBSERVED',
        facts: { lastSeenAt: night(1), firstAbsentAt: night(2), removedAt: null },
      });
    });

    it('counts a listing that missed the account for one night as no removal', async () => {
      await nights.judge(0);
      const member = nights.member('tkraemer');
      await nights.judge(1, left);
      remove(night(1, 1));
      forget();
      await nights.judge(2);
      nights.company.hub.world.organizations[0]?.members.push(member);
      expect(said(await nights.judge(3), check, 'tkraemer')).toBe('not_applicable JUDGED_BY');
    });

    it('is told for evidence, somebody who is gone for good included', async () => {
      await nights.judge(0, { 'E-1007': { end_date: '2026-11-20' } });
      remove(night(0, 1));
      await nights.judge(1);
      await nights.judge(2);
      const runner = nights.company.database.dataSource.createQueryRunner();
      const [run] = await nights.query<{ id: string; snapshot: string }>(
        `select organization.id, max(sync_run.id) as snapshot from organization join sync_run on organization_id = organization.id
          where name = 'acme' group by organization.id`,
      );
      const about = {
        organizationId: run?.id ?? '',
        organization: 'acme',
        snapshot: run?.snapshot ?? '',
        now: night(2),
      };
      const told = [];
      for await (const removal of removals(runner, about)) told.push(removal);
      await runner.release();
      expect(told.find(({ name }) => name === 'tkraemer')).toMatchObject({
        person: { id: 'E-1007' },
        leftAt: night(0, -3),
        knownToHrAt: night(0),
        detectedAt: night(0),
        removedAt: night(0, 1),
      });
      expect(told.map(({ name }) => name)).toEqual(expect.arrayContaining(['anton.berger@acme.example', 'dpetrov']));
    });
  });
});
