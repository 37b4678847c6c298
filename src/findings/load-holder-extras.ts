import { comebacks } from './comebacks.query.js';
import { HolderExtras } from './holder-extras.js';
import { linkConflicts } from './link-conflicts.query.js';
import { privilegeExtras, type PrivilegeQuestion } from './privilege-extras.js';
import type { Readers } from './readers.js';

/** Everything that is known of the holders of one organization beyond their own rows. */
export async function loadHolderExtras(readers: Readers, question: PrivilegeQuestion): Promise<HolderExtras> {
  const { organization, policy, now } = question;
  const [conflicts, back, { everyAccount, single }] = await Promise.all([
    readers.use(({ manager }) => linkConflicts(manager, organization, policy.sameAddress)),
    readers.use(({ manager }) => comebacks(manager, organization, now)),
    readers.use((runner) => privilegeExtras(runner, question)),
  ]);
  return HolderExtras.from(conflicts, back, ...single).withEveryAccount(everyAccount);
}
