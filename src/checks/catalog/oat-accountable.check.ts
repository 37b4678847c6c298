import type { Given, Verdict } from '../check.js';
import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import {
  leaveDoubts,
  leftSentence,
  ownerFailures,
  ownerState,
  undecidedEmployment,
  undecidedLeave,
  type OwnerState,
} from '../employment.js';
import type { NamedPerson, PersonFacts, ServiceAccountPolicy } from '../facts.js';
import { NamesByName, YesOrNo } from '../threshold.js';
import type { TokenFacts } from '../token-facts.js';
import { dormantMeanings, dormantVerdict, tokenIn, tokenLabel, unsaid } from '../tokens.js';
import { fail, pass, unknown } from '../verdicts.js';
import { labelOf } from '../wording.js';

export class OatAccountablePolicy {
  @YesOrNo()
  requireOwner = true;

  @NamesByName('a mapping of labels or ids of tokens to employee ids, such as `{ ci-push: E-1001 }`')
  owners: Readonly<Record<string, string>> = {};
}

export const oatAccountable: DocumentedCheck<TokenFacts, OatAccountablePolicy> = {
  id: 'oat-accountable',
  title: 'Every organization access token that works was created by a colleague, and a colleague answers for it',
  subjects: ['token'],
  source: 'tokens',
  population: ['tokens'],
  needs: ['tokens', 'members', 'roster'],
  severity: 'high',
  sla: '24h',
  why: 'Whoever created a token has seen its secret, and keeps it after leaving; and nobody replaces a token that is nobody’s.',
  remedy:
    'Name the owner under `owners`; where whoever created the token has left or is not known, create a new one and delete this one.',
  controls: [...soc2('CC6.1'), ...iso27001('A.5.18'), ...pci('7.2.5.1'), ...nist('IA-5')],
  policy: OatAccountablePolicy,
  settings: {
    requireOwner: 'whether a token needs an owner on record beside whoever created it',
    owners: 'who answers for a token: its label or its id, and the employee id of its owner',
  },
  reasons: {
    pass: { ACCOUNTABLE: 'whoever created it is a colleague, and so is its owner' },
    fail: {
      CREATOR_LEFT: 'whoever created it has left',
      CREATOR_UNKNOWN: 'Docker Hub names nobody who created it, or nobody whom the roster or the members know',
      ...ownerFailures,
    },
    unknown: {
      ...leaveDoubts,
      IDENTITY_UNLINKED: 'a member created it whom nobody has identified, which fails `user-identified`',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is active or who created it',
    },
    not_applicable: dormantMeanings,
  },
  judge(token, given) {
    const dormant = dormantVerdict(token, given.now);
    if (dormant !== null) return dormant;
    const aspects = [judgeCreator(token, given), judgeOwner(token, given)];
    const problems = aspects.filter((aspect): aspect is Failure => aspect?.outcome === 'fail');
    // A witness stands whatever listing is incomplete, so it goes before a failure that claims an absence.
    const worst = problems.find(({ absentFrom }) => absentFrom === undefined) ?? problems[0];
    if (worst !== undefined) {
      const message = problems.map((problem) => problem.message).join(' ');
      return { ...worst, message, facts: { ...worst.facts, problems: problems.map(({ reason }) => reason) } };
    }
    return (
      aspects.find((aspect) => aspect !== null) ??
      pass('ACCOUNTABLE', `${tokenLabel(token)} was created by ${creatorOf(token)}${ownedBy(token.owner)}.`, {
        ...aboutOf(token),
        creator: personOf(token)?.id ?? null,
      })
    );
  },
};

type Failure = Extract<Verdict, { readonly outcome: 'fail' }>;

