import type { PusherFacts, RepositoryPushFacts } from '../activity-facts.js';
import { clockToleranceMs, gapMeaning, uncovered } from '../audit-gap.js';
import type { Instant, Reason, Verdict } from '../check.js';
import { folded, minuteOf } from '../compare.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { employmentDoubts, leftSentence, undecidedEmployment } from '../employment.js';
import type { PersonFacts } from '../facts.js';
import { DurationText, millisecondsOf, Names } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, labelOf, listed } from '../wording.js';

export class KnownActorPolicy {
  @DurationText()
  window = '7d';

  @Names('a list of labels of access tokens and of the usernames that own them, such as [ci-push, acme-ci]')
  pipeline: readonly string[] = [];

  @Names('a list of usernames, such as [jane-contractor]')
  externals: readonly string[] = [];
}

export const pushByKnownActor: DocumentedCheck<RepositoryPushFacts, KnownActorPolicy> = {
  id: 'push-by-known-actor',
  title: 'Only known people, and tokens of the pipeline, pushed to critical repositories',
  subjects: ['repository'],
  source: 'critical-repository-pushes',
  population: ['repositories'],
  needs: ['audit_log', 'repositories', 'members', 'roster'],
  severity: 'high',
  sla: '24h',
  why: 'Whatever is pushed to a critical repository runs in production, whoever pushed it.',
  remedy:
    'Find out what was pushed, replace it if it was not built by the pipeline, tie the account to its person or remove it, and name the tokens of the pipeline in the policy.',
  controls: [...soc2('CC8.1'), ...iso27001('A.8.4', 'A.8.32'), ...nist('CM-5')],
  policy: KnownActorPolicy,
  settings: {
    window: 'how long a push fails: a week, so that whoever was away over a long weekend still finds it',
    pipeline:
      'access tokens that push, by label or by the username of their owner; whatever another token pushes fails, unless its owner is a declared service account. A label does not excuse an owner who is not known: anybody can give a token that label',
    externals: 'guests who may push: accounts whose address lies outside the verified domains',
  },
  reasons: {
    pass: {
      KNOWN_ACTORS:
        'whoever pushed within `window` is known and employed, a declared service account, or a token of the pipeline',
      NO_PUSHES: 'nobody pushed within `window`',
    },
    fail: {
      PUSHED_BY_STRANGER: 'whoever pushed was never a member, or is nobody in the roster',
      PUSHED_AFTER_LEAVE: 'whoever pushed had left, or not started yet',
      PUSHED_BY_EXTERNAL: 'a guest pushed, and `externals` does not name them',
      TOKEN_NOT_LISTED: 'an access token pushed that `pipeline` names neither by its label nor by its owner',
    },
    unknown: {
      ...employmentDoubts,
      ...gapMeaning,
      FIELD_NOT_EXPOSED: 'Docker Hub did not say who pushed, or whether they are a guest',
    },
  },
  judge({ organization, name, systems, pushes, archive }, { policy, now }) {
    const label = `${organization}/${name}`;
    const sinceMs = Date.parse(now) - millisecondsOf(policy.window);
    const recent = pushes.filter(({ lastAt }) => Date.parse(lastAt) >= sinceMs);
    const judged = recent.map((pusher) => ({ pusher, doubt: doubtAbout(pusher, policy, label) }));
    const wrong = judged.flatMap(({ pusher, doubt }) =>
      doubt !== null && 'sentence' in doubt ? [{ pusher, ...doubt }] : [],
    );
    const [first] = wrong;
    if (first !== undefined) {
      const more =
        wrong.length === 1 ? '' : ` So did ${counted(wrong.length - 1, 'other')} of whom as much is to be said.`;
      return fail(
        first.reason,
        `${first.sentence}.${more}`,
        {
          systems,
          pushers: wrong.map(({ pusher, reason }) => ({
            actor: pusher.actor ?? null,
            token: pusher.token ?? null,
            pushes: pusher.pushes,
            lastAt: pusher.lastAt,
            reason,
          })),
        },
        { dueFrom: first.pusher.lastAt },
      );
    }
    const open = judged.flatMap(({ doubt }) => (doubt !== null && 'outcome' in doubt ? [doubt] : []))[0];
    if (open !== undefined) return open;
    const gap = uncovered(archive.coveredSince, sinceMs, organization);
    if (gap !== null) return gap;
    if (recent.length === 0) return pass('NO_PUSHES', `Nobody pushed to ${label} in ${policy.window}.`, { systems });
    const actors = [...new Set(recent.map(({ actor = '' }) => actor))];
    return pass(
      'KNOWN_ACTORS',
      `${listed(actors)} pushed to ${label} in ${policy.window}, and everybody of them is known.`,
      {
        systems,
        actors: actors.slice(0, 20),
      },
    );
  },
};

type Doubt = Verdict | { readonly reason: Reason; readonly sentence: string } | null;

function doubtAbout(pusher: PusherFacts, policy: KnownActorPolicy, label: string): Doubt {
  const { actor, token, who, lastAt } = pusher;
  const pushed = `pushed to ${label} at ${minuteOf(lastAt)}`;
  if (actor === undefined) return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say who ${pushed}.`);
  if (who.state === 'service_account') return null;
  const employment =
    who.state === 'linked' && who.person !== null ? employmentDoubt(actor, who.person, { lastAt, pushed }) : null;
  if (employment !== null) return employment;
  if (policy.pipeline.some((one) => folded(one) === actor)) return null;
  // Whoever makes a token gives it its label, so that a label says nothing about whoever pushed.
  const isLabelled = token !== undefined && policy.pipeline.some((one) => folded(one) === folded(token));
  if (isLabelled && who.state === 'organization') return null;
  if (token !== undefined && !isLabelled) {
    return {
      reason: 'TOKEN_NOT_LISTED',
      sentence: `The access token ${token} of ${actor} ${pushed}, and the policy does not name it among those of the pipeline`,
    };
  }
  if (who.state === 'stranger' || who.state === 'organization') {
    return { reason: 'PUSHED_BY_STRANGER', sentence: `${actor} ${pushed} and was never seen as a member` };
  }
  if (who.state !== 'linked' || who.person === null) {
    return {
      reason: 'PUSHED_BY_STRANGER',
      sentence: `${actor} ${pushed}, and nobody in the roster is behind that account`,
    };
  }
  const { isGuest } = who;
  if (policy.externals.some((one) => folded(one) === actor)) return null;
  if (isGuest === true) {
    return { reason: 'PUSHED_BY_EXTERNAL', sentence: `${actor} ${pushed}, a guest whom the policy does not name` };
  }
  if (isGuest !== false) {
    return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${actor}, who ${pushed}, is a guest.`);
  }
  return null;
}

function employmentDoubt(
  actor: string,
  person: PersonFacts,
  { lastAt, pushed }: { readonly lastAt: Instant; readonly pushed: string },
): Doubt {
  const { employment } = person;
  if (employment.state === 'unknown') return undecidedEmployment(actor, person, employment);
  if (employment.state === 'not_started') {
    return {
      reason: 'PUSHED_AFTER_LEAVE',
      sentence: `${actor} ${pushed}, and ${labelOf(person)} starts on ${employment.firstDay} only`,
    };
  }
  if (employment.state === 'ended' && Date.parse(lastAt) > Date.parse(employment.endedAt) + clockToleranceMs) {
    return { reason: 'PUSHED_AFTER_LEAVE', sentence: `${actor} ${pushed}, and ${leftSentence(person, employment)}` };
  }
  return null;
}
