import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { OrganizationFacts } from '../facts.js';
import { roleVocabularyKnown } from './role-vocabulary-known.check.js';

type Held = OrganizationFacts['held'][number];

function facts(...held: Partial<Held>[]): OrganizationFacts {
  return anOrganization({
    vocabulary: { 'registry-auditor': 'member' },
    held: held.map((roles) => ({ role: 'Member', teams: [], teamRoles: [], accounts: 2, human: true, ...roles })),
  });
}

judgeCases(roleVocabularyKnown, [
  {
    when: 'all are core roles',
    facts: facts({ role: 'OWNER' }, { teamRoles: ['editor'] }),
    expect: 'pass ROLES_KNOWN',
  },
  { when: 'a custom role is ranked', facts: facts({ role: 'Registry-Auditor' }), expect: 'pass ROLES_KNOWN' },
  {
    when: 'somebody has no role of their own',
    facts: facts({ role: null, teamRoles: null }),
    expect: 'pass ROLES_KNOWN',
  },
  {
    // Which teams there are makes no role known or unknown.
    when: 'the teams were not said and their roles were',
    facts: facts({ teams: undefined }),
    expect: 'pass ROLES_KNOWN',
  },
  {
    when: 'custom roles are not ranked',
    facts: facts({ role: 'Wizard' }, { role: 'wizard', teamRoles: ['Signer'], accounts: 1 }, {}),
    expect: 'fail ROLE_UNKNOWN',
    says: /^In acme nobody ranked the roles signer \(1 account\) and wizard \(3 accounts\)\.$/,
    verdict: { facts: { roles: { signer: 1, wizard: 3 } } },
  },
  { when: 'a service account holds one', facts: facts({ role: 'wizard', human: false }), expect: 'fail ROLE_UNKNOWN' },
  { when: 'it is called like a property', facts: facts({ role: 'constructor' }), expect: 'fail ROLE_UNKNOWN' },
  {
    when: 'one is seen and another was not said',
    facts: facts({ role: 'wizard' }, { role: undefined }),
    expect: 'fail ROLE_UNKNOWN',
  },
  {
    when: 'a role was not said',
    facts: facts({}, { role: undefined, accounts: 1 }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /1 account of acme holds/,
  },
  {
    when: 'a role is empty',
    facts: facts({ role: ' ' }),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /2 accounts of acme hold\./,
  },
  {
    when: 'the roles of the teams were not said',
    facts: facts({ teamRoles: undefined }),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
  { when: 'there are no members', facts: { ...facts(), members: 0 }, expect: 'unknown NO_MEMBERS' },
]);
