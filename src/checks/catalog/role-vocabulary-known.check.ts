import { byName, folded } from '../compare.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import type { OrganizationFacts } from '../facts.js';
import { equalsCore } from '../roles.js';
import { NoThresholds } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, listed } from '../wording.js';

export const roleVocabularyKnown: DocumentedCheck<OrganizationFacts, NoThresholds> = {
  id: 'role-vocabulary-known',
  title: 'Every role that is held is a core role of Docker Hub or one that somebody ranked',
  subjects: ['organization'],
  population: [],
  needs: ['members', 'teams', 'team_members'],
  severity: 'high',
  sla: '2bd',
  why: 'A custom role can carry the rights of an owner, and its name does not tell.',
  remedy: 'Say under `roles` in hubwarden.yaml which core role the custom role equals.',
  controls: [...soc2('CC6.3'), ...iso27001('A.5.15'), ...nist('AC-6')],
  policy: NoThresholds,
  settings: {},
  reasons: {
    pass: { ROLES_KNOWN: 'every role is owner, editor, member, or ranked under `roles`' },
    fail: { ROLE_UNKNOWN: 'a role is neither a core role nor ranked under `roles`' },
    unknown: {
      FIELD_NOT_EXPOSED: 'Docker Hub did not say which roles are held',
      NO_MEMBERS: 'the members listing is empty, and an organization always has an owner',
    },
  },
  judge({ organization, held, vocabulary, members }) {
    const strangers = new Map<string, number>();
    let unsaid = 0;
    for (const { role, teamRoles, accounts } of held) {
      if (role === undefined || role?.trim() === '' || teamRoles === undefined) unsaid += accounts;
      for (const said of new Set([role ?? '', ...(teamRoles ?? [])].map(folded))) {
        if (said === '' || equalsCore(said, vocabulary) !== null) continue;
        strangers.set(said, (strangers.get(said) ?? 0) + accounts);
      }
    }
    if (strangers.size > 0) {
      const roles = byName(strangers).map(([role, accounts]) => `${role} (${counted(accounts, 'account')})`);
      return fail(
        'ROLE_UNKNOWN',
        `In ${organization} nobody ranked the ${roles.length === 1 ? 'role' : 'roles'} ${listed(roles)}.`,
        { roles: Object.fromEntries(byName(strangers)) },
      );
    }
    if (unsaid > 0) {
      return unknown(
        'FIELD_NOT_EXPOSED',
        `Docker Hub did not say which roles ${counted(unsaid, 'account')} of ${organization} ${unsaid === 1 ? 'holds' : 'hold'}.`,
      );
    }
    if (members === 0)
      return unknown('NO_MEMBERS', `No member of ${organization} was listed, and an organization always has an owner.`);
    return pass('ROLES_KNOWN', `Every role that is held in ${organization} is known.`);
  },
};
