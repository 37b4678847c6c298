import { employmentOf, isThere, type Trail, type TrueAccount, type TrueCompany, type TruePerson } from './truth.js';

export type Expected = 'pass' | 'fail' | 'unknown' | 'not_applicable';

export interface Expectation {
  readonly check: string;
  readonly kind: string;
  readonly name: string;
  /** Any of them is right. */
  readonly verdicts: readonly Expected[];
}

/** Trails that lead to one person and no other. */
const leading: ReadonlySet<Trail> = new Set([
  'work address',
  'work address in capitals',
  'plus address',
  'alias domain',
  'other address',
  'docker username',
  'docker username, address hidden',
  'declared link',
  'mailbox that moves on',
]);

export function canBeLinked(account: TrueAccount): boolean {
  return account.person !== null && leading.has(account.trail);
}

/** What should be said in one night, worked out from the truth alone. */
export function expectations(company: TrueCompany, night: number): Expectation[] {
  const out: Expectation[] = [];
  const say = (check: string, kind: string, name: string, ...verdicts: Expected[]): void => {
    out.push({ check, kind, name, verdicts });
  };
  for (const account of company.accounts) {
    if (isThere(account, night)) {
      say('user-identified', account.kind, account.name, identified(account, night));
      say('offboarded-access-removed', account.kind, account.name, ...offboarded(account, night));
      if (account.kind === 'account') {
        say('critical-system-access-valid', 'critical_system_account', account.name, valid(company, account, night));
      }
    } else if (canBeLinked(account) && account.service === null && account.person !== null) {
      say('offboarded-access-removed', account.kind, account.name, ...removed(account, account.person, night));
    }
  }
  say('critical-system-access-configured', 'critical_system', `Docker Hub ${company.name}`, configured(company, night));
  say('owner-count', 'organization', company.name, ownerCount(company, night));
  return out;
}

function identified(account: TrueAccount, night: number): Expected {
  if (account.service !== null) return ownerVerdict(account.service.owner, night);
  if (canBeLinked(account)) return 'pass';
  return account.trail === 'address hidden' ? 'unknown' : 'fail';
}

function ownerVerdict(owner: TruePerson | null, night: number): Expected {
  if (owner === null) return 'fail';
  switch (employmentOf(owner, night)) {
    case 'employed':
      return 'pass';
    case 'nobody knows':
      return 'unknown';
    case 'ended':
    case 'not started':
    case 'between spells':
      return 'fail';
  }
}

function offboarded(account: TrueAccount, night: number): Expected[] {
  if (account.service !== null) return ['not_applicable'];
  if (!canBeLinked(account) || account.person === null) return ['unknown'];
  switch (employmentOf(account.person, night)) {
    case 'employed':
      return ['pass'];
    case 'ended':
      return ['fail'];
    case 'not started':
      return ['not_applicable'];
    case 'between spells':
    case 'nobody knows':
      return ['unknown'];
  }
}

/** Gone since some night: what was somebody's who left is confirmed by a second night. */
function removed(account: TrueAccount, person: TruePerson, night: number): Expected[] {
  if (account.goneFrom === 0) return [];
  switch (employmentOf(person, night)) {
    case 'employed':
      return ['pass'];
    case 'ended':
      return account.goneFrom !== null && night > account.goneFrom ? ['pass'] : ['unknown'];
    case 'not started':
      return ['not_applicable'];
    case 'between spells':
    case 'nobody knows':
      return ['unknown'];
  }
}

const ranks = { member: 1, editor: 2, owner: 3 } as const;
type Core = keyof typeof ranks;

/** The highest role; null: a custom one that nobody ranked is among them. */
function effective({ role, teamRole }: TrueAccount): Core | null {
  if (role === 'sorcerer') return null;
  const own: Core =
    role === 'registry-auditor' ? 'member' : role === 'Owner' ? 'owner' : role === 'Editor' ? 'editor' : 'member';
  return teamRole !== null && ranks[teamRole] > ranks[own] ? teamRole : own;
}

function valid({ system }: TrueCompany, account: TrueAccount, night: number): Expected {
  const role = effective(account);
  if (account.service !== null) {
    if (!system.hasRules) return 'unknown';
    if (role === null) return 'unknown';
    return account.service.roles.includes(role) ? 'pass' : 'fail';
  }
  if (!canBeLinked(account) || account.person === null) return 'unknown';
  const { person } = account;
  const employment = employmentOf(person, night);
  if (employment === 'ended') return 'not_applicable';
  if (!system.hasRules || employment === 'nobody knows') return 'unknown';
  if (employment !== 'employed') return 'fail';
  if (role !== null) return allowed(person, role);
  // Nobody knows what the custom role is worth. What the team gives is held all the same, and is wrong unless something higher,
  // which that role may be, is this person's right.
  const { teamRole } = account;
  const isWrong = teamRole !== null && allowed(person, teamRole) === 'fail';
  return isWrong && allowed(person, 'owner') === 'fail' ? 'fail' : 'unknown';
}

/** By the rules that every company here has. */
function allowed(person: TruePerson, role: Core): Expected {
  if (role === 'member') return 'pass';
  if (role === 'owner') return person.jobTitle === 'Head of Platform' ? 'pass' : 'fail';
  if (person.department === null) return 'unknown';
  return person.department === 'Platform' ? 'pass' : 'fail';
}

function configured({ system, accounts }: TrueCompany, night: number): Expected {
  const oldest = '2025-11-22';
  const wrong =
    system.owner === null ||
    ['ended', 'not started', 'between spells'].includes(employmentOf(system.owner, night)) ||
    !system.hasRules ||
    system.approvedOn === null ||
    system.approvedOn < oldest ||
    accounts.some(
      (one) => one.kind === 'account' && one.service === null && one.role === 'sorcerer' && isThere(one, night),
    );
  if (wrong) return 'fail';
  return system.owner !== null && employmentOf(system.owner, night) === 'nobody knows' ? 'unknown' : 'pass';
}

function ownerCount({ accounts }: TrueCompany, night: number): Expected {
  const there = accounts.filter((one) => one.kind === 'account' && isThere(one, night));
  const human = there.filter(({ service }) => service === null);
  const owners = human.filter((one) => effective(one) === 'owner').length;
  const possible = human.filter((one) => effective(one) === null).length;
  const most = Math.max(3, Math.ceil(there.length * 0.05));
  if (owners > most || owners + possible < 2) return 'fail';
  return possible > 0 ? 'unknown' : 'pass';
}
