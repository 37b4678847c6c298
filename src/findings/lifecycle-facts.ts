import type { HolderFacts } from '../checks/facts.js';
import type { AddressFacts, LifecycleFacts } from '../checks/lifecycle-facts.js';
import { foldUsername } from '../config/username.js';
import type { HolderRow } from './holder-facts.query.js';
import type { LifecyclePolicy } from './lifecycle-policy.js';

/** What a row of an account says beyond its role and its person. What speaks against its link is known of few, and added later. */
export function lifecycleFacts(
  row: HolderRow,
  identity: HolderFacts['identity'],
  policy: LifecyclePolicy,
  scimConfigured: boolean,
): LifecycleFacts {
  if (row.kind === 'invite') return {};
  const { username, email, isGuest, dateJoined } = row.data;
  return {
    named: typeof username === 'string',
    ...addressOf(email, policy),
    ...(typeof isGuest === 'boolean' && { isGuest }),
    ...(typeof dateJoined === 'string' && { joinedAt: dateJoined }),
    ...activityOf(row),
    ...startOf(identity, policy),
    ...linkOf(username, email, identity, policy),
    scim: { configured: scimConfigured, ...absenceOf(row) },
  };
}

function addressOf(email: unknown, policy: LifecyclePolicy): { readonly address?: AddressFacts } {
  if (typeof email !== 'string') return {};
  const address = email.trim();
  const at = address.lastIndexOf('@');
  if (at < 1) return {};
  const corporate = policy.isCorporate(address.slice(at + 1));
  return { address: { mailbox: address.slice(0, at), ...(corporate !== undefined && { corporate }) } };
}

/** Docker Hub shows activity with Insights only. Where nobody has any, it has not said that nobody is active. */
function activityOf({ data, activity_shown: isShown, watched }: HolderRow): LifecycleFacts {
  if (!isShown) return {};
  const { lastSeenAt, lastLoggedInAt } = data;
  return {
    ...((lastSeenAt === null || typeof lastSeenAt === 'string') && { lastSeenAt }),
    ...((lastLoggedInAt === null || typeof lastLoggedInAt === 'string') && { lastLoggedInAt }),
    ...(watched !== null && {
      watched: { since: new Date(watched.since).toISOString(), fromTheStart: watched.from_the_start },
    }),
  };
}

function startOf(identity: HolderFacts['identity'], policy: LifecyclePolicy): { readonly startsAt?: string } {
  const employment = identity.state === 'linked' ? identity.person.person?.employment : undefined;
  if (employment?.state !== 'not_started') return {};
  const startsAt = policy.startOf(employment.firstDay);
  return startsAt === undefined ? {} : { startsAt };
}

/** Only plain letters are compared in the database, so that of another address nothing is said. */
function linkOf(
  username: unknown,
  email: unknown,
  identity: HolderFacts['identity'],
  policy: LifecyclePolicy,
): Pick<LifecycleFacts, 'declared' | 'conflicts'> {
  if (identity.state !== 'linked') return {};
  const declared = typeof username === 'string' ? policy.declaredLinks.get(foldUsername(username)) : undefined;
  return {
    ...(declared !== undefined && { declared: declared === identity.person.id }),
    ...(typeof email === 'string' &&
      /^[ -~]*$/.test(email) && {
        conflicts: { claimedBy: [], addressChanged: false, elsewhere: [], otherAccounts: [] },
      }),
  };
}

function absenceOf(row: HolderRow): { readonly absentForADay?: boolean | null } {
  return row.scim_found ? {} : { absentForADay: row.scim_absent_a_day };
}
