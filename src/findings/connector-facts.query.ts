import type { EntityManager } from 'typeorm';
import type { Instant } from '../checks/check.js';
import type { ConnectedOrganization, ConnectorCredential } from '../checks/connector-facts.js';
import type { NamedPerson } from '../checks/facts.js';
import type { TokenRow } from '../checks/token-facts.js';
import { foldUsername } from '../config/username.js';
import { namedAccounts, type NamedAccountRow } from './named-accounts.query.js';
import { decodePerson } from './people.query.js';
import type { JudgedPolicy } from './policy.js';

interface Row {
  readonly kind: string;
  readonly username: string | null;
  readonly token_id: string | null;
  readonly token: TokenRow | null;
  /** Of the user who signed in. */
  readonly account: NamedAccountRow | null;
  /** Of whoever made the token. */
  readonly creator: NamedAccountRow | null;
}

const sql = `
with credential as materialized (
  select distinct said->>'kind' as kind, said->>'username' as username, said->>'tokenId' as token_id
    from dataset_reading
    cross join jsonb_array_elements(dataset_reading.read_as) as said
   where dataset_reading.run_id = $2
), own as materialized (
  select observation.key, observation.data
    from observation
   where observation.organization_id = $1 and observation.dataset = 'tokens' and observation.first_snapshot <= $2
     and (observation.last_snapshot is null or observation.last_snapshot > $2)
     and observation.key in (select token_id from credential)
     and not exists (select from unverified where unverified.snapshot = $2 and unverified.observation_id = observation.id)
), named as (${namedAccounts("select lower(username) from credential union select lower(own.data->>'createdBy') from own")})
select credential.kind, credential.username, credential.token_id, own.data as token, holder.account,
       creator.account as creator
  from credential
  left join own on own.key = credential.token_id
  left join named as holder on holder.username = lower(credential.username)
  left join named as creator on creator.username = lower(own.data->>'createdBy')
 order by credential.kind, credential.username, credential.token_id`;

/** The credentials that read one snapshot, as far as the same snapshot shows them. */
export async function connectorFacts(
  manager: EntityManager,
  { id, snapshot }: { readonly id: string; readonly snapshot: string },
  now: Instant,
  policy: JudgedPolicy,
): Promise<Pick<ConnectedOrganization, 'credentials'>> {
  const rows: Row[] = await manager.query(sql, [id, snapshot, now]);
  return { credentials: rows.map((row) => credentialOf(row, policy)) };
}

function credentialOf({ kind, username, token_id, token, account, creator }: Row, policy: JudgedPolicy) {
  const declared = username !== null && policy.serviceAccounts.has(foldUsername(username));
  const credential: ConnectorCredential = {
    kind,
    username,
    ...(account?.present === true && { person: personOf(account) }),
    ...(declared && account?.present === true && account.employee_id === null && { serviceAccount: true }),
    ...(token !== null &&
      token_id !== null && {
        token: { ...token, id: token_id, ...(creator !== null && { creator: personOf(creator) }) },
      }),
  };
  return credential;
}

function personOf({ employee_id: id, person }: NamedAccountRow): NamedPerson | null {
  return id === null ? null : { id, person: person === null ? null : decodePerson(person) };
}
