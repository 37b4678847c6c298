import { without } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { aToken, onto } from '../../../test/support/token-facts.js';
import { oatLeastScope } from './oat-least-scope.check.js';

const repositories = (count: number, ...scopes: string[]) =>
  Array.from({ length: count }, (_, place) => onto(`acme/service-${place}`, ...scopes));

judgeCases(oatLeastScope, [
  {
    when: 'it pushes to one repository',
    facts: aToken(),
    expect: 'pass SCOPE_IN_BOUNDS',
    says: /^The token ci-push pushes to acme\/api\.$/,
    verdict: { facts: { resources: [{ path: 'acme/api', scopes: ['scope-image-push', 'scope-tag-read'] }] } },
  },
  {
    when: 'it pulls everything and manages members',
    facts: aToken({ resources: [onto('acme/*', 'scope-image-pull'), onto('acme', 'scope-member-edit')] }),
    expect: 'pass SCOPE_IN_BOUNDS',
    says: /pushes nowhere/,
  },
  { when: 'it may do nothing', facts: aToken({ resources: [] }), expect: 'pass SCOPE_IN_BOUNDS' },
  {
    when: 'it pushes to twenty repositories, one of them listed twice',
    facts: aToken({
      resources: [...repositories(20, 'scope-image-push'), onto('acme/service-0', 'scope-image-delete')],
    }),
    expect: 'pass SCOPE_IN_BOUNDS',
  },
  {
    when: 'it pushes to 21 repositories',
    facts: aToken({ resources: repositories(21, 'scope-image-push') }),
    expect: 'fail TOO_MANY_REPOSITORIES',
    says: /may push to 21 repositories, where 20 are allowed\.$/,
  },
  {
    when: 'it pushes to more than the policy allows',
    facts: aToken(),
    policy: { maxPushRepositories: 0 },
    expect: 'fail TOO_MANY_REPOSITORIES',
    says: /1 repository, where 0 are allowed/,
  },
  {
    when: 'it reads 60 repositories',
    facts: aToken({ resources: repositories(60, 'scope-image-pull', 'scope-repository-read') }),
    expect: 'pass SCOPE_IN_BOUNDS',
  },
  ...(['acme/*', '*/*/public', '*', 'acme/prod-*', 'acme'] as const).map((path) => ({
    when: `it pushes to ${path}`,
    facts: aToken({ resources: [{ type: 'TYPE_REPO', path, scopes: ['scope-image-push'] }] }),
    expect: 'fail PUSH_EVERYWHERE' as const,
    verdict: { facts: { problems: ['PUSH_EVERYWHERE'] } },
  })),
  {
    when: 'it deletes images everywhere, which includes pushing',
    facts: aToken({ resources: [onto('acme/*', 'scope-image-delete')] }),
    expect: 'fail PUSH_EVERYWHERE',
    says: /may push to everything in acme\/\*\.$/,
  },
  ...(
    ['scope-repository-admin', 'scope-repository-settings-admin', 'scope-repo-group-edit', 'scope-tag-admin'] as const
  ).map((scope) => ({
    when: `it administers every repository by ${scope}`,
    facts: aToken({ resources: [onto('acme/*', scope)] }),
    expect: 'fail PUSH_EVERYWHERE' as const,
  })),
  {
    when: 'it pushes to the organization',
    facts: aToken({ resources: [onto('acme', 'scope-image-push')] }),
    expect: 'fail PUSH_EVERYWHERE',
  },
  ...['scope-member-edit', 'scope-invite-edit', 'scope-group-edit', 'scope-ram-write'].map((scope) => ({
    when: `it pushes and holds ${scope}`,
    facts: aToken({ resources: [onto('acme/api', 'scope-image-push'), onto('acme', scope)] }),
    expect: 'fail PUSH_AND_MANAGE' as const,
    says: new RegExp(`may push and also manage the organization \\(${scope}\\)\\.$`),
  })),
  {
    when: 'it pushes everywhere and manages, and has a scope that nobody documented',
    facts: aToken({
      resources: [onto('acme/*', 'scope-image-push'), onto('acme', 'scope-member-edit', 'scope-vault-open')],
    }),
    expect: 'fail PUSH_EVERYWHERE',
    says: /acme\/\* and may push and also manage/,
    verdict: { facts: { problems: ['PUSH_EVERYWHERE', 'PUSH_AND_MANAGE'] } },
  },
  {
    when: 'it has scopes that nobody documented',
    facts: aToken({ resources: [onto('acme/api', 'scope-image-push', 'scope-b', 'scope-a')] }),
    expect: 'unknown UNRECOGNISED_VALUE',
    says: /^Nobody documented what scope-a and scope-b of the token ci-push allow\.$/,
  },
  {
    when: 'it has a kind of resource that nobody documented',
    facts: aToken({ resources: [{ type: 'TYPE_SPACE', path: 'acme', scopes: ['scope-image-pull'] }] }),
    expect: 'unknown UNRECOGNISED_VALUE',
  },
  {
    when: 'its page could not be read',
    facts: without(aToken(), 'resources'),
    expect: 'unknown FIELD_NOT_EXPOSED',
    says: /what may be done with the token ci-push\.$/,
  },
  ...(['type', 'path', 'scopes'] as const).map((field) => ({
    when: `a resource came without its ${field}`,
    facts: aToken({ resources: [without(onto('acme/api', 'scope-image-push'), field)] }),
    expect: 'unknown FIELD_NOT_EXPOSED' as const,
    says: new RegExp(`the ${field} of every resource`),
  })),
  {
    when: 'it pushes to every repository, and another resource came without its scopes',
    facts: aToken({ resources: [{ type: 'TYPE_ORG', path: 'acme' }, onto('acme/*', 'scope-image-push')] }),
    expect: 'fail PUSH_EVERYWHERE',
  },
  { when: 'it is deactivated', facts: aToken({ isActive: false }), expect: 'not_applicable TOKEN_INACTIVE' },
  {
    when: 'it has expired',
    facts: aToken({ expiresAt: '2026-11-20T00:00:00Z' }),
    expect: 'not_applicable TOKEN_EXPIRED',
  },
  {
    when: 'nobody says whether it is active',
    facts: without(aToken(), 'isActive'),
    expect: 'unknown FIELD_NOT_EXPOSED',
  },
]);
