import { approvalFacts, approvalOfChange } from '../approvals.js';
import { minuteOf } from '../compare.js';
import { soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { matchesRepositoryPattern } from '../patterns.js';
import type { CriticalRepositoryFacts } from '../repository-facts.js';
import { Names } from '../threshold.js';
import { fail, notApplicable, pass, unknown } from '../verdicts.js';
import { listed } from '../wording.js';

export class CriticalRepositoryPolicy {
  @Names('a list of repository names, `*` for any run of characters, such as [prod-legacy]')
  retired: readonly string[] = [];
}

export const criticalRepoPresent: DocumentedCheck<CriticalRepositoryFacts, CriticalRepositoryPolicy> = {
  id: 'critical-repo-present',
  title: 'Every critical repository that was there is still there',
  subjects: ['repository'],
  source: 'critical-repositories',
  population: ['repositories'],
  needs: ['repositories'],
  severity: 'critical',
  sla: '1h',
  why: 'A critical repository that was deleted or renamed stops every deployment that pulls from it, and leaves its name to others.',
  remedy:
    'Find out who removed or renamed it and restore it; where it was meant to go, let somebody approve that, and name it under `retired`.',
  controls: soc2('A1.2'),
  policy: CriticalRepositoryPolicy,
  settings: {
    retired: 'critical repositories that were removed for good, by name or pattern, with or without the organization',
  },
  reasons: {
    pass: {
      PRESENT: 'it is listed',
      CHANGE_APPROVED: 'it is gone, which somebody approved before it was or within 72 hours',
    },
    fail: { REPOSITORY_GONE: 'a reading had it, and two whole listings since then do not' },
    not_applicable: { RETIRED: 'it is gone, and the policy says that it was retired' },
    unknown: {
      REMOVAL_UNCONFIRMED: 'one whole listing no longer has it, and no second one has confirmed that',
      NEVER_LISTED: 'a critical system names it, and no reading ever had it',
    },
  },
  judge({ organization, name, systems, presence, goneAt, goneBeforeAt, missedBy }, { policy, approvals }) {
    const label = `${organization}/${name}`;
    if (presence === 'present') return pass('PRESENT', `${label} is there.`, { systems });
    if (policy.retired.some((pattern) => matchesRepositoryPattern(pattern, organization, name))) {
      return notApplicable('RETIRED', `${label} is not there any more; the policy has it as retired.`, { systems });
    }
    const of = systems.length === 0 ? '' : `, of ${listed(systems)},`;
    if (presence === 'never') {
      return unknown(
        'NEVER_LISTED',
        `${label}${of} was never listed: its name may be mistaken, or it is older than the record.`,
        {
          systems,
        },
      );
    }
    const approval = goneAt === undefined ? null : approvalOfChange(approvals, goneAt, goneBeforeAt);
    if (approval !== null) {
      return pass('CHANGE_APPROVED', `${label} is gone, which ${approval.approvedBy} approved.`, {
        systems,
        goneAt: goneAt ?? null,
        ...approvalFacts(approval),
      });
    }
    const since = goneAt === undefined ? '' : ` since ${minuteOf(goneAt)}`;
    if (missedBy === undefined || missedBy < 2) {
      return unknown(
        'REMOVAL_UNCONFIRMED',
        `${label}${of} was not listed${since}; a second whole listing has to confirm it.`,
        {
          systems,
        },
      );
    }
    return fail(
      'REPOSITORY_GONE',
      `${label}${of} is gone${since}: deleted or renamed, and nobody approved it.`,
      { systems, goneAt: goneAt ?? null, missedBy },
      { absentFrom: ['repositories'] },
    );
  },
};
