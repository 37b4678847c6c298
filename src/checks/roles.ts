import { folded } from './compare.js';
import type { HeldRoles, RoleVocabulary } from './facts.js';
import { listed } from './wording.js';

/** From the highest to the lowest. */
const ranks = { owner: 3, editor: 2, member: 1 } as const;
export type CoreRole = keyof typeof ranks;
export const ownerRank = ranks.owner;
export const memberRank = ranks.member;

/** One of the roles that decide what somebody may do. */
export interface HeldRole {
  /** What has to be admitted: a core role, or a custom role that a rule names. In lower case. */
  readonly name: string;
  /** 3 owner, 2 editor, 1 member; null: a custom role that nobody ranked. */
  readonly rank: number | null;
  /** The custom role that the vocabulary counts as `name`; null where Docker Hub says `name` itself. */
  readonly custom: string | null;
  readonly through: 'member' | 'owners' | 'team';
}

/** Why the roles at hand are not the last word. */
export type RoleDoubt =
  | { readonly reason: 'ROLE_UNKNOWN'; readonly roles: readonly string[] }
  | { readonly reason: 'FIELD_NOT_EXPOSED'; readonly fields: readonly string[] };

export interface EffectiveRole {
  /** All of them must be admitted: the highest role, and beside it every custom role that cannot be ranked against it. */
  readonly roles: readonly HeldRole[];
  /** Of the highest role that can be ranked; 0 where none can. */
  readonly rank: number;
  /** Null: nothing else can turn up. Otherwise `roles` are held for certain, and there may be a higher one or another. */
  readonly doubt: RoleDoubt | null;
}

export type RolesHeld = Omit<HeldRoles, 'accounts'>;

/** The core role that a role equals: itself, or what the vocabulary says of a custom one; null where nobody ranked it. */
export function equalsCore(role: string, vocabulary: RoleVocabulary): CoreRole | null {
  if (isCore(role)) return role;
  // A custom role may be called "constructor".
  return Object.hasOwn(vocabulary, role) ? (vocabulary[role] ?? null) : null;
}

export function rankOf(role: string, vocabulary: RoleVocabulary): number | null {
  const core = equalsCore(role, vocabulary);
  return core === null ? null : ranks[core];
}

/**
 * The highest of the member's own role, the roles of the member's teams, and membership of `owners`. `named` are the
 * roles, folded, that the rules at hand name: a custom role among them counts as itself.
 *
 * Two roles of the same height are both kept, because a rule that admits one does not list the other. What was not said
 * leaves a doubt; of an owner the only remaining doubt is a custom role beside it.
 */
export function effectiveRole(held: RolesHeld, vocabulary: RoleVocabulary, named: ReadonlySet<string>): EffectiveRole {
  const found = new Map<string, HeldRole>();
  const strangers = new Set<string>();
  const add = (said: string, through: HeldRole['through']): void => {
    const role = folded(said);
    if (role === '') return;
    const core = equalsCore(role, vocabulary);
    if (core === null && !named.has(role)) {
      strangers.add(role);
      return;
    }
    const itself = core === null || isCore(role) || named.has(role);
    const name = itself ? role : core;
    if (found.has(name)) return;
    found.set(name, { name, rank: core === null ? null : ranks[core], custom: itself ? null : role, through });
  };

  if (held.role) add(held.role, 'member');
  if (held.teams?.some((team) => folded(team) === 'owners')) add('owner', 'owners');
  for (const role of held.teamRoles ?? []) add(role, 'team');

  const all = [...found.values()];
  const rank = Math.max(0, ...all.map((role) => role.rank ?? 0));
  return {
    roles: all.filter((role) => role.rank === null || role.rank === rank),
    rank,
    doubt: doubtOf(held, rank, all.length, [...strangers]),
  };
}

/** `editor (registry-lead, through a team)`, joined by "and" where several are held. */
export function describeHeld(effective: EffectiveRole): string {
  return listed(
    effective.roles.map(({ name, custom, through }) => {
      const remarks = [
        ...(custom === null ? [] : [`its custom role ${custom} counts as that`]),
        ...(through === 'owners' ? ['as a member of the team owners'] : []),
        ...(through === 'team' ? ['through a team'] : []),
      ];
      return remarks.length === 0 ? name : `${name} (${remarks.join(', ')})`;
    }),
  );
}

/** Completes "Docker Hub …" or stands alone: what keeps the role from being known. */
export function describeDoubt(doubt: RoleDoubt): string {
  return doubt.reason === 'ROLE_UNKNOWN'
    ? `nobody ranked the custom role ${listed(doubt.roles)}: no rule names it, and \`roles\` in hubwarden.yaml does not say which core role it equals`
    : `Docker Hub did not say ${listed(doubt.fields)}`;
}

function doubtOf(held: RolesHeld, rank: number, found: number, strangers: readonly string[]): RoleDoubt | null {
  if (strangers.length > 0) return { reason: 'ROLE_UNKNOWN', roles: strangers };
  const fields = [
    ...(held.role === undefined || held.role?.trim() === '' ? ['the role'] : []),
    ...(held.teams === undefined && rank < ownerRank ? ['the teams'] : []),
    ...(held.teamRoles === undefined ? ['the roles of the teams'] : []),
  ];
  if (fields.length > 0) return { reason: 'FIELD_NOT_EXPOSED', fields };
  return found === 0 ? { reason: 'FIELD_NOT_EXPOSED', fields: ['any role'] } : null;
}

function isCore(role: string): role is CoreRole {
  return Object.hasOwn(ranks, role);
}
