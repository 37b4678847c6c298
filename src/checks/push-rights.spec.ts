import { expect, it } from 'vitest';
import { aSystem } from '../../test/support/check-facts.js';
import { globsMeet, pushRights } from './push-rights.js';

it.each([
  ['', '', true],
  ['prod-api', 'prod-*', true],
  ['base-*', 'prod-*', false],
  ['*-api', 'prod-*', true],
  ['*', '', true],
  ['a*c', '*b*', true],
  ['a', 'ab', false],
])('%j and %j have a name in common: %s', (one, other, meet) => {
  expect(globsMeet(one, other)).toBe(meet);
  expect(globsMeet(other, one)).toBe(meet);
});

const prod = [aSystem({ repositories: ['prod-*'] })];
const whole = [aSystem()];
const push = ['scope-image-push'];

it.each([
  [{ path: 'acme/prod-api', scopes: push }, prod, 'pushes'],
  [{ path: 'acme/base', scopes: push }, prod, 'reads'],
  [{ path: 'acme/base', scopes: push }, whole, 'pushes'],
  [{ path: 'acme/base', scopes: push }, null, 'pushes'],
  [{ path: 'acme', scopes: push }, prod, 'pushes'],
  [{ path: '*/*/public', scopes: push }, prod, 'pushes'],
  [{ path: 'other/prod-api', scopes: push }, prod, 'reads'],
  [{ path: 'acme/prod-api', scopes: ['scope-image-pull'] }, prod, 'reads'],
  [{ path: 'acme/prod-api', scopes: ['scope-of-nothing'] }, prod, 'strange'],
  [{ path: 'acme/prod-api' }, prod, 'unsaid'],
  [{ scopes: push }, prod, 'unsaid'],
] as const)('%j', (resource, into, rights) => {
  expect(pushRights({ resources: [resource] }, 'acme', into)).toBe(rights);
});

it('takes the worst of several, and nothing for granted where nothing was said', () => {
  const resources = [
    { path: 'acme/prod-api', scopes: ['scope-of-nothing'] },
    { path: 'acme/prod-web', scopes: push },
  ];
  expect(pushRights({ resources }, 'acme', prod)).toBe('pushes');
  expect(pushRights({ resources: [] }, 'acme', prod)).toBe('reads');
  expect(pushRights({}, 'acme', prod)).toBe('unsaid');
});
