import type { Verdict } from '../check.js';
import { dayOf } from '../compare.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { WholeNumber } from '../threshold.js';
import type { TokenFacts } from '../token-facts.js';
import { rightsOf, writingScopes, type Rights } from '../token-scopes.js';
import {
  daysFrom,
  dormantMeanings,
  dormantVerdict,
  oddInstant,
  oddPast,
  tokenIn,
  tokenLabel,
  unsaid,
} from '../tokens.js';
import { fail, pass, unknown } from '../verdicts.js';
import { listed } from '../wording.js';

export class OatExpiryPolicy {
  @WholeNumber({ least: 1 })
  maxDays = 365;

  @WholeNumber({ least: 1 })
  maxDaysWrite = 90;
}

export const oatExpiry: DocumentedCheck<TokenFacts, OatExpiryPolicy> = {
  id: 'oat-expiry',
  title: 'Every organization access token that works expires, and one that can write expires soon',
  subjects: ['token'],
  source: 'tokens',
  population: ['tokens'],
  needs: ['tokens'],
  severity: 'medium',
  sla: '10bd',
  why: 'A token that never expires opens the organization for as long as a copy of it exists.',
  remedy:
    'Create a token that expires, put it where the old one was used, and delete the old one: the expiry of a token cannot be changed.',
  controls: [...soc2('CC6.1'), ...iso27001('A.5.17'), ...pci('8.6.3'), ...nist('IA-5')],
  policy: OatExpiryPolicy,
  settings: {
    maxDays: 'the longest life of a token, in days from its creation to its expiry',
    maxDaysWrite: 'the same of one with a scope that can change something; not more than `maxDays` counts',
  },
  reasons: {
    pass: { EXPIRES_IN_TIME: 'it expires, and its life is short enough for what it may do' },
    fail: {
      NO_EXPIRY: 'it never expires',
      LIFETIME_TOO_LONG: 'its life is longer than `maxDays`, or than `maxDaysWrite` where it can write',
    },
    unknown: {
      FIELD_NOT_EXPOSED: 'Docker Hub did not say what decides the verdict',
      UNRECOGNISED_VALUE: 'it has a date that cannot be, or a scope that nobody documented and that may let it write',
    },
    not_applicable: dormantMeanings,
  },
  judge(token, { policy, now }) {
    const dormant = dormantVerdict(token, now);
    if (dormant !== null) return dormant;
    const { createdAt, expiresAt } = token;
    if (expiresAt === undefined) return unsaid(token, 'when it expires, of');
    if (expiresAt === null) {
      return fail('NO_EXPIRY', `${tokenLabel(token)} never expires.`, { ...aboutOf(token), expiresAt });
    }
    const odd = oddInstant(token, 'expiry', expiresAt);
    if (odd !== null) return odd;
    // What is left of a life is never longer than all of it.
    if (typeof createdAt !== 'string') {
      const left = daysFrom(now, expiresAt);
      return left > policy.maxDays
        ? tooLong(token, `at least ${left}`, policy.maxDays)
        : unsaid(token, 'when it was created, of');
    }
    const oddCreation = oddPast(token, 'creation', createdAt, now);
    return oddCreation ?? judgeLife(token, daysFrom(createdAt, expiresAt), policy);
  },
};

function judgeLife(token: TokenFacts, days: number, policy: OatExpiryPolicy): Verdict {
  const limit = Math.min(policy.maxDays, policy.maxDaysWrite);
  if (days > policy.maxDays) return tooLong(token, `${days}`, policy.maxDays);
  if (days > limit) {
    const doubt = judgeWriting(token, days, limit);
    if (doubt !== null) return doubt;
  }
  return pass(
    'EXPIRES_IN_TIME',
    `${tokenLabel(token)} expires on ${dayOf(token.expiresAt ?? '')}, ${days} days after it was created.`,
    { ...aboutOf(token), days },
  );
}

/** Whether it can write decides; null: it cannot. */
function judgeWriting(token: TokenFacts, days: number, limit: number): Verdict | null {
  if (token.resources === undefined) return unsaid(token, 'what may be done with');
  const rights = rightsOf(token.resources);
  const writing = writingScopes(rights);
  if (writing.length > 0) return tooLong(token, `${days}`, limit, writing);
  return undecided(token, rights);
}

function undecided(token: TokenFacts, { strange, unsaid: missing }: Rights): Verdict | null {
  if (strange.length > 0) {
    return unknown(
      'UNRECOGNISED_VALUE',
      `It is not known whether ${tokenIn(token)} can write: nobody documented ${listed(strange)}.`,
      { ...aboutOf(token), strange },
    );
  }
  return missing.length === 0 ? null : unsaid(token, `the ${listed(missing)} of every resource of`);
}

function tooLong(token: TokenFacts, days: string, limit: number, writing: readonly string[] = []): Verdict {
  const can = writing.length === 0 ? '' : ` It can write (${listed(writing)}).`;
  return fail(
    'LIFETIME_TOO_LONG',
    `${tokenLabel(token)} lives for ${days} days, until ${dayOf(token.expiresAt ?? '')}; at most ${limit} are allowed.${can}`,
    { ...aboutOf(token), limit, writing },
  );
}

function aboutOf({ id, createdAt, expiresAt, createdBy }: TokenFacts) {
  return {
    token: id,
    createdBy: createdBy ?? null,
    ...(createdAt !== undefined && { createdAt }),
    ...(expiresAt !== undefined && { expiresAt }),
  };
}
