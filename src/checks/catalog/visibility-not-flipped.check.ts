import { approvalFacts, approvalOfChange } from '../approvals.js';
import type { Approval, Instant } from '../check.js';
import { minuteOf } from '../compare.js';
import { iso27001, nist, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { matchesRepositoryPattern } from '../patterns.js';
import type { PrivacyEvent, RepositoryFacts, VisibilityFlip } from '../repository-facts.js';
import { DurationText, millisecondsOf, Names } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';

export class VisibilityPolicy {
  @DurationText()
  window = '90d';

  @Names('a list of repository names, `*` for any run of characters, such as [cli, "acme/docs-*"]')
  settled: readonly string[] = [];
}

export const visibilityNotFlipped: DocumentedCheck<RepositoryFacts, VisibilityPolicy> = {
  id: 'visibility-not-flipped',
  title: 'What was private became public only with approval',
  subjects: ['repository'],
  source: 'repositories',
  population: ['repositories'],
  needs: ['repositories'],
  severity: 'critical',
  sla: '4h',
  why: 'One click shows everybody what was built for nobody else, and making it private again takes nothing back that was pulled.',
  remedy:
    'Make it private again, replace every secret that its images hold, find out who changed it, and record what was decided.',
  controls: [...soc2('CC6.1', 'CC8.1'), ...iso27001('A.8.12', 'A.8.32'), ...nist('CM-3')],
  policy: VisibilityPolicy,
  settings: {
    window:
      'for how long it fails that a repository was public for a while and is private again; one that is still public fails until it is approved, private or settled',
    settled:
      'repositories whose being public is settled, by name or pattern, with or without the organization: a change of theirs that is older than `window` counts no more',
  },
  reasons: {
    pass: {
      NOT_FLIPPED: 'no reading had it private before one had it public, within `window`',
      CHANGE_APPROVED: 'it became public, which somebody approved before it did or within 72 hours',
    },
    fail: {
      MADE_PUBLIC: 'a reading had it private, and now it is public',
      WAS_PUBLIC: 'it is private, and within `window` it was public after it had been private',
    },
    unknown: {
      FIRST_RUN_NO_BASELINE: 'there is no earlier reading to compare with',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is public, or nobody looked into the past',
      UNRECOGNISED_VALUE: 'the audit log has a change of its visibility in words that are not known',
    },
  },
  judge(repository, { policy, now, approvals }) {
    const { organization, name, isPrivate, watchedSince, privacyEvents = [] } = repository;
    const label = `${organization}/${name}`;
    const since = Date.parse(now) - millisecondsOf(policy.window);
    const settled = policy.settled.some((pattern) => matchesRepositoryPattern(pattern, organization, name));
    const counts = ({ publicAt, backAt }: Flip): boolean =>
      Date.parse(backAt ?? publicAt) >= since || (backAt === null && isPrivate !== true && !settled);
    const flips = weighed([...(repository.flips ?? []), ...seenInTheLogOnly(repository)], approvals).filter(
      ({ flip }) => counts(flip),
    );
    const approved = flips.flatMap(({ flip, approval }) => (approval === null ? [] : [{ flip, approval }]));
    const others = flips.flatMap(({ flip, approval }) => (approval === null ? [flip] : []));
    const worst = others.find(({ backAt }) => backAt === null) ?? others.at(-1);
    if (worst !== undefined) {
      const facts = { publicAt: worst.publicAt, backAt: worst.backAt, ...(worst.actor && { actor: worst.actor }) };
      const by = worst.actor === undefined ? '' : `, by ${worst.actor}`;
      // Where tonight nobody said whether it is public, the reading that had it so stands.
      return worst.backAt === null
        ? fail(
            'MADE_PUBLIC',
            `${label} was private and became public by ${minuteOf(worst.publicAt)}${by}; nobody approved it.`,
            facts,
          )
        : fail(
            'WAS_PUBLIC',
            `${label} became public by ${minuteOf(worst.publicAt)}${by} and was private again by ${minuteOf(worst.backAt)}; nobody approved it.`,
            facts,
          );
    }
    if (isPrivate !== true && isPrivate !== false) {
      return unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${label} is public.`);
    }
    if (repository.flips === undefined || watchedSince === undefined) {
      return unknown('FIELD_NOT_EXPOSED', `Nobody said what ${label} was before.`);
    }
    if (watchedSince === null) {
      return unknown(
        'FIRST_RUN_NO_BASELINE',
        `${label} was never read before, so that there is nothing to compare with.`,
      );
    }
    const odd = unshown(privacyEvents, repository.flips).find(
      ({ at, became }) => became === null && at >= watchedSince && Date.parse(at) >= since,
    );
    if (odd !== undefined) {
      return unknown(
        'UNRECOGNISED_VALUE',
        `The audit log says that the visibility of ${label} was changed at ${minuteOf(odd.at)}, and not to what.`,
      );
    }
    const [first] = approved;
    if (first !== undefined) {
      return pass('CHANGE_APPROVED', `${label} became public, which ${first.approval.approvedBy} approved.`, {
        publicAt: first.flip.publicAt,
        backAt: first.flip.backAt,
        ...approvalFacts(first.approval),
      });
    }
    return pass(
      'NOT_FLIPPED',
      isPrivate
        ? `${label} is private and was not public for ${policy.window}.`
        : `${label} is public, and no change of that is unsettled.`,
    );
  },
};

interface Flip extends VisibilityFlip {
  readonly actor?: string;
}

/** A reading has the run's clock and goes on for a while, so that it may show what the log has later. */
const toleranceMs = 3_600_000;

/**
 * Between two readings a repository can be public and private again, which only the audit log knows. Whether it still is
 * public the readings know better: what the log has as public tonight, and tonight's reading does not, is private again.
 */
function seenInTheLogOnly({ flips = [], privacyEvents = [], watchedSince, isPrivate }: RepositoryFacts): Flip[] {
  if (watchedSince === null || watchedSince === undefined) return [];
  return privacyEvents.flatMap(({ at, became, actor }, place): Flip[] => {
    if (became !== 'public' || at < watchedSince) return [];
    const back: PrivacyEvent | undefined = privacyEvents.slice(place + 1).find((event) => event.became === 'private');
    const backAt: Instant | null = back?.at ?? (isPrivate === true ? at : null);
    const isRead = flips.some(
      ({ publicAt, backAt: end }) =>
        Date.parse(publicAt) >= Date.parse(at) - toleranceMs &&
        (backAt === null || publicAt <= backAt) &&
        (end === null || end >= at),
    );
    return isRead || backAt === null ? [] : [{ publicAt: at, backAt, ...(actor !== undefined && { actor }) }];
  });
}

/**
 * The events that no change between two readings accounts for; each accounts for one before it. An event in known words goes
 * first, so that none in other words hides behind a change that is not its own.
 */
function unshown(events: readonly PrivacyEvent[], flips: readonly VisibilityFlip[]): PrivacyEvent[] {
  const changes = flips
    .flatMap(({ publicAt, backAt }) => (backAt === null ? [publicAt] : [publicAt, backAt]))
    .toSorted();
  const known = events.filter(({ became }) => became !== null);
  return [...known, ...events.filter(({ became }) => became === null)].filter(({ at }) => {
    const place = changes.findIndex((change) => Date.parse(change) >= Date.parse(at) - toleranceMs);
    if (place >= 0) changes.splice(place, 1);
    return place < 0;
  });
}

/** Oldest first, each with its approval. One that no longer counts has used up its own all the same. */
function weighed(
  flips: readonly Flip[],
  approvals: readonly Approval[] | undefined,
): { readonly flip: Flip; readonly approval: Approval | null }[] {
  const inOrder = flips.toSorted((one, other) => (one.publicAt < other.publicAt ? -1 : 1));
  return inOrder.map((flip, place) => ({
    flip,
    approval: approvalOfChange(approvals, flip.publicAt, inOrder[place - 1]?.publicAt ?? null),
  }));
}
