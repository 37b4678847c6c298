import { admit, weigh } from './access-rules.js';
import type { Verdict } from './check.js';
import { folded } from './compare.js';
import type { HolderFacts, RoleVocabulary, ServiceAccountPolicy } from './facts.js';
import { describeDoubt, describeHeld, effectiveRole } from './roles.js';
import { fail, pass, unknown } from './verdicts.js';
import { listed } from './wording.js';

/** A service account may hold the roles of its own declaration, whatever the rules of a system say about people. */
export function judgeDeclaredRoles(
  account: HolderFacts,
  declared: ServiceAccountPolicy,
  vocabulary: RoleVocabulary,
): Verdict {
  const roles = declared.roles ?? [];
  const effective = effectiveRole(account, vocabulary, new Set(roles.map(folded)));
  const held = effective.roles.map(({ name }) => name);
  if (roles.length === 0) {
    return fail(
      'NO_ROLES_DECLARED',
      `${account.name} is a service account, and its declaration allows it no role${held.length === 0 ? '' : `; it holds ${describeHeld(effective)}`}.`,
      { heldRoles: held, declaredRoles: [] },
    );
  }
  const weighed = weigh(effective, admit(roles), vocabulary);
  if (weighed.outcome === 'refused') {
    return fail(
      'ROLE_NOT_DECLARED',
      `${account.name} is a service account and holds ${describeHeld(effective)}; its declaration allows ${listed(roles)}.`,
      { heldRoles: held, declaredRoles: roles },
      weighed.restsOnTeams ? { absentFrom: ['teams', 'team_members'] } : {},
    );
  }
  if (weighed.outcome === 'doubt') {
    return unknown(
      weighed.doubt.reason,
      `The role of the service account ${account.name} is not known: ${describeDoubt(weighed.doubt)}.`,
      { declaredRoles: roles },
    );
  }
  return pass('ROLE_DECLARED', `${account.name} is a service account and holds a role that it was declared for.`, {
    heldRoles: held,
  });
}
