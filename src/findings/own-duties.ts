import { folded } from '../checks/compare.js';
import type { HolderFacts } from '../checks/facts.js';
import type { CreatedToken, DutyFacts } from '../checks/privilege-facts.js';

type OwnedService = DutyFacts['serviceAccounts'][number];

/**
 * Of the duties of a whole organization, those that may be one account's: checks go through all that they are shown, for every
 * account. Whoever is no one's gets none; a token of which nobody said who created it may be anybody's.
 */
export class OwnDuties {
  private readonly services = new Map<string, OwnedService[]>();
  private readonly tokens = new Map<string, CreatedToken[]>();
  private readonly anybodys: readonly CreatedToken[];

  constructor(private readonly all: DutyFacts) {
    for (const service of all.serviceAccounts) {
      const owner = folded(service.owner);
      this.services.set(owner, [...(this.services.get(owner) ?? []), service]);
    }
    this.anybodys = (all.tokens ?? []).filter(({ creator }) => creator === undefined);
    for (const creator of new Set((all.tokens ?? []).map((token) => token.creator))) {
      // In the order of the whole list, in which a sentence names them.
      if (typeof creator === 'string') this.tokens.set(creator, []);
    }
    for (const token of all.tokens ?? []) {
      if (typeof token.creator === 'string') this.tokens.get(token.creator)?.push(token);
      else if (token.creator === undefined) for (const own of this.tokens.values()) own.push(token);
    }
  }

  of(account: HolderFacts): DutyFacts {
    const person = account.identity.state === 'linked' ? account.identity.person.id : null;
    return {
      ...this.all,
      serviceAccounts: person === null ? [] : (this.services.get(folded(person)) ?? []),
      ...(this.all.tokens !== undefined && { tokens: this.tokens.get(account.id) ?? this.anybodys }),
    };
  }
}
