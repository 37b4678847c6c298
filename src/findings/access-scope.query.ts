import type { EntityManager } from 'typeorm';
import { folded } from '../checks/compare.js';
import type { RoleVocabulary } from '../checks/facts.js';
import { permissionOfScope, permissionRank } from '../checks/permissions.js';
import { equalsCore, type CoreRole } from '../checks/roles.js';

/** One organization in one snapshot. */
export interface OrganizationSnapshot {
  readonly organizationId: string;
  readonly organization: string;
  readonly snapshot: string;
}

/** What a word that Docker Hub says for a role comes to; `custom`: it is no core role itself. */
interface RankedRole {
  /** Null: a custom role that nobody ranked. */
  readonly core: CoreRole | null;
  readonly custom: boolean;
}

/**
 * One organization as one snapshot shows it, and what the words in it come to. Words are ranked here and not in SQL, so that the rule
 * for roles and scopes is the one that checks have.
 */
export interface AccessScope extends OrganizationSnapshot {
  /** By the word as Docker Hub spells it. */
  readonly roles: Readonly<Record<string, RankedRole>>;
  /** 0: about no repository; null: an unknown word. */
  readonly scopes: Readonly<Record<string, number | null>>;
}

/** With the vocabulary of the policy that they were evaluated under. */
export async function accessScopes(
  manager: EntityManager,
  snapshots: readonly OrganizationSnapshot[],
  vocabulary: RoleVocabulary,
): Promise<AccessScope[]> {
  const words: { organization: string; kind: 'role' | 'scope'; word: string }[] = await manager.query(
    `with asked as (select * from jsonb_to_recordset($1) as asked("organizationId" bigint, snapshot bigint)),
     shown as materialized (
       select observation.organization_id, observation.dataset, observation.data
         from asked
         join observation on observation.organization_id = asked."organizationId"
          and observation.dataset in ('members', 'teams', 'tokens') and observation.first_snapshot <= asked.snapshot
          and (observation.last_snapshot is null or observation.last_snapshot > asked.snapshot))
     select distinct organization_id as organization, 'role' as kind, data->>'role' as word
       from shown where dataset in ('members', 'teams') and data->>'role' is not null
     union all
     select distinct organization_id, 'scope', scope
       from shown
       cross join jsonb_path_query(data, '$.resources[*].scopes[*]') as said
       cross join lateral (select said #>> '{}' as scope) as spelled
      where dataset = 'tokens' and scope is not null`,
    [JSON.stringify(snapshots)],
  );
  return snapshots.map((snapshot) => {
    const here = words.filter(({ organization }) => organization === snapshot.organizationId);
    return {
      ...snapshot,
      roles: entries(here, 'role', (word) => rankedRole(word, vocabulary)),
      scopes: entries(here, 'scope', rankedScope),
    };
  });
}

function rankedRole(word: string, vocabulary: RoleVocabulary): RankedRole {
  const role = folded(word);
  const core = equalsCore(role, vocabulary);
  return { core, custom: core !== role };
}

function rankedScope(word: string): number | null {
  const permission = permissionOfScope(word);
  return permission === null ? null : permission === 'none' ? 0 : permissionRank(permission);
}

function entries<Value>(
  words: readonly { readonly kind: string; readonly word: string }[],
  wanted: string,
  rank: (word: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(words.filter(({ kind }) => kind === wanted).map(({ word }) => [word, rank(word)]));
}
