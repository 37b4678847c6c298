import { iso27001, nist, pci, soc2 } from '../controls.js';
import type { DocumentedCheck } from '../documented-check.js';
import { WholeNumber } from '../threshold.js';
import type { TokenFacts } from '../token-facts.js';
import { rightsOf, scopesThat, type Grant, type Rights } from '../token-scopes.js';
import { dormantMeanings, dormantVerdict, tokenIn, tokenLabel, unsaid } from '../tokens.js';
import { fail, pass, unknown } from '../verdicts.js';
import { counted, listed } from '../wording.js';

export class OatLeastScopePolicy {
  @WholeNumber({ least: 0 })
  maxPushRepositories = 20;
}

export const oatLeastScope: DocumentedCheck<TokenFacts, OatLeastScopePolicy> = {
  id: 'oat-least-scope',
  title: 'Every organization access token that works pushes to named repositories, to few of them, or to none',
  subjects: ['token'],
  source: 'tokens',
  population: ['tokens'],
  needs: ['tokens'],
  severity: 'high',
  sla: '5bd',
  why: 'Whoever finds a token that pushes everywhere can replace every image of the company.',
  remedy:
    'Create one token for each pipeline, for the repositories that it pushes to, and another one for whatever manages the organization; then delete this one.',
  controls: [...soc2('CC6.3'), ...iso27001('A.8.2'), ...pci('7.2.5'), ...nist('AC-6')],
  policy: OatLeastScopePolicy,
  settings: { maxPushRepositories: 'to so many named repositories may one token push' },
  reasons: {
    pass: {
      SCOPE_IN_BOUNDS: 'it pushes to at most `maxPushRepositories` named repositories and manages nothing besides',
    },
    fail: {
      PUSH_EVERYWHERE:
        'it may push to, or administer, every repository that a pattern matches, or the whole organization',
      PUSH_AND_MANAGE: 'it may push, and change members, teams or rules of the organization',
      TOO_MANY_REPOSITORIES: 'it may push to more than `maxPushRepositories` repositories',
    },
    unknown: {
      FIELD_NOT_EXPOSED: 'Docker Hub did not say whether it is active or what may be done with it',
      UNRECOGNISED_VALUE: 'it has a scope, or a kind of resource, that nobody documented',
    },
    not_applicable: dormantMeanings,
  },
  judge(token, { policy, now }) {
    const dormant = dormantVerdict(token, now);
    if (dormant !== null) return dormant;
    if (token.resources === undefined) return unsaid(token, 'what may be done with');
    const rights = rightsOf(token.resources);
    const [first, ...others] = problemsOf(rights, policy);
    if (first !== undefined) {
      return fail(first.reason, `${tokenLabel(token)} ${listed([first, ...others].map(({ sentence }) => sentence))}.`, {
        ...aboutOf(token, rights),
        problems: [first, ...others].map(({ reason }) => reason),
      });
    }
    if (rights.strange.length > 0) {
      return unknown(
        'UNRECOGNISED_VALUE',
        `Nobody documented what ${listed(rights.strange)} of ${tokenIn(token)} ${rights.strange.length === 1 ? 'allows' : 'allow'}.`,
        { ...aboutOf(token, rights), strange: rights.strange },
      );
    }
    if (rights.unsaid.length > 0) return unsaid(token, `the ${listed(rights.unsaid)} of every resource of`);
    const pushes = pushedTo(rights);
    return pass(
      'SCOPE_IN_BOUNDS',
      `${tokenLabel(token)} ${pushes.length === 0 ? 'pushes nowhere' : `pushes to ${listed(pushes)}`}.`,
      aboutOf(token, rights),
    );
  },
};

interface Problem {
  readonly reason: string;
  /** Continues "The token x …". */
  readonly sentence: string;
}

/** The widest first. */
function problemsOf(rights: Rights, { maxPushRepositories }: OatLeastScopePolicy): Problem[] {
  const pushing = rights.grants.filter((grant) => isPushing(grant));
  const wide = [...new Set(pushing.filter(({ single }) => !single).map(({ path }) => path))].toSorted();
  const managing = [
    ...new Set(rights.grants.flatMap((grant) => scopesThat(grant, ({ manages }) => manages === true))),
  ].toSorted();
  const repositories = pushedTo(rights);
  return [
    ...(wide.length > 0 ? [{ reason: 'PUSH_EVERYWHERE', sentence: `may push to everything in ${listed(wide)}` }] : []),
    ...(pushing.length > 0 && managing.length > 0
      ? [{ reason: 'PUSH_AND_MANAGE', sentence: `may push and also manage the organization (${listed(managing)})` }]
      : []),
    ...(repositories.length > maxPushRepositories
      ? [
          {
            reason: 'TOO_MANY_REPOSITORIES',
            sentence: `may push to ${counted(repositories.length, 'repository', 'repositories')}, where ${maxPushRepositories} are allowed`,
          },
        ]
      : []),
  ];
}

function isPushing(grant: Grant): boolean {
  return scopesThat(grant, ({ pushes }) => pushes === true).length > 0;
}

/** The single repositories, each once. */
function pushedTo({ grants }: Rights): string[] {
  const paths = grants.filter((grant) => grant.single && grant.path !== '' && isPushing(grant)).map(({ path }) => path);
  return [...new Set(paths)].toSorted();
}

function aboutOf(token: TokenFacts, { grants }: Rights) {
  return {
    token: token.id,
    createdBy: token.createdBy ?? null,
    resources: grants.map(({ path, scopes }) => ({ path, scopes })),
  };
}
