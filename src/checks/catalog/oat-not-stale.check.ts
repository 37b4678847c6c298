import type { Instant, Verdict } from '../check.js';
import { dayOf } from '../compare.js';
import { iso27001, nist } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { WholeNumber } from '../threshold.js';
import type { TokenFacts } from '../token-facts.js';
import { daysFrom, dormantMeanings, dormantVerdict, oddPast, tokenLabel, unsaid } from '../tokens.js';
import { fail, pass } from '../verdicts.js';

export class OatNotStalePolicy {
  @WholeNumber({ least: 1 })
  maxIdleDays = 90;

  @WholeNumber({ least: 1 })
  maxUnusedDays = 30;
}

export const oatNotStale: DocumentedCheck<TokenFacts, OatNotStalePolicy> = {
  id: 'oat-not-stale',
  title: 'Every organization access token that works is in use',
  subjects: ['token'],
  source: 'tokens',
  population: ['tokens'],
  needs: ['tokens'],
  severity: 'low',
  sla: '10bd',
  why: 'Nobody would notice that a token is stolen which nobody uses.',
  remedy: 'Deactivate the token; delete it once nobody has missed it.',
  controls: [...iso27001('A.5.18'), ...nist('AC-2(3)')],
  policy: OatNotStalePolicy,
  settings: {
    maxIdleDays: 'a token may rest for so many days after its last use',
    maxUnusedDays: 'a token that was never used may wait for so many days after its creation',
  },
  reasons: {
    pass: {
      IN_USE: 'it was used within `maxIdleDays`',
      NEW_TOKEN: 'it was never used, and is not older than `maxUnusedDays`',
    },
    fail: {
      IDLE: 'it was last used more than `maxIdleDays` ago',
      NEVER_USED: 'it was never used, and is older than `maxUnusedDays`',
    },
    unknown: {
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is active, when it was last used, or when it was created',
      UNRECOGNISED_VALUE: 'it has a date that cannot be',
    },
    not_applicable: dormantMeanings,
  },
  judge(token, { policy, now }) {
    const dormant = dormantVerdict(token, now);
    if (dormant !== null) return dormant;
    const { lastUsedAt } = token;
    if (lastUsedAt === undefined) return unsaid(token, 'when somebody last used');
    return lastUsedAt === null ? judgeUnused(token, policy, now) : judgeUsed(token, lastUsedAt, policy, now);
  },
};

function judgeUsed(token: TokenFacts, lastUsedAt: Instant, { maxIdleDays }: OatNotStalePolicy, now: Instant): Verdict {
  const odd = oddPast(token, 'last use', lastUsedAt, now);
  if (odd !== null) return odd;
  // No number of days in what is said: it would be another verdict every night.
  const facts = { ...aboutOf(token), lastUsedAt };
  const used = `${tokenLabel(token)} was last used on ${dayOf(lastUsedAt)}`;
  return daysFrom(lastUsedAt, now) > maxIdleDays
    ? fail('IDLE', `${used}; at most ${maxIdleDays} days without use are allowed.`, facts)
    : pass('IN_USE', `${used}.`, facts);
}

function judgeUnused(token: TokenFacts, { maxUnusedDays }: OatNotStalePolicy, now: Instant): Verdict {
  const { createdAt } = token;
  if (typeof createdAt !== 'string') return unsaid(token, 'when it was created, of');
  const odd = oddPast(token, 'creation', createdAt, now);
  if (odd !== null) return odd;
  const facts = { ...aboutOf(token), createdAt, lastUsedAt: null };
  const unused = `${tokenLabel(token)} was created on ${dayOf(createdAt)} and never used`;
  return daysFrom(createdAt, now) > maxUnusedDays
    ? fail('NEVER_USED', `${unused}; at most ${maxUnusedDays} days are allowed.`, facts)
    : pass('NEW_TOKEN', `${unused} so far.`, facts);
}

function aboutOf({ id, createdBy }: TokenFacts) {
  return { token: id, createdBy: createdBy ?? null };
}
