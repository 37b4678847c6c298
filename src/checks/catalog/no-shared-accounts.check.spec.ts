import { describe, expect, it } from 'vitest';
import {
  ambiguous,
  anAccount,
  declared,
  linkedTo,
  nobody,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judge, judgeCases, summary } from '../../../test/support/judge-cases.js';
import type { HolderFacts } from '../facts.js';
import { noSharedAccounts } from './no-shared-accounts.check.js';

function called(name: string, mailbox = 'jane.doe', overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({ name, named: true, address: { mailbox }, ...overrides });
}

describe('no-shared-accounts', () => {
  judgeCases(noSharedAccounts, [
    { when: 'the account is named after its person', facts: called('jdoe99'), expect: 'pass PERSONAL' },
    {
      when: 'the username names a job',
      facts: called('acme-ci-2'),
      expect: 'fail GENERIC_NAME',
      says: /^acme-ci-2 is not declared a service account, and the username names a job and not a person\.$/,
    },
    {
      when: 'the mailbox names a job',
      facts: called('jdoe99', 'build.team+hub'),
      expect: 'fail GENERIC_NAME',
      says: /the mailbox of its address names a job/,
      verdict: { facts: { generic: ['the mailbox of its address'], person: 'E-1042' } },
    },
    {
      when: 'it names a job and nobody knows whose it is',
      facts: called('ci', 'ci', { identity: unlinked }),
      expect: 'fail GENERIC_NAME',
      says: /the username and the mailbox of its address/,
      verdict: { facts: { person: null } },
    },
    {
      when: 'the mailbox names a job, and the username was not sent',
      facts: called('0ab7', 'qa', { named: false }),
      expect: 'fail GENERIC_NAME',
    },
    {
      when: 'the policy has other words',
      facts: called('werkstatt'),
      policy: { genericNames: ['Werkstatt'] },
      expect: 'fail GENERIC_NAME',
    },
    { when: 'the policy has no words', facts: called('ci'), policy: { genericNames: [] }, expect: 'pass PERSONAL' },
    {
      when: 'its key stands for a username that was not sent',
      facts: called('0ab7', 'jane.doe', { named: false }),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not send the username of/,
    },
    {
      when: 'the address was not sent',
      facts: without(called('jdoe99'), 'address'),
      expect: 'unknown FIELD_NOT_EXPOSED',
      says: /did not send the address of jdoe99/,
    },
    {
      when: 'it is a declared service account',
      facts: called('ci', 'ci', { identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    {
      when: 'nobody matches',
      facts: called('jdoe99', 'jane', { identity: unlinked }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    {
      when: 'two people match',
      facts: called('jdoe99', 'jane', { identity: ambiguous }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    {
      when: 'no roster had the person',
      facts: called('jdoe99', 'jane', { identity: linkedTo(nobody) }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    {
      when: 'one listing lacks it',
      facts: called('ci', 'ci', { presence: 'gone' }),
      expect: 'unknown REMOVAL_UNCONFIRMED',
    },
    {
      when: 'it is gone for good',
      facts: called('ci', 'ci', { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
  ]);

  it.each(['ci', 'CI', 'acmeci', 'acme_ci', 'buildbot', 'ci-bot', 'dev-team-7', 'it', 'acme.release', 'DevOps'])(
    'takes %j for a job',
    (name) => expect(summary(judge(noSharedAccounts, { facts: called(name) }))).toBe('fail GENERIC_NAME'),
  );

  it.each(['devin', 'citlali', 'kapil.dev', 'adminton', 'robotnik', 'acme', 'acme-lab', '4711', 'tessa', 'webber'])(
    'takes %j for a name',
    (name) => expect(summary(judge(noSharedAccounts, { facts: called(name) }))).toBe('pass PERSONAL'),
  );
});
