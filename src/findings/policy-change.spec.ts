import { expect, it } from 'vitest';
import { policyChange } from './policy-change.js';

const policy = {
  checks: [
    { id: 'owner-count', enabled: true, policy: { min: 2, max: 5 } },
    { id: 'user-identified', enabled: true, policy: {} },
  ],
  criticalSystems: [{ name: 'prod', organization: 'acme', access: [{ roles: ['owner'] }] }],
  roles: { auditor: 'member' },
};
type Policy = typeof policy;

function changed(change: (copy: Policy) => void): Policy {
  const copy = structuredClone(policy);
  change(copy);
  return copy;
}

it('is none where nothing differs, in whatever order', () => {
  expect(policyChange(policy, policy)).toBeNull();
  expect(policyChange(policy, { ...policy, checks: policy.checks.toReversed() })).toBeNull();
  expect(policyChange({ a: 1, b: 2 }, { b: 2, a: 1 })).toBeNull();
});

it('has only what differs', () => {
  const after = changed((copy) => {
    Object.assign(copy.checks[0]?.policy ?? {}, { max: 3 });
    Object.assign(copy.roles, { lead: 'editor' });
  });
  expect(policyChange(policy, after)).toEqual({
    before: { checks: { 'owner-count': { policy: { max: 5 } } }, roles: { lead: null } },
    after: { checks: { 'owner-count': { policy: { max: 3 } } }, roles: { lead: 'editor' } },
  });
});

it('names what came and what went', () => {
  const after = changed((copy) => {
    copy.criticalSystems.pop();
    copy.checks.pop();
  });
  expect(policyChange(policy, after)).toEqual({
    before: { checks: { 'user-identified': policy.checks[1] }, criticalSystems: { prod: policy.criticalSystems[0] } },
    after: { checks: { 'user-identified': null }, criticalSystems: { prod: null } },
  });
});

it('compares lists without names as a whole', () => {
  const after = changed((copy) => copy.criticalSystems[0]?.access.push({ roles: ['member'] }));
  expect(policyChange(policy, after)).toEqual({
    before: { criticalSystems: { prod: { access: [{ roles: ['owner'] }] } } },
    after: { criticalSystems: { prod: { access: [{ roles: ['owner'] }, { roles: ['member'] }] } } },
  });
});