/** Null: known, and here. */
function judgeCreator(token: TokenFacts, given: Given<OatAccountablePolicy>): Verdict | null {
  const { createdBy, creator } = token;
  if (createdBy === undefined) return unsaid(token, 'who created');
  const facts = aboutOf(token);
  if (createdBy === null || creator.state === 'unseen') {
    const who = createdBy === null ? 'somebody whom Docker Hub does not name' : createdBy;
    return fail(
      'CREATOR_UNKNOWN',
      `${tokenLabel(token)} was created by ${who}, who was never seen among the members; owners of the company above are not listed there.`,
      facts,
      createdBy === null ? {} : { absentFrom: ['members'] },
    );
  }
  const isJudgedElsewhere = given.enabled?.has('user-identified') !== false;
  if (creator.state === 'service_account') {
    // A service account is its owner's; as long as it is a member, whatever is wrong with them fails user-identified.
    return creator.present && isJudgedElsewhere ? null : judgeMachine(token, creator.declared);
  }
  const person = personOf(token);
  if (person !== null) return judgePerson(token, person);
  const nobody =
    creator.state === 'linked' ? `${createdBy}, whom no roster ever had` : `${createdBy}, who is nobody known`;
  if (creator.present && isJudgedElsewhere) {
    return unknown(
      'IDENTITY_UNLINKED',
      `${tokenLabel(token)} was created by ${nobody}: user-identified fails for that account.`,
      facts,
    );
  }
  return fail('CREATOR_UNKNOWN', `${tokenLabel(token)} was created by ${nobody}.`, facts, { absentFrom: ['roster'] });
}

function judgeMachine(token: TokenFacts, { owner }: ServiceAccountPolicy): Verdict | null {
  const state = ownerState(owner);
  if (state.state === 'employed') return null;
  if (state.state === 'undecided') return undecidedEmployment(tokenLabel(token), state.person, state.employment);
  return fail(
    state.reason,
    `${tokenLabel(token)} was created by ${creatorOf(token)}: ${state.sentence}.`,
    aboutOf(token),
    claimOf(state),
  );
}

function judgePerson(token: TokenFacts, person: PersonFacts): Verdict | null {
  const { employment } = person;
  const facts = { ...aboutOf(token), creator: person.id };
  if (employment.state === 'ended') {
    return fail(
      'CREATOR_LEFT',
      `${tokenLabel(token)} was created by ${token.createdBy ?? ''}, and ${leftSentence(person, employment)}.`,
      { ...facts, endedAt: employment.endedAt },
      { dueFrom: employment.endedAt },
    );
  }
  return undecidedLeave(tokenLabel(token), person);
}

/** Null: on record, and here; or nobody asks for one. */
function judgeOwner(token: TokenFacts, { policy }: Given<OatAccountablePolicy>): Verdict | null {
  if (token.owner === null && !policy.requireOwner) return null;
  const state = ownerState(token.owner);
  if (state.state === 'employed') return null;
  if (state.state === 'undecided') return undecidedEmployment(tokenLabel(token), state.person, state.employment);
  return fail(
    state.reason,
    `Nobody answers for ${tokenIn(token)}: ${state.sentence}.`,
    { ...aboutOf(token), owner: token.owner?.id ?? null },
    claimOf(state),
  );
}

/** What `ownerState` says is missing from the roster, as a failure says it. */
function claimOf({ absentFrom }: Extract<OwnerState, { readonly state: 'wrong' }>) {
  return absentFrom.length > 0 ? { absentFrom } : {};
}

function personOf({ creator }: TokenFacts): PersonFacts | null {
  return creator.state === 'linked' ? creator.person.person : null;
}

function creatorOf(token: TokenFacts): string {
  const person = personOf(token);
  return person === null ? `the service account ${token.createdBy ?? ''}` : labelOf(person);
}

function ownedBy(owner: NamedPerson | null): string {
  return owner === null ? '' : ` and is owned by ${labelOf(owner)}`;
}

function aboutOf({ id, createdBy, owner }: TokenFacts) {
  return { token: id, createdBy: createdBy ?? null, owner: owner?.id ?? null };
}
