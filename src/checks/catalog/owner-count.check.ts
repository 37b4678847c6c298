import { iso27001, nist, soc2, supplyChain } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { describeDoubt, effectiveRole, ownerRank, type RoleDoubt } from '../roles.js';
import { WholeNumber } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted } from '../wording.js';

export class OwnerCountPolicy {
  @WholeNumber({ least: 1 })
  min = 2;

  @WholeNumber({ least: 1, notBelow: 'min', orNull: true })
  max: number | null = null;

  @WholeNumber({ least: 0, most: 100 })
  maxPercent = 5;
}

/** However few members there are, so many owners are never too many. */
const alwaysAllowed = 3;

export const ownerCount: DocumentedCheck<OrganizationFacts, OwnerCountPolicy> = {
  id: 'owner-count',
  title: 'An organization has enough owners to get by without one of them, and no more than it needs',
  subjects: ['organization'],
  population: [],
  needs: ['members', 'teams', 'team_members'],
  severity: 'medium',
  sla: '5bd',
  why: 'With one owner a lost password locks the company out; with many, nobody knows who can change everything.',
  remedy: 'Make a second person owner, or give owners who do not administer the organization a lower role.',
  controls: [...soc2('CC6.3'), ...iso27001('A.8.2'), ...nist('AC-6(5)'), ...supplyChain('1.3.3', '1.3.7')],
  policy: OwnerCountPolicy,
  settings: {
    min: 'the fewest human owners',
    max: `the most human owners; null: ${alwaysAllowed}, or \`maxPercent\` of the members where that is more`,
    maxPercent: 'the share of the members that may be owners where `max` is null, rounded up',
  },
  reasons: {
    pass: { OWNERS_IN_BOUNDS: 'between `min` and `max` people are owners' },
    fail: {
      TOO_FEW_OWNERS: 'fewer than `min`, also if everybody in doubt were one',
      TOO_MANY_OWNERS: 'more than `max` for certain',
    },
    unknown: {
      ROLE_UNKNOWN: 'somebody holds a custom role that nobody ranked, which may equal owner',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides somebody’s role',
      NO_MEMBERS: 'the members listing is empty, and an organization always has an owner',
    },
  },
  judge({ organization, held, vocabulary, owners, members }, { policy }) {
    if (members === 0)
      return unknown('NO_MEMBERS', `No member of ${organization} was listed, and an organization always has an owner.`);
    let certain = 0;
    let possible = 0;
    let doubt: RoleDoubt | null = null;
    for (const roles of held.filter(({ human }) => human)) {
      const effective = effectiveRole(roles, vocabulary, new Set());
      if (effective.rank === ownerRank) certain += roles.accounts;
      else if (effective.doubt !== null) {
        possible += roles.accounts;
        // A role that somebody could rank is worth more to the reader than a field that Docker Hub withholds.
        if (doubt === null || effective.doubt.reason === 'ROLE_UNKNOWN') doubt = effective.doubt;
      }
    }
    const { min } = policy;
    const max = policy.max ?? Math.max(alwaysAllowed, min, Math.ceil((members * policy.maxPercent) / 100));
    const facts = { count: certain, possible, min, max, members, owners };
    if (certain > max) {
      return fail(
        'TOO_MANY_OWNERS',
        `${organization} has ${counted(certain, 'human owner')}; at most ${max} are allowed.`,
        facts,
        // A share of the members is a claim about all of them.
        policy.max === null ? { absentFrom: ['members'] } : {},
      );
    }
    if (certain + possible < min) {
      return fail(
        'TOO_FEW_OWNERS',
        `${organization} has ${counted(certain, 'human owner')}; at least ${min} are needed.`,
        facts,
        { absentFrom: ['members', 'teams', 'team_members'] },
      );
    }
    if (doubt !== null) {
      return unknown(
        doubt.reason,
        `${organization} has ${counted(certain, 'human owner')}, and ${counted(possible, 'account')} more may be one: ${describeDoubt(doubt)}.`,
        facts,
      );
    }
    return pass(
      'OWNERS_IN_BOUNDS',
      `${organization} has ${counted(certain, 'human owner')}, between ${min} and ${max}; owners of the company above it are not visible.`,
      facts,
    );
  },
};
