import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alertFingerprint } from '../../src/config/alert-fingerprint.js';
import { demoCompany } from '../../src/demo/company.js';
import { JudgedCompany, resultsOf } from '../support/company.js';

const night = (day: number): string => `2026-11-${day}T02:00:00.000Z`;

describe('the checks about Hubwarden itself', () => {
  let company: JudgedCompany;

  beforeEach(async () => {
    company = await JudgedCompany.start(demoCompany(night(21)));
  });
  afterEach(() => company.stop());

  async function said(check: string, now: string, policy?: (text: string) => string, organization = 'acme') {
    const [result, ...others] = resultsOf(await company.night(now, policy), check, organization);
    expect(others).toEqual([]);
    expect(result?.subject).toMatchObject({ kind: 'organization', id: organization, name: organization });
    return result;
  }

  const query = (sql: string, parameters: readonly unknown[] = []): Promise<Record<string, string>[]> =>
    company.database.dataSource.query(sql, [...parameters]);

  describe('evaluation-on-time', () => {
    const check = 'evaluation-on-time';

    it('tells of the nights between two evaluations once, and closes with the next one', async () => {
      expect(await said(check, night(21))).toMatchObject({ verdict: 'pass', reason: 'FIRST_EVALUATION' });
      expect(await said(check, night(22))).toMatchObject({ verdict: 'pass', reason: 'ON_TIME' });
      const late = await said(check, night(25));
      expect(late).toMatchObject({ verdict: 'fail', reason: 'NIGHTS_MISSING', facts: { missedCount: 2 } });
      expect(late?.facts).toMatchObject({ missed: [night(23), night(24)], slot: night(25) });
      expect(late?.message).toContain('2026-11-23 02:00 UTC and 2026-11-24 02:00 UTC');
      expect(await said(check, night(26))).toMatchObject({ verdict: 'pass', reason: 'ON_TIME' });
      expect(
        await query(
          `select finding_transition.kind from finding_transition
             join finding on finding.id = finding_transition.finding_id
            where finding.check_id = $1 and finding.subject_key = 'acme' order by finding_transition.id`,
          [check],
        ),
      ).toEqual([{ kind: 'opened' }, { kind: 'resolved' }]);
    });

    it('lets a finished run stand for its night', async () => {
      await company.night(night(21));
      const id = randomUUID();
      await query(`insert into run (id, cause, state, requested_at) values ($1, 'schedule', 'finished', $2)`, [
        id,
        night(22),
      ]);
      await query(`insert into schedule_slot (slot, run_id, claimed_at) values ($1, $2, $1)`, [night(22), id]);
      expect(await said(check, night(24))).toMatchObject({ facts: { missed: [night(23)] } });
    });

    it('counts from the evaluation that had the organization', async () => {
      const without = (text: string) => text.replaceAll(/criticalSystems:[\s\S]*(?=roles:)/g, '');
      await company.night(night(21), without);
      await company.night(night(22), (text) => text.replace(/ {2}- name: acme-labs\n.*\n/, ''));
      const again = (text: string) =>
        text.replace(
          'roster:\n',
          '  - name: acme-labs\n    hub: { identifier: acme-labs, secret: nothing-that-works }\nroster:\n',
        );
      const report = await company.night(night(23), again);
      expect(resultsOf(report, check, 'acme')).toMatchObject([{ reason: 'ON_TIME' }]);
      expect(resultsOf(report, check, 'acme-labs')).toMatchObject([
        { reason: 'NIGHTS_MISSING', facts: { missed: [night(22)] } },
      ]);
    });

    it('judges how late it is by its own setting, and when by the schedule of the configuration', async () => {
      const monthly = (text: string) =>
        `${text}schedule: { evaluation: "0 4 1 * *", timeZone: Europe/Berlin }\nchecks: { ${check}: { maxDelay: 30d } }\n`;
      await company.night(night(21), monthly);
      expect(await said(check, '2026-12-24T02:00:00.000Z')).toMatchObject({
        reason: 'ON_TIME',
        facts: { slot: '2026-12-01T03:00:00.000Z' },
      });
      expect(
        await said(check, '2027-01-04T02:00:00.000Z', (text) => text.replace('maxDelay: 30d', 'maxDelay: 2d')),
      ).toMatchObject({ reason: 'EVALUATION_LATE', verdict: 'fail' });
    });
  });

  describe('alert-channels-working', () => {
    const check = 'alert-channels-working';
    const slack = { kind: 'slack', url: 'https://hooks.slack.com/services/T1/B1/x' } as const;
    const siem = { kind: 'webhook', url: 'https://siem.example.com/hook' } as const;
    const told = (text: string) =>
      `${text}alerts:\n  - { kind: slack, url: "${slack.url}", organizations: [acme] }\n  - { kind: webhook, url: "${siem.url}" }\n`;

    async function channel(hook: typeof slack | typeof siem, state: object = {}): Promise<string> {
      const [row] = await query(
        `insert into alert_channel (kind, fingerprint, label, planned_through, first_seen_at, last_seen_at,
                                    failing_since, gone_at, gone_because)
         select $1, $2, 'whatever', 0, now(), now(), failing_since, gone_at, gone_because
           from jsonb_to_record($3) as row (failing_since timestamptz, gone_at timestamptz, gone_because text)
         returning id`,
        [hook.kind, alertFingerprint(Buffer.alloc(32, 7), hook), JSON.stringify(state)],
      );
      return row?.['id'] ?? '';
    }

    async function message(channelId: string, state: string, hoursAgo: number): Promise<void> {
      await query(
        `insert into alert_message (id, channel_id, severity, state, digest, created_at)
         values ($1, $2, 'high', $3, '{}', now() - $4 * interval '1 hour')`,
        [randomUUID(), channelId, state, hoursAgo],
      );
    }

    const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

    it('is not applicable without a channel, and passes one that was never tried', async () => {
      expect(await said(check, night(21))).toMatchObject({ verdict: 'not_applicable', reason: 'NO_CHANNELS' });
      expect(await said(check, night(22), told)).toMatchObject({ verdict: 'unknown', reason: 'NOT_OBSERVABLE' });
      await channel(slack);
      await channel(siem);
      expect(await said(check, night(23))).toMatchObject({
        verdict: 'pass',
        facts: { channels: ['slack hooks.slack.com', 'webhook siem.example.com'] },
      });
    });

    it('fails for the organizations that a channel is told about', async () => {
      await channel(slack, { gone_at: hoursAgo(1), gone_because: 'Slack answered no_service.' });
      await channel(siem, { failing_since: hoursAgo(23) });
      const report = await company.night(night(21), told);
      const [acme] = resultsOf(report, check, 'acme');
      expect(acme).toMatchObject({ verdict: 'fail', reason: 'CHANNEL_GONE' });
      expect(acme?.message).toMatch(/^slack hooks\.slack\.com is gone since .*: Slack answered no_service\.$/);
      expect(JSON.stringify(acme)).not.toMatch(/services|T1/);
      expect(resultsOf(report, check, 'acme-labs')).toMatchObject([{ verdict: 'pass' }]);
    });

    it('sees ages by the clock of the machine, whatever the run believes', async () => {
      await channel(siem, { failing_since: hoursAgo(25) });
      expect(await said(check, night(21), told, 'acme-labs')).toMatchObject({ reason: 'CHANNEL_FAILING' });
    });

    it('sees changes that nobody has even made a message of', async () => {
      const id = await channel(siem);
      expect(await said(check, night(21), told, 'acme-labs')).toMatchObject({ verdict: 'pass' });
      expect(await said(check, night(22), undefined, 'acme-labs')).toMatchObject({ verdict: 'pass' });
      await query(`update evaluation set finished_at = now() - interval '25 hours' where at = $1`, [night(21)]);
      expect(await said(check, night(23), undefined, 'acme-labs')).toMatchObject({ reason: 'MESSAGES_WAITING' });
      await query('update alert_channel set planned_through = (select max(id) from finding_transition) where id = $1', [
        id,
      ]);
      expect(await said(check, night(24), undefined, 'acme-labs')).toMatchObject({ verdict: 'pass' });
    });

    it('sees what nobody delivers and what was refused', async () => {
      await channel(slack);
      const id = await channel(siem);
      await message(id, 'waiting', 23);
      await message(id, 'condensed', 90);
      await message(id, 'sent', 90);
      await message(id, 'refused', 24 * 7 + 1);
      expect(await said(check, night(21), told)).toMatchObject({ verdict: 'pass' });
      await message(id, 'refused', 24 * 6);
      expect(await said(check, night(22))).toMatchObject({ reason: 'MESSAGE_REFUSED' });
      await message(id, 'sending', 25);
      expect(await said(check, night(23))).toMatchObject({ reason: 'MESSAGES_WAITING' });
    });
  });
});
