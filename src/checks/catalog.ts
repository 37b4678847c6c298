import { alertChannelsWorking } from './catalog/alert-channels-working.check.js';
import { auditLogContinuity } from './catalog/audit-log-continuity.check.js';
import { connectorCapability } from './catalog/connector-capability.check.js';
import { contractorEndDated } from './catalog/contractor-end-dated.check.js';
import { criticalRepoPresent } from './catalog/critical-repo-present.check.js';
import { criticalRepoWriteApproved } from './catalog/critical-repo-write-approved.check.js';
import { criticalSystemAccessConfigured } from './catalog/critical-system-access-configured.check.js';
import { criticalSystemAccessValid } from './catalog/critical-system-access-valid.check.js';
import { evaluationOnTime } from './catalog/evaluation-on-time.check.js';
import { externalSponsored } from './catalog/external-sponsored.check.js';
import { hrRosterFresh } from './catalog/hr-roster-fresh.check.js';
import { hrRosterPlausible } from './catalog/hr-roster-plausible.check.js';
import { hubSyncComplete } from './catalog/hub-sync-complete.check.js';
import { imageAccessManagementOn } from './catalog/image-access-management-on.check.js';
import { leaverAccessPreplanned } from './catalog/leaver-access-preplanned.check.js';
import { leaverArtefactsCleared } from './catalog/leaver-artefacts-cleared.check.js';
import { noAccessBeforeStart } from './catalog/no-access-before-start.check.js';
import { noActivityAfterLeave } from './catalog/no-activity-after-leave.check.js';
import { noConflictingLinks } from './catalog/no-conflicting-links.check.js';
import { noDormantMember } from './catalog/no-dormant-member.check.js';
import { noInviteToLeaverOrUnknown } from './catalog/no-invite-to-leaver-or-unknown.check.js';
import { noReturnOfLeaver } from './catalog/no-return-of-leaver.check.js';
import { noSharedAccounts } from './catalog/no-shared-accounts.check.js';
import { noUnapprovedEscalation } from './catalog/no-unapproved-escalation.check.js';
import { oatAccountable } from './catalog/oat-accountable.check.js';
import { oatExpiry } from './catalog/oat-expiry.check.js';
import { oatLeastScope } from './catalog/oat-least-scope.check.js';
import { oatNotStale } from './catalog/oat-not-stale.check.js';
import { offboardedAccessRemoved } from './catalog/offboarded-access-removed.check.js';
import { ownerApproved } from './catalog/owner-approved.check.js';
import { ownerCount } from './catalog/owner-count.check.js';
import { patGovernance } from './catalog/pat-governance.check.js';
import { publicRepoAllowListed } from './catalog/public-repo-allow-listed.check.js';
import { pushByKnownActor } from './catalog/push-by-known-actor.check.js';
import { registryAccessManagementOn } from './catalog/registry-access-management-on.check.js';
import { removalWithinSla } from './catalog/removal-within-sla.check.js';
import { roleVocabularyKnown } from './catalog/role-vocabulary-known.check.js';
import { scimHubAgreement } from './catalog/scim-hub-agreement.check.js';
import { segregationOfDuties } from './catalog/segregation-of-duties.check.js';
import { serviceAccountOwned } from './catalog/service-account-owned.check.js';
import { ssoEnforced } from './catalog/sso-enforced.check.js';
import { suspiciousAdminEvents } from './catalog/suspicious-admin-events.check.js';
import { userIdentified } from './catalog/user-identified.check.js';
import { visibilityNotFlipped } from './catalog/visibility-not-flipped.check.js';
import type { DocumentedCheck } from './documented-check.js';

/**
 * Bump it with every change that can change a verdict. Each evaluation records it, so that two verdicts which differ over
 * the same facts can be told apart.
 */
export const catalogueVersion = '4';

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
  connectorCapability,
  roleVocabularyKnown,
  serviceAccountOwned,
  ownerCount,
  noInviteToLeaverOrUnknown,
  alertChannelsWorking,
  noConflictingLinks,
  noSharedAccounts,
  externalSponsored,
  noAccessBeforeStart,
  contractorEndDated,
  noDormantMember,
  noReturnOfLeaver,
  scimHubAgreement,
  oatExpiry,
  oatLeastScope,
  oatNotStale,
  oatAccountable,
  patGovernance,
  imageAccessManagementOn,
  registryAccessManagementOn,
  ssoEnforced,
  ownerApproved,
  noUnapprovedEscalation,
  segregationOfDuties,
  leaverAccessPreplanned,
  leaverArtefactsCleared,
  removalWithinSla,
  criticalRepoWriteApproved,
  publicRepoAllowListed,
  visibilityNotFlipped,
  criticalRepoPresent,
  auditLogContinuity,
  noActivityAfterLeave,
  pushByKnownActor,
  suspiciousAdminEvents,
];
