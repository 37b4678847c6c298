import { describe, expect, it } from 'vitest';
import { permissionOfRank, permissionOfScope, permissionRank, permissions } from './permissions.js';
import { rightsOf } from './token-scopes.js';

describe('what a scope comes to on a repository', () => {
  it.each([
    ['scope-image-pull', 'read'],
    ['scope-image-push', 'write'],
    ['scope-image-delete', 'write'],
    ['scope-repository-read', 'read'],
    ['scope-repository-edit', 'write'],
    ['scope-repository-admin', 'admin'],
    ['scope-repository-settings-admin', 'admin'],
    ['scope-tag-read', 'read'],
    ['scope-tag-admin', 'write'],
    ['scope-webhook-admin', 'write'],
    ['scope-repo-group-read', 'read'],
    ['scope-repo-group-edit', 'admin'],
    ['scope-repo-group-admin', 'admin'],
    ['repo:pull', 'read'],
    ['repo:public_read', 'read'],
    ['repo:push', 'write'],
    ['repo:admin', 'admin'],
    [' Scope-Image-Push ', 'write'],
    ['scope-member-edit', 'none'],
    ['scope-repository-create', 'none'],
    ['scope-repository-list', 'none'],
    ['scope-image-sign', null],
    ['scope-members-read', null],
    ['admin', null],
    ['', null],
  ])('%s: %s', (scope, permission) => {
    expect(permissionOfScope(scope)).toBe(permission);
  });

  it('is known of every scope that checks of tokens know', () => {
    const words = 'image repository repository-settings tag webhook repo-group member invite group activity ram report'
      .split(' ')
      .flatMap((thing) =>
        'pull push read write edit admin delete create list'.split(' ').map((verb) => `scope-${thing}-${verb}`),
      );
    const strange = rightsOf([{ type: 'TYPE_REPO', path: 'acme/api', scopes: words }]).strange;
    const documented = words.filter((word) => !strange.includes(word));
    expect(documented.length).toBeGreaterThan(20);
    expect(documented.filter((word) => permissionOfScope(word) === null)).toEqual([]);
  });
});

it('permissions have a height', () => {
  expect(permissions.map(permissionRank)).toEqual([1, 2, 3]);
  expect([0, 1, 2, 3, 4].map(permissionOfRank)).toEqual([null, 'read', 'write', 'admin', null]);
});
