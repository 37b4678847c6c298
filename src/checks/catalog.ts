import { alertChannelsWorking } from './catalog/alert-channels-working.check.js';
import { criticalSystemAccessConfigured } from './catalog/critical-system-access-configured.check.js';
import { criticalSystemAccessValid } from './catalog/critical-system-access-valid.check.js';
import { evaluationOnTime } from './catalog/evaluation-on-time.check.js';
import { hrRosterFresh } from './catalog/hr-roster-fresh.check.js';
import { hrRosterPlausible } from './catalog/hr-roster-plausible.check.js';
import { hubSyncComplete } from './catalog/hub-sync-complete.check.js';
import { noInviteToLeaverOrUnknown } from './catalog/no-invite-to-leaver-or-unknown.check.js';
import { offboardedAccessRemoved } from './catalog/offboarded-access-removed.check.js';
import { ownerCount } from './catalog/owner-count.check.js';
import { roleVocabularyKnown } from './catalog/role-vocabulary-known.check.js';
import { serviceAccountOwned } from './catalog/service-account-owned.check.js';
import { userIdentified } from './catalog/user-identified.check.js';
import type { DocumentedCheck } from './documented-check.js';

/**
 * Bump it with every change that can change a verdict. Each evaluation records it, so that two verdicts which differ over
 * the same facts can be told apart.
 */
export const catalogueVersion = '2';

/** Every check, in the order of the report. A check that is not listed here does not exist. */
export const catalog: readonly DocumentedCheck<never>[] = [
  userIdentified,
  offboardedAccessRemoved,
  criticalSystemAccessConfigured,
  criticalSystemAccessValid,
  hrRosterFresh,
  hrRosterPlausible,
  hubSyncComplete,
  evaluationOnTime,
  roleVocabularyKnown,
  serviceAccountOwned,
  ownerCount,
  noInviteToLeaverOrUnknown,
  alertChannelsWorking,
];
