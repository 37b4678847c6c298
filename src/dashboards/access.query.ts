import type { EntityManager, QueryRunner } from 'typeorm';
import type { RoleVocabulary } from '../checks/facts.js';
import { accessGaps } from '../findings/access-gaps.query.js';
import { accessScopes, type AccessScope } from '../findings/access-scope.query.js';
import { accessTokens } from '../findings/access-tokens.query.js';
import {
  accessPage,
  streamAccess,
  type AccessChoice,
  type AccessItem,
  type AccessPlace,
} from '../findings/effective-access.query.js';
import type { AccessEntry, AccessMissing, AccessPerson, AccessWhole } from './access.js';
import { findAsked, type AccessQuestion, type Asked, type NoAnswer } from './access-question.query.js';
import { accountId } from './account-id.js';
import { linksAsKnown } from './links-then.query.js';
import { partsOfPlace, placeOf } from './place.js';
import type { View } from './view.query.js';

/** A question that names something which is there, ready to be answered. */
export interface AccessAnswering {
  readonly view: View;
  readonly scopes: readonly AccessScope[];
  readonly choice: AccessChoice;
  readonly whole: Readonly<AccessWhole>;
}

/** What is said where nothing had been evaluated. */
export const nothingEvaluated: Readonly<AccessWhole> = {
  tokens: [],
  public: null,
  complete: false,
  missing: [
    {
      organization: null,
      dataset: null,
      reason: 'NOT_EVALUATED',
      message: 'Nothing had been evaluated by then, so nobody knows who has access.',
      about: [],
    },
  ],
  evaluatedAt: null,
};

/** As of a view, in a fixed number of statements. */
export async function answerAccess(
  manager: EntityManager,
  view: View,
  question: AccessQuestion,
): Promise<AccessAnswering | NoAnswer> {
  const asked = await findAsked(manager, view, question);
  if ('sentence' in asked) return asked;
  const { snapshots, choice } = asked;
  const scopes = await accessScopes(manager, snapshots, await vocabularyOf(manager, view));
  const gaps = await accessGaps(manager, scopes, choice);
  const { tokens, gaps: tokenGaps } = await accessTokens(manager, scopes, choice, view.clock.toISOString());
  const missing: AccessMissing[] = [...gaps, ...tokenGaps, ...ambiguities(asked)];
  return {
    view,
    scopes,
    choice,
    whole: {
      tokens,
      public: asked.isPrivate === null ? null : !asked.isPrivate,
      complete: missing.length === 0,
      missing,
      evaluatedAt: view.at.toISOString(),
    },
  };
}

/** At most `limit` entries behind the place `after`. */
export async function findAccess(
  manager: EntityManager,
  { view, scopes, choice }: AccessAnswering,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<{ readonly entry: AccessEntry; readonly place: string }[]> {
  const rows = await accessPage(manager, scopes, choice, { after: after === null ? null : readPlace(after), limit });
  const people = await peopleOf(manager, view, scopes, [...new Set(rows.map(({ item }) => item.member))]);
  return rows.map(({ item, place }) => ({ entry: readEntry(item, people), place: placeOf(place) }));
}

/** Every entry in order, however many there are. */
export async function* everyAccess(
  runner: QueryRunner,
  { view, scopes, choice }: AccessAnswering,
): AsyncGenerator<AccessEntry, void, void> {
  const people = await peopleOf(runner.manager, view, scopes, null);
  for await (const item of streamAccess(runner, scopes, choice)) yield readEntry(item, people);
}

async function vocabularyOf(manager: EntityManager, { number }: View): Promise<RoleVocabulary> {
  const [row]: { roles: RoleVocabulary | null }[] = await manager.query(
    `select policy->'roles' as roles from evaluation where number = $1`,
    [number],
  );
  return row?.roles ?? {};
}

/** Whose each account is, by organization and Hub user id; null: of all accounts. */
async function peopleOf(
  manager: EntityManager,
  { until, known }: View,
  scopes: readonly AccessScope[],
  members: readonly string[] | null,
): Promise<ReadonlyMap<string, AccessPerson>> {
  const rows: { organization_id: string; key: string; id: string; name: string | null }[] = await manager.query(
    `with ${linksAsKnown('$1')}
     select owned.organization_id, owned.subject_key as key, owned.person as id, roster_person.data->>'fullName' as name
       from owned left join roster_person on roster_person.employee_id = owned.person
      where owned.subject_kind = 'account' and owned.organization_id = any ($3::bigint[])
        and ($4::text[] is null or owned.subject_key = any ($4))`,
    [known, until, scopes.map(({ organizationId }) => organizationId), members],
  );
  return new Map(rows.map(({ organization_id, key, id, name }) => [keyOf(organization_id, key), { id, name }]));
}

const keyOf = (organizationId: string, member: string): string => `${organizationId}/${member}`;

function readEntry(item: AccessItem, people: ReadonlyMap<string, AccessPerson>): AccessEntry {
  const { organization, organizationId, repository, account, member, permission, paths } = item;
  return {
    repository: `${organization}/${repository}`,
    account,
    accountId: accountId({ organization, kind: 'account', key: member }),
    person: people.get(keyOf(organizationId, member)) ?? null,
    permission,
    paths: paths.map(({ via, team, role, permission: height, unverified }) => ({
      via,
      ...(team !== undefined && { team }),
      ...(role !== undefined && { role }),
      permission: height,
      ...(unverified && { unverified }),
    })),
  };
}

/** Accounts that may be this person's, and that nobody has linked. */
function ambiguities({ ambiguous }: Asked): AccessMissing[] {
  return ambiguous.map(({ organization, account }) => ({
    organization,
    dataset: 'members',
    reason: 'IDENTITY_AMBIGUOUS',
    message: `${account} may be the account of this person or of somebody else; it is linked to nobody.`,
    about: [account],
  }));
}

function readPlace(place: string): AccessPlace {
  const [organization, repository, account, member] = partsOfPlace(place).map(String);
  if (organization === undefined || repository === undefined || account === undefined || member === undefined) {
    throw new Error('A cursor of this list has no place in it.');
  }
  return [organization, repository, account, member];
}
