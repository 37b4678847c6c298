import type { Instant } from '../check.js';
import { minuteOf } from '../compare.js';
import { hipaa, iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { WholeNumber } from '../threshold.js';
import { unreadMeanings, unreadVerdict } from '../unread.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted } from '../wording.js';

export class AuditContinuityPolicy {
  @WholeNumber({ least: 1, most: 3650 })
  days = 365;
}

const dayMs = 86_400_000;

export const auditLogContinuity: DocumentedCheck<OrganizationFacts, AuditContinuityPolicy> = {
  id: 'audit-log-continuity',
  title: 'The archive of the audit log has no gap, and Docker Hub still shows what it showed before',
  subjects: ['organization'],
  population: ['members'],
  needs: ['audit_log', 'members'],
  severity: 'medium',
  sla: '3d',
  why: 'What nobody archived in time nobody can look up any more, and whoever covers tracks begins with the log.',
  remedy:
    'Give the credential back its right to read the activity log, let the sync run every night, and find out who or what removed events; accept with an exception what cannot be recovered.',
  controls: [
    ...soc2('CC7.2'),
    ...iso27001('A.8.15'),
    ...pci('10.4.1', '10.5.1'),
    ...hipaa('164.312(b)'),
    ...nist('AU-6', 'AU-11'),
  ],
  policy: AuditContinuityPolicy,
  settings: { days: 'how many days back the archive has to be whole; it begins thirty days before its first reading' },
  reasons: {
    pass: { CONTINUOUS: 'every reading joins the one before, and none lacked an event that an earlier one had' },
    fail: {
      ARCHIVE_HOLE: 'of a stretch of time events were not read while Docker Hub still promised to show them',
      EVENTS_GONE: 'a reading of the same time, to its end, lacked events that are archived',
    },
    unknown: {
      ...unreadMeanings,
      SOURCE_INCOMPLETE: 'the log was not read to its end, or older events are still being read',
      FIELD_NOT_EXPOSED: 'nobody looked into the archive',
    },
  },
  judge(facts, { policy, now }) {
    const { organization, auditArchive } = facts;
    if (auditArchive === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `Nobody looked into the archive of the audit log of ${organization}.`);
    }
    const { holes, gone, readableSince, beginsAt, coveredUntil } = auditArchive;
    const sinceMs = Date.parse(now) - policy.days * dayMs;
    const matters = (at: Instant): boolean => Date.parse(at) > sinceMs;
    const lost = holes.filter(({ from, to }) => from < readableSince && matters(to));
    const newest = lost.at(-1);
    if (newest !== undefined) {
      return fail(
        'ARCHIVE_HOLE',
        `The audit log of ${organization} is not archived from ${minuteOf(newest.from)} to ${minuteOf(newest.to)}, and Docker Hub need not show that time any more.`,
        { holes: lost, archivedSince: beginsAt },
      );
    }
    if (gone !== null && matters(gone.notedAt)) {
      return fail(
        'EVENTS_GONE',
        `Docker Hub no longer shows ${counted(gone.events, 'event')} of ${organization} that it showed before, the newest of ${minuteOf(gone.lastAt)}.`,
        { events: gone.events, firstAt: gone.firstAt, lastAt: gone.lastAt, notedAt: gone.notedAt },
      );
    }
    const unread = unreadVerdict(facts, 'audit_log');
    if (unread !== null) return unread;
    if (beginsAt === null || coveredUntil === null || holes.some(({ to }) => matters(to))) {
      return unknown('SOURCE_INCOMPLETE', `Not all of the audit log of ${organization} is archived yet.`);
    }
    return pass(
      'CONTINUOUS',
      `The audit log of ${organization} is archived without a gap since ${minuteOf(beginsAt)}.`,
      {
        archivedSince: beginsAt,
        archivedUntil: coveredUntil,
      },
    );
  },
};
