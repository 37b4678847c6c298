import { describe } from 'vitest';
import { judgeCases } from '../../../test/support/judge-cases.js';
import { publicRepoAllowListed } from './public-repo-allow-listed.check.js';

const open = { organization: 'acme', name: 'cli', isPrivate: false };
const secret = { ...open, name: 'internal-tools' };

describe('public-repo-allow-listed', () => {
  judgeCases(publicRepoAllowListed, [
    { when: 'it is private', facts: { ...open, isPrivate: true }, expect: 'pass PRIVATE' },
    { when: 'it is private and sensitive', facts: { ...secret, isPrivate: true }, expect: 'pass PRIVATE' },
    { when: 'the list has its name', facts: open, policy: { allowed: ['CLI'] }, expect: 'pass ALLOWED', says: /`CLI`/ },
    {
      when: 'the list has it with its organization',
      facts: open,
      policy: { allowed: ['acme/cli'] },
      expect: 'pass ALLOWED',
    },
    { when: 'the list has a pattern', facts: open, policy: { allowed: ['c*'] }, expect: 'pass ALLOWED' },
    {
      when: 'the list has exactly its sensitive name',
      facts: secret,
      policy: { allowed: ['acme/internal-tools'] },
      expect: 'pass ALLOWED',
    },
    {
      when: 'nothing is allowed',
      facts: open,
      expect: 'fail PUBLIC_NOT_ALLOWED',
      says: /acme\/cli is public/,
      verdict: { facts: { isPrivate: false, sensitive: false } },
    },
    {
      when: 'another one is allowed',
      facts: open,
      policy: { allowed: ['cli2', 'labs/cli'] },
      expect: 'fail PUBLIC_NOT_ALLOWED',
    },
    {
      when: 'only a pattern covers a sensitive name',
      facts: secret,
      policy: { allowed: ['*'] },
      expect: 'fail PUBLIC_SENSITIVE',
      verdict: { facts: { sensitive: true, sensitivePattern: '*internal*' } },
    },
    {
      when: 'the policy has sensitive names of its own',
      facts: open,
      policy: { allowed: ['c*'], sensitive: ['cl?', 'cl*'] },
      expect: 'fail PUBLIC_SENSITIVE',
    },
    {
      when: 'Docker Hub did not say it',
      facts: { organization: 'acme', name: 'cli' },
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    { when: 'Docker Hub said nothing', facts: { ...open, isPrivate: null }, expect: 'unknown FIELD_NOT_EXPOSED' },
  ]);
});
