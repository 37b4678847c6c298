import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { GrantedRole } from '../checks/privilege-facts.js';
import { auditEvents } from './audit-facts.query.js';
import { memberOf, roleChanged, roleGivenBy, teamJoined } from './member-events.js';

/**
 * The roles that the audit archive says members were given, oldest first, by Hub user id. A username stands for the account
 * that has it, or was the last to have it.
 */
export async function grantedRoles(
  manager: EntityManager,
  { id, name, snapshot }: { readonly id: string; readonly name: string; readonly snapshot: string },
  since: Instant,
  until: Instant,
): Promise<ReadonlyMap<string, readonly GrantedRole[]>> {
  const wanted = { actions: [roleChanged, teamJoined], since, until };
  const events = await auditEvents(manager, { organizationId: id, snapshot }, wanted);
  const given = events.flatMap((event) => {
    const username = memberOf(event, name);
    const role = roleGivenBy(event);
    if (username === null || role === null) return [];
    return [{ username, grant: { at: event.at, role, actor: event.actor ?? null, event: event.id } }];
  });
  const accounts = await accountsNamed(manager, { id, snapshot }, [...new Set(given.map(({ username }) => username))]);
  const granted = new Map<string, GrantedRole[]>();
  for (const { username, grant } of given) {
    const account = accounts.get(username);
    if (account === undefined) continue;
    granted.set(account, [...(granted.get(account) ?? []), grant]);
  }
  return granted;
}

/** Hub user ids by username in lower case. */
export async function accountsNamed(
  manager: EntityManager,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  usernames: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (usernames.length === 0) return new Map();
  const rows: { username: string; key: string }[] = await manager.query(
    `select distinct on (lower(data->>'username')) lower(data->>'username') as username, key
       from observation
      where organization_id = $1 and dataset = 'members' and first_snapshot <= $2 and lower(data->>'username') = any ($3)
      order by lower(data->>'username'), (last_snapshot is null or last_snapshot > $2) desc, first_snapshot desc`,
    [id, snapshot, usernames],
  );
  return new Map(rows.map(({ username, key }) => [username, key]));
}
