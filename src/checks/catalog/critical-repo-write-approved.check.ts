import type { Dataset, Evidence, Given, Verdict } from '../check.js';
import { folded } from '../compare.js';
import { iso27001, nist, pci, soc2, supplyChain } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { leaveDoubts, leftSentence, undecidedLeave } from '../employment.js';
import { matchesPattern } from '../patterns.js';
import type { CriticalWriteFacts, Writer } from '../repository-facts.js';
import { Names } from '../threshold.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, listed } from '../wording.js';

export class CriticalWritePolicy {
  @Names('a list of team names, `*` for any run of characters, such as [release, platform], or null', { orNull: true })
  approvedTeams: readonly string[] | null = null;

  @Names('a list of employee ids and usernames, such as [E-1001, acme-ci], or null', { orNull: true })
  approvedWriters: readonly string[] | null = null;
}

const problemMeanings = {
  TEAM_NOT_APPROVED: 'a team holds write or admin that `approvedTeams` does not have',
  WRITER_LEFT: 'somebody who has left can push',
  WRITER_EXTERNAL: 'a guest from outside can push, whom `approvedWriters` does not have',
  WRITER_NOT_APPROVED: 'somebody can push through a team whom `approvedWriters` does not have',
  WRITER_UNKNOWN: 'an account can push that belongs to nobody',
} as const;

export const criticalRepoWriteApproved: DocumentedCheck<CriticalWriteFacts, CriticalWritePolicy> = {
  id: 'critical-repo-write-approved',
  title: 'Only approved teams and known, employed people can push to critical repositories',
  subjects: ['repository'],
  source: 'critical-repository-writers',
  population: ['repositories'],
  needs: ['members', 'teams', 'team_members', 'repositories', 'repository_teams', 'roster'],
  severity: 'high',
  sla: '3bd',
  why: 'Whoever can push to a critical repository decides what runs in production.',
  remedy:
    'Take the permission from the team or the person, identify the account, or put the team under `approvedTeams` and the person under `approvedWriters`.',
  controls: [
    ...soc2('CC6.3', 'CC8.1'),
    ...iso27001('A.8.4', 'A.8.31'),
    ...pci('7.2.2'),
    ...nist('CM-5'),
    ...supplyChain('1.3.8', '4.2.2'),
  ],
  policy: CriticalWritePolicy,
  settings: {
    approvedTeams:
      'the teams that may hold write or admin on a critical repository, by name or pattern; null: nobody has said it yet, so that none passes',
    approvedWriters:
      'who may push through a team, by employee id or username; null: everybody in an approved team who is employed and no guest',
  },
  reasons: {
    pass: {
      WRITERS_APPROVED: 'every team is approved, and everybody who can push is known, has not left, and is approved',
    },
    fail: problemMeanings,
    unknown: {
      ...leaveDoubts,
      NO_APPROVED_TEAMS: 'teams hold write or admin, and nobody has said which may',
      ROLE_UNKNOWN: 'somebody holds a custom role that nobody ranked, and may be able to push',
      FIELD_NOT_EXPOSED: 'Docker Hub did not say something that decides who can push, or whose an account is',
      UNRECOGNISED_VALUE: 'a team holds a permission of a name that is not known',
    },
  },
  judge(repository, given) {
    const { organization, name, systems, teams, writers, doubts } = repository;
    const label = `${organization}/${name}`;
    const problems = [...judgeTeams(repository, given), ...writers.flatMap((writer) => judgeWriter(writer, given))];
    const facts: Evidence = {
      systems,
      teams: teams.map((team) => ({ team: team.name, permission: team.permission })),
      writers: writers.length,
      byRole: writers.filter(({ byRole }) => byRole).length,
    };
    const [worst] = problems.toSorted((one, other) => order.indexOf(one.reason) - order.indexOf(other.reason));
    if (worst !== undefined) {
      const sentences = order.flatMap((reason) => sentenceOf(reason, problems));
      return fail(
        worst.reason,
        `Of ${label}, ${sentences.join('; ')}.`,
        {
          ...facts,
          problems: problems.slice(0, most).map(({ reason, about }) => ({ reason, about })),
          problemCount: problems.length,
        },
        worst.absentFrom === undefined ? {} : { absentFrom: worst.absentFrom },
      );
    }
    if (given.policy.approvedTeams === null && teams.length > 0) {
      const names = listed(teams.map((team) => team.name));
      return unknown(
        'NO_APPROVED_TEAMS',
        `${counted(teams.length, 'team')} can push to ${label} (${names}), and \`approvedTeams\` does not say which may.`,
        facts,
      );
    }
    if (doubts === undefined) return unknown('FIELD_NOT_EXPOSED', `Nobody said who else may push to ${label}.`, facts);
    const [doubt] = doubts;
    if (doubt !== undefined) {
      return unknown(doubt.reason, `Nobody knows whether others can push to ${label}: ${doubt.message}`, facts);
    }
    const undecided = writers.map((writer) => undecidedWriter(writer, given)).find((verdict) => verdict !== null);
    return (
      undecided ??
      pass(
        'WRITERS_APPROVED',
        `${counted(writers.length, 'account')} can push to ${label}, each known and no leaver, through approved teams or as owner or editor.`,
        facts,
      )
    );
  },
};

