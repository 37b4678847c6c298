import type { CheckStatus, Outcome, Report, ReportCheck, ReportResult } from '../../src/findings/report.js';
import type { Severity } from '../../src/checks/check.js';

const at = '2026-11-21T02:00:00.000Z';

/** One result, as unremarkable as can be, with what the case is about. */
export function resultOf(changes: Partial<ReportResult> = {}): ReportResult {
  return {
    check: 'user-identified',
    organization: 'acme',
    subject: { kind: 'account', id: '0ab7', name: 'jdoe' },
    verdict: 'pass',
    reason: 'LINKED',
    message: 'jdoe is E-1.',
    since: at,
    dueAt: null,
    disposition: 'none',
    acknowledgedAt: null,
    facts: {},
    ...changes,
  };
}

/** A report of these results, with a check for every id in them. `severities` are `medium` unless told. */
export function reportOf(
  results: readonly ReportResult[],
  severities: Readonly<Record<string, Severity>> = {},
  changes: Partial<Report> = {},
): Report {
  const ids = [...new Set(results.map(({ check }) => check))];
  return {
    schema: 'hubwarden.report/1',
    evaluation: {
      id: '5f0c8a52-3b52-4c7e-9d4e-8a3c1f2b7d10',
      at,
      startedAt: at,
      finishedAt: '2026-11-21T02:00:03.500Z',
    },
    datasets: [],
    checks: ids.map((id) =>
      checkOf(
        id,
        severities[id] ?? 'medium',
        results.filter(({ check }) => check === id),
      ),
    ),
    results,
    ...changes,
  };
}

function checkOf(id: string, severity: Severity, results: readonly ReportResult[]): ReportCheck {
  const count = (outcome: Outcome): number => results.filter(({ verdict }) => verdict === outcome).length;
  const counts = {
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    error: count('error'),
    not_applicable: count('not_applicable'),
    excepted: results.filter(({ disposition }) => disposition === 'excepted').length,
  };
  const status: CheckStatus =
    counts.fail > counts.excepted ? 'failing' : counts.error > 0 ? 'error' : counts.unknown > 0 ? 'unknown' : 'passing';
  return { id, title: `${id} is in order`, severity, status, counts };
}

function accountOf(name: string, id: string): ReportResult['subject'] {
  return { kind: 'account', id, name };
}

/** One result of every verdict, and an excepted failure, for names that are anything but harmless. */
export function hostileReport(): Report {
  const hostile = '=HYPERLINK("x")\u001b[31m<&"\'>]]>\u202eevil\u0000,\nline';
  return reportOf(
    [
      resultOf({ subject: accountOf('jdoe', '1') }),
      resultOf({
        subject: accountOf(hostile, '2'),
        verdict: 'fail',
        reason: 'IDENTITY_UNLINKED',
        message: `${hostile} is nobody.`,
        dueAt: '2026-11-26T02:00:00.000Z',
        disposition: 'in_grace',
        facts: { suggestions: [hostile], count: 2 },
      }),
      resultOf({
        subject: accountOf('later', '3'),
        verdict: 'fail',
        reason: 'IDENTITY_UNLINKED',
        message: 'Late.',
        dueAt: at,
        disposition: 'overdue',
      }),
      resultOf({
        subject: accountOf('kept', '4'),
        verdict: 'fail',
        reason: 'IDENTITY_UNLINKED',
        message: 'Kept.',
        dueAt: at,
        disposition: 'excepted',
      }),
      resultOf({
        subject: accountOf('dim', '5'),
        verdict: 'unknown',
        reason: 'SOURCE_INCOMPLETE',
        message: 'Not read.',
      }),
      resultOf({
        check: 'owner-count',
        subject: { kind: 'organization', id: '9', name: 'acme' },
        verdict: 'error',
        reason: 'CHECK_BROKE',
        message: 'Broke.',
      }),
      resultOf({
        check: 'owner-count',
        organization: 'labs',
        subject: { kind: 'organization', id: '8', name: 'labs' },
        verdict: 'not_applicable',
        reason: 'NONE',
        message: 'None.',
      }),
      resultOf({
        check: 'critical-system-access-valid',
        subject: { kind: 'critical_system_account', id: 'Prod/1', name: 'jdoe', system: 'Prod, "east"' },
        verdict: 'fail',
        reason: 'ROLE_NOT_ADMITTED',
        message: 'Too much.',
        dueAt: at,
        disposition: 'overdue',
        acknowledgedAt: at,
      }),
      resultOf({
        check: 'hr-roster-fresh',
        organization: null,
        subject: { kind: 'roster', id: 'roster', name: 'roster' },
      }),
    ],
    { 'owner-count': 'low', 'critical-system-access-valid': 'high', 'hr-roster-fresh': 'critical' },
    {
      datasets: [
        {
          organization: 'acme',
          name: 'members',
          status: 'partial',
          fetchedAt: at,
          received: 100,
          reported: 450,
          reason: 'SOURCE_UNREACHABLE',
          message: 'Page 2 was not\u001b[2J answered.',
        },
        {
          organization: 'acme',
          name: 'teams',
          status: 'complete',
          fetchedAt: at,
          received: 3,
          reported: 3,
          reason: null,
          message: null,
        },
        {
          organization: 'acme',
          name: 'scim_users',
          status: 'not_configured',
          fetchedAt: null,
          received: 0,
          reported: null,
          reason: 'NOT_CONFIGURED',
          message: null,
        },
        {
          organization: null,
          name: 'roster',
          status: 'complete',
          fetchedAt: at,
          received: 60,
          reported: null,
          reason: null,
          message: null,
        },
      ],
    },
  );
}
