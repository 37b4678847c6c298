import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { CreatedToken, DutyFacts } from '../checks/privilege-facts.js';
import { isDate } from '../checks/tokens.js';
import { foldUsername } from '../config/username.js';
import type { StandingDecisions } from './decisions.query.js';
import { accountsNamed } from './granted-roles.query.js';
import type { JudgedPolicy } from './policy.js';

interface Judged {
  readonly organization: { readonly id: string; readonly snapshot: string };
  readonly policy: JudgedPolicy;
  readonly decisions: StandingDecisions;
  readonly callers?: DutyFacts['callers'];
  readonly now: Instant;
}

interface TokenRow {
  readonly key: string;
  readonly data: {
    readonly label?: string;
    readonly createdBy?: string | null;
    readonly isActive?: boolean | null;
    readonly expiresAt?: string | null;
    readonly resources?: CreatedToken['resources'];
  };
}

/** What people in one organization do beside using Docker Hub. */
export async function dutyFacts(manager: EntityManager, judged: Judged): Promise<DutyFacts> {
  const { organization, decisions, callers } = judged;
  const tokens = (await tokensWereRead(manager, organization, judged.now)) ? await liveTokens(manager, judged) : null;
  return {
    ...(callers !== undefined && { callers }),
    serviceAccounts: await ownedServiceAccounts(manager, judged),
    ...(tokens !== null && { tokens }),
    exceptions: decisions.decided(),
  };
}

/** API tokens of Hubwarden that work at an instant of the machine's clock, which they live by. */
export async function liveCallers(manager: EntityManager, at: Date): Promise<DutyFacts['callers']> {
  return manager.query(
    `select name, role from api_token
      where created_at <= $1 and (revoked_at is null or revoked_at > $1) and (expires_at is null or expires_at > $1)
      order by name collate "C", id`,
    [at],
  );
}

/** Of machines that are declared, those that are members; and of their owners the ids, whatever became of them. */
export async function ownedServiceAccounts(
  manager: EntityManager,
  { organization, policy }: Pick<Judged, 'organization' | 'policy'>,
): Promise<DutyFacts['serviceAccounts']> {
  const rows: { username: string }[] = await manager.query(
    `select data->>'username' as username from observation
      where organization_id = $1 and dataset = 'members' and first_snapshot <= $2
        and (last_snapshot is null or last_snapshot > $2) and lower(data->>'username') = any ($3)
      order by lower(data->>'username')`,
    [organization.id, organization.snapshot, [...policy.serviceAccounts.keys()]],
  );
  return rows.flatMap(({ username }) => {
    const owner = policy.serviceAccounts.get(foldUsername(username))?.owner ?? null;
    return owner === null ? [] : [{ name: username, owner: owner.id }];
  });
}

/** To their end, and lately. */
export async function tokensWereRead(
  manager: EntityManager,
  { snapshot }: Judged['organization'],
  now: Instant,
): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `select from dataset_reading
      where run_id = $1 and dataset = 'tokens' and status = 'complete'
        and fetched_at >= $2::timestamptz - interval '26 hours'`,
    [snapshot, now],
  );
  return rows.length > 0;
}

/** Those that work or may work, with whoever created them. */
async function liveTokens(manager: EntityManager, { organization, now }: Judged): Promise<CreatedToken[]> {
  const rows: TokenRow[] = await manager.query(
    `select key, data from observation
      where organization_id = $1 and dataset = 'tokens' and first_snapshot <= $2
        and (last_snapshot is null or last_snapshot > $2)
      order by key`,
    [organization.id, organization.snapshot],
  );
  const live = rows.filter(({ data }) => data.isActive !== false && !hasExpired(data.expiresAt, now));
  const names = live.flatMap(({ data }) => (typeof data.createdBy === 'string' ? [foldUsername(data.createdBy)] : []));
  const accounts = await accountsNamed(manager, organization, [...new Set(names)]);
  return live.map(({ key, data: { label, createdBy, isActive, resources } }) => ({
    id: key,
    label: label === undefined || label.trim() === '' ? key : label,
    // Somebody did, so null says nothing.
    ...(typeof createdBy === 'string' && { creator: accounts.get(foldUsername(createdBy)) ?? null }),
    ...(isActive !== undefined && { isActive }),
    ...(resources !== undefined && { resources }),
  }));
}

/** What cannot be read as a time has not been reached; nor has what lies before there was Docker Hub, which means "never". */
export function hasExpired(expiresAt: string | null | undefined, now: Instant): boolean {
  if (typeof expiresAt !== 'string' || !isDate(expiresAt) || expiresAt < '2013') return false;
  return Date.parse(expiresAt) <= Date.parse(now);
}