/** What is shown in facts at most. */
const most = 50;
/** What one witness shows stands before what claims that the roster lacks somebody. */
const order = ['TEAM_NOT_APPROVED', 'WRITER_LEFT', 'WRITER_EXTERNAL', 'WRITER_NOT_APPROVED', 'WRITER_UNKNOWN'] as const;

interface Problem {
  readonly reason: (typeof order)[number];
  readonly about: string;
  /** Completes the sentence about several of a kind, where there is more to say than the name. */
  readonly remark?: string;
  readonly absentFrom?: readonly Dataset[];
}

function judgeTeams({ teams }: CriticalWriteFacts, { policy }: Given<CriticalWritePolicy>): Problem[] {
  const { approvedTeams } = policy;
  if (approvedTeams === null) return [];
  return teams
    .filter(({ name }) => !approvedTeams.some((pattern) => matchesPattern(folded(pattern), folded(name))))
    .map(({ name, permission }) => ({ reason: 'TEAM_NOT_APPROVED', about: name, remark: `${name} (${permission})` }));
}

/** Roles are other checks' business; who holds one need not be approved here, but known, employed and no guest. */
function judgeWriter(writer: Writer, { policy }: Given<CriticalWritePolicy>): Problem[] {
  const { account, byRole, identity, isGuest } = writer;
  const isNamed = isApproved(writer, policy.approvedWriters ?? []);
  const problem = (reason: Problem['reason'], remark?: string): Problem[] => [
    { reason, about: account, ...(remark !== undefined && { remark }) },
  ];
  if (identity.state === 'linked' && identity.person.person?.employment.state === 'ended') {
    return problem(
      'WRITER_LEFT',
      `${account}: ${leftSentence(identity.person.person, identity.person.person.employment)}`,
    );
  }
  if (isGuest === true && mayBeOutside(writer, isNamed)) return problem('WRITER_EXTERNAL');
  if (policy.approvedWriters !== null && !byRole && !isNamed) return problem('WRITER_NOT_APPROVED');
  const hidden = identity.state === 'unlinked' ? (identity.hidden ?? []) : [];
  const isUnknown =
    identity.state === 'ambiguous' ||
    (identity.state === 'unlinked' && hidden.length === 0) ||
    (identity.state === 'linked' && identity.person.person === null);
  return isUnknown ? [{ reason: 'WRITER_UNKNOWN', about: account, absentFrom: ['roster'] }] : [];
}

/** The declaration of a service account says whose it is, and a name under `approvedWriters` that a guest may. */
function mayBeOutside({ identity }: Writer, isNamed: boolean): boolean {
  return identity.state !== 'service_account' && !isNamed;
}

function isApproved({ account, identity }: Writer, approved: readonly string[]): boolean {
  const names = [account, ...(identity.state === 'linked' ? [identity.person.id] : [])].map(folded);
  return approved.some((name) => names.includes(folded(name)));
}

function undecidedWriter(writer: Writer, { policy }: Given<CriticalWritePolicy>): Verdict | null {
  const { account, identity, isGuest } = writer;
  if (identity.state === 'unlinked') {
    return unknown(
      'FIELD_NOT_EXPOSED',
      `Docker Hub did not send the ${listed(identity.hidden ?? [])} of ${account}, which could tell whose it is.`,
    );
  }
  const person = identity.state === 'linked' ? identity.person.person : null;
  const undecided = person === null ? null : undecidedLeave(account, person);
  if (undecided !== null) return undecided;
  const isSaid = isGuest === true || isGuest === false;
  return isSaid || !mayBeOutside(writer, isApproved(writer, policy.approvedWriters ?? []))
    ? null
    : unknown('FIELD_NOT_EXPOSED', `Docker Hub did not say whether ${account} is a guest.`);
}

const beginnings = {
  TEAM_NOT_APPROVED: 'teams that nobody approved can push',
  WRITER_LEFT: 'people who have left can push',
  WRITER_EXTERNAL: 'guests can push',
  WRITER_NOT_APPROVED: 'people whom nobody approved can push',
  WRITER_UNKNOWN: 'accounts that belong to nobody can push',
} as const;

function sentenceOf(reason: Problem['reason'], problems: readonly Problem[]): string[] {
  const of = problems.filter((problem) => problem.reason === reason);
  return of.length === 0 ? [] : [`${beginnings[reason]}: ${listed(of.map(({ about, remark }) => remark ?? about))}`];
}
