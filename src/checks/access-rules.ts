import type { Instant } from './check.js';
import { folded } from './compare.js';
import type { AccessRule, PersonFacts, RoleVocabulary, Who } from './facts.js';
import { equalsCore, rankOf, type EffectiveRole, type RoleDoubt } from './roles.js';
import { listed } from './wording.js';

/**
 * What somebody may hold: each admitted role, in lower case, with the blank attributes that keep it undecided. Without
 * blanks it is admitted; a role that is not in here is refused.
 */
export type Admissions = ReadonlyMap<string, readonly string[]>;

/** The roles that rules name, in whatever state those rules are: they decide which custom roles count as themselves. */
export function namedRoles(rules: readonly AccessRule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(({ roles }) => roles.map(folded)));
}

/** What the rules allow this person, who must be employed: no rule admits anybody else. */
export function admissionsOf(person: PersonFacts, rules: readonly AccessRule[], now: Instant): Admissions {
  const admissions = new Map<string, readonly string[]>();
  for (const rule of rules) {
    const blanks = inForce(rule, now) ? blanksBefore(rule.who, person) : null;
    if (blanks === null) continue;
    for (const role of rule.roles.map(folded)) {
      const sofar = admissions.get(role);
      if (sofar === undefined || blanks.length === 0) admissions.set(role, blanks);
      else if (sofar.length > 0) admissions.set(role, [...new Set([...sofar, ...blanks])]);
    }
  }
  return admissions;
}

/** The roles that some rule gives to somebody, whoever that is. */
export function admissionsOfAnybody(rules: readonly AccessRule[], now: Instant): Admissions {
  return admit(rules.filter((rule) => inForce(rule, now) && reachesSomebody(rule.who)).flatMap(({ roles }) => roles));
}

export function admit(roles: readonly string[]): Admissions {
  return new Map(roles.map((role) => [folded(role), []]));
}

/** The same, where a custom role is also covered by the core role that it equals. */
export function orByCoreRole(admissions: Admissions, effective: EffectiveRole, vocabulary: RoleVocabulary): Admissions {
  const covered = new Map(admissions);
  for (const { name } of effective.roles) {
    const core = equalsCore(name, vocabulary);
    const byCore = core === null ? undefined : admissions.get(core);
    if (byCore !== undefined && !covered.has(name)) covered.set(name, byCore);
  }
  return covered;
}

export type Weighed =
  | { readonly outcome: 'admitted' }
  /** `restsOnTeams`: a higher role, had there been one, would have been admitted. */
  | { readonly outcome: 'refused'; readonly roles: readonly string[]; readonly restsOnTeams: boolean }
  | { readonly outcome: 'undecided'; readonly blanks: readonly string[]; readonly roles: readonly string[] }
  | { readonly outcome: 'doubt'; readonly doubt: RoleDoubt };

/**
 * Whether everything that the account holds is admitted. A doubt about the role takes a refusal back only where it could
 * end well: where a role above the one that was seen is, or may be, admitted.
 */
export function weigh(effective: EffectiveRole, admissions: Admissions, vocabulary: RoleVocabulary): Weighed {
  const names = effective.roles.map(({ name }) => name);
  const refused = names.filter((name) => !admissions.has(name));
  const higherMayDo = [...admissions.keys()].some((role) => (rankOf(role, vocabulary) ?? 0) > effective.rank);
  if (refused.length > 0 && (effective.doubt === null || !higherMayDo)) {
    return { outcome: 'refused', roles: refused, restsOnTeams: higherMayDo };
  }
  if (effective.doubt !== null) return { outcome: 'doubt', doubt: effective.doubt };
  const undecided = names.filter((name) => (admissions.get(name) ?? []).length > 0);
  if (undecided.length > 0) {
    const blanks = new Set(undecided.flatMap((name) => admissions.get(name) ?? []));
    return { outcome: 'undecided', blanks: [...blanks], roles: undecided };
  }
  return { outcome: 'admitted' };
}

/** The roles that are admitted for certain, highest first; those that nobody ranked stand at the end. */
export function allowedRoles(admissions: Admissions, vocabulary: RoleVocabulary): string[] {
  return [...admissions]
    .filter(([, blanks]) => blanks.length === 0)
    .map(([role]) => role)
    .toSorted((one, other) => standing(other, vocabulary) - standing(one, vocabulary));
}

/** `member`, `editor, beside release-manager`, or `none`: what somebody could have instead. */
export function describeHighest(admissions: Admissions, vocabulary: RoleVocabulary): string {
  const allowed = allowedRoles(admissions, vocabulary);
  const highest = allowed.find((role) => rankOf(role, vocabulary) !== null);
  const unranked = allowed.filter((role) => rankOf(role, vocabulary) === null);
  if (highest === undefined) return unranked.length === 0 ? 'none' : listed(unranked);
  return unranked.length === 0 ? highest : `${highest}, beside ${listed(unranked)}`;
}

function standing(role: string, vocabulary: RoleVocabulary): number {
  // At the same height the core role goes first: it is the one that everybody knows.
  return (rankOf(role, vocabulary) ?? 0) * 2 + (equalsCore(role, {}) === null ? 0 : 1);
}

function inForce(rule: AccessRule, now: Instant): boolean {
  // A last day without its instant ends the rule when that day begins: too early rather than too late.
  const end = rule.untilInstant ?? rule.until;
  return end === null || now < end;
}

const attributes = {
  departments: { of: (person: PersonFacts) => person.department, name: 'department' },
  jobTitles: { of: (person: PersonFacts) => person.jobTitle, name: 'job title' },
  employmentTypes: { of: (person: PersonFacts) => person.employmentType, name: 'employment type' },
} as const;
const attributeKeys = ['departments', 'jobTitles', 'employmentTypes'] as const;

/** The blank attributes that keep a rule from admitting somebody; none: it admits; null: it does not, whatever they are. */
function blanksBefore(who: Who, person: PersonFacts): string[] | null {
  if (who === 'everyone') return [];
  if (!reachesSomebody(who)) return null;
  if (who.people !== undefined && !who.people.some((id) => id.trim() === person.id.trim())) return null;
  const blanks: string[] = [];
  for (const key of attributeKeys) {
    const wanted = who[key];
    if (wanted === undefined) continue;
    const value = attributes[key].of(person);
    if (value === undefined || value === null || value.trim() === '') blanks.push(attributes[key].name);
    else if (!wanted.map(folded).includes(folded(value))) return null;
  }
  return blanks;
}

/** A group without any condition, or with an empty list of alternatives, is nobody: it must not admit everyone by accident. */
function reachesSomebody(who: Who): boolean {
  if (who === 'everyone') return true;
  const lists = Object.values(who).filter((list) => list !== undefined);
  return lists.length > 0 && lists.every((list) => list.length > 0);
}
