import type { QueryRunner } from 'typeorm';
import { comebacks } from './comebacks.query.js';
import { HolderExtras } from './holder-extras.js';
import { linkConflicts } from './link-conflicts.query.js';
import { privilegeExtras, type PrivilegeQuestion } from './privilege-extras.js';

/** Everything that is known of the holders of one organization beyond their own rows. */
export async function loadHolderExtras(runner: QueryRunner, question: PrivilegeQuestion): Promise<HolderExtras> {
  const { organization, policy, now } = question;
  const { everyAccount, single } = await privilegeExtras(runner, question);
  return HolderExtras.from(
    await linkConflicts(runner.manager, organization, policy.sameAddress),
    await comebacks(runner.manager, organization, now),
    ...single,
  ).withEveryAccount(everyAccount);
}
