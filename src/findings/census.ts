import { folded } from '../checks/compare.js';
import type { CriticalSystem, HeldRoles, HolderFacts, RoleVocabulary } from '../checks/facts.js';
import { equalsCore } from '../checks/roles.js';

/** Counts what accounts hold while they stream by, so that facts about a whole organization need no second pass. */
export class Census {
  private readonly held = new Map<string, { roles: HeldRoles; human: boolean; accounts: number }>();
  private readonly ownerNames: string[] = [];
  members = 0;

  constructor(private readonly vocabulary: RoleVocabulary) {}

  count(account: HolderFacts): void {
    const human = account.identity.state !== 'service_account';
    const teams = account.teams?.filter((team) => team.toLowerCase() === 'owners') ?? account.teams;
    const teamRoles = account.teamRoles === undefined ? undefined : [...(account.teamRoles ?? [])].sort();
    const key = JSON.stringify([human, account.role, account.role === undefined, teams, teamRoles]);
    const entry = this.held.get(key) ?? {
      roles: {
        ...(account.role !== undefined && { role: account.role }),
        ...(teams !== undefined && { teams }),
        ...(teamRoles !== undefined && { teamRoles }),
        accounts: 0,
      },
      human,
      accounts: 0,
    };
    entry.accounts += 1;
    this.held.set(key, entry);
    this.members += 1;
    if (ranksAs(account, this.vocabulary).has('owner')) this.ownerNames.push(account.name);
  }

  /** One entry for each different set of roles. */
  heldRoles(): (HeldRoles & { readonly human: boolean })[] {
    return [...this.held.values()].map(({ roles, human, accounts }) => ({ ...roles, human, accounts }));
  }

  owners(): string[] {
    return this.ownerNames.toSorted().slice(0, 50);
  }
}

/** Whether a critical system's accounts include this one: all of them, or those who can reach its repositories. */
export function belongsTo(
  system: CriticalSystem,
  account: HolderFacts,
  teamsOfSystem: ReadonlySet<string>,
  vocabulary: RoleVocabulary,
): boolean {
  if (system.repositories === null) return true;
  const ranks = ranksAs(account, vocabulary);
  if (ranks.has('owner') || ranks.has('editor') || ranks.has('unknown')) return true;
  return account.teams?.some((team) => teamsOfSystem.has(team.toLowerCase())) ?? true;
}

/** Repository patterns in which `*` stands for any run of characters; names are without the organization. */
export function matchesRepository(patterns: readonly string[], repository: string): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.split('*').map(escapeForRegExp).join('.*')}$`, 's').test(repository),
  );
}

/** Every rank that one of the account's roles gives it; `unknown` where a role, or the teams, cannot be ranked. */
function ranksAs(account: HolderFacts, vocabulary: RoleVocabulary): ReadonlySet<string> {
  const ranks = new Set<string>();
  for (const role of [account.role, ...(account.teamRoles ?? [])]) {
    ranks.add(role === undefined || role === null ? 'unknown' : (equalsCore(folded(role), vocabulary) ?? 'unknown'));
  }
  if (account.teams === undefined || account.teams === null) ranks.add('unknown');
  else if (account.teams.some((team) => team.toLowerCase() === 'owners')) ranks.add('owner');
  return ranks;
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
