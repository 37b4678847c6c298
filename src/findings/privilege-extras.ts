import type { QueryRunner } from 'typeorm';
import { EscalationPolicy, noUnapprovedEscalation } from '../checks/catalog/no-unapproved-escalation.check.js';
import { leaverAccessPreplanned } from '../checks/catalog/leaver-access-preplanned.check.js';
import { segregationOfDuties } from '../checks/catalog/segregation-of-duties.check.js';
import type { Instant } from '../checks/check.js';
import type { HolderFacts } from '../checks/facts.js';
import type { DutyFacts } from '../checks/privilege-facts.js';
import { millisecondsOf } from '../checks/threshold.js';
import type { Configuration } from '../config/configuration.js';
import type { StandingDecisions } from './decisions.query.js';
import { dutyFacts } from './duties.query.js';
import { grantedRoles } from './granted-roles.query.js';
import type { EnabledCheck } from './judge-subject.js';
import { leavingSoon } from './leaving.query.js';
import type { JudgedPolicy } from './policy.js';
import { roleHistories } from './role-history.query.js';

export interface PrivilegeQuestion {
  readonly organization: { readonly id: string; readonly name: string; readonly snapshot: string };
  readonly configuration: Pick<Configuration, 'roster' | 'calendar'>;
  readonly checks: readonly EnabledCheck[];
  readonly policy: JudgedPolicy;
  readonly decisions: StandingDecisions;
  readonly now: Instant;
  /** API tokens of Hubwarden that work. */
  readonly callers?: DutyFacts['callers'];
}

/** What is known of every account of an organization, and what of single ones. */
export interface PrivilegeExtras {
  readonly everyAccount: Partial<HolderFacts>;
  readonly single: readonly ReadonlyMap<string, Partial<HolderFacts>>[];
}

/** The facts of the enabled checks about rights; what no enabled check asks for is not looked up. */
export async function privilegeExtras(runner: QueryRunner, question: PrivilegeQuestion): Promise<PrivilegeExtras> {
  const asked = new Map(question.checks.map(({ check, policy }) => [check.id, policy]));
  const { manager } = runner;
  const history = asked.get(noUnapprovedEscalation.id);
  const rises = history instanceof EscalationPolicy ? await roleExtras(runner, question, history) : none;
  const leaving = asked.has(leaverAccessPreplanned.id);
  const needsDuties = leaving || asked.has(segregationOfDuties.id);
  return {
    everyAccount: {
      ...rises.everyAccount,
      ...(leaving && { leaving: null }),
      ...(needsDuties && { duties: await dutyFacts(manager, question) }),
    },
    single: [
      ...rises.single,
      ...(leaving ? [await leavingSoon(manager, question.organization.id, question.configuration, question.now)] : []),
    ],
  };
}

const none: PrivilegeExtras = { everyAccount: {}, single: [] };

async function roleExtras(
  runner: QueryRunner,
  { organization, decisions, now }: PrivilegeQuestion,
  policy: EscalationPolicy,
): Promise<PrivilegeExtras> {
  const windowStart = new Date(Date.parse(now) - millisecondsOf(policy.window)).toISOString();
  const { since, changed } = await roleHistories(runner, organization, windowStart);
  const lookBack = decisions.lookBackOf(noUnapprovedEscalation.id, windowStart);
  const earlier = lookBack < windowStart ? (await roleHistories(runner, organization, lookBack)).changed : undefined;
  const granted = await grantedRoles(runner.manager, organization, lookBack, now);
  const single = new Map(
    [...new Set([...changed.keys(), ...granted.keys()])].map((member): [string, Partial<HolderFacts>] => {
      const grants = granted.get(member);
      const before = changed.get(member) ?? [];
      const older = earlier?.get(member)?.filter(({ at }) => at < (before[0]?.at ?? now));
      return [
        `account/${member}`,
        { roleHistory: { since, before, ...(older && { older }), ...(grants && { granted: grants }) } },
      ];
    }),
  );
  return { everyAccount: { roleHistory: { since, before: [] } }, single: [single] };
}
