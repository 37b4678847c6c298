import { describe, expect, it } from 'vitest';
import { decide, readDeclarations, type Standing } from './decide.js';

// E-9 was hired anew as E-10.
const declarations = readDeclarations(
  {
    corporateDomains: [],
    domainAliases: {},
    plusAddressing: false,
    links: [
      { username: 'JDoe99', person: 'E-1' },
      { username: 'rehired', person: 'E-9' },
      { username: 'both', person: 'E-2' },
    ],
    serviceAccounts: ['acme-ci', 'BOTH', 'rob\u212A'].map((username) => ({
      username,
      owner: null,
      reviewBy: null,
      roles: null,
      reason: null,
    })),
  },
  (id) => (id === 'E-9' ? 'E-10' : id),
);

const byEmail = (employeeId: string, username: string | null = 'x'): Standing => ({
  employeeId,
  source: 'work-email',
  username,
});
const byFile = (employeeId: string, username: string | null): Standing => ({
  employeeId,
  source: 'declared',
  username,
});
const member = (username: string | null) => ({
  kind: 'account' as const,
  username,
  email: 'jane@acme.com',
  fullName: null,
});
const invited = (username: string | null, email: string | null) => ({
  kind: 'invite' as const,
  username,
  email,
  fullName: null,
});

describe('decide', () => {
  it.each([
    ['declared', member('jdoe99'), null, { outcome: 'declared', person: 'E-1', ends: null }],
    ['declared, in another case', member(' JDOE99'), null, { outcome: 'declared', person: 'E-1', ends: null }],
    ['declared, and linked so', member('jdoe99'), byFile('E-1', 'jdoe99'), { outcome: 'kept', ends: null }],
    ['declared as its keys had said', member('jdoe99'), byEmail('E-1'), { outcome: 'kept', ends: null }],
    [
      'declared otherwise than its keys had said',
      member('jdoe99'),
      byEmail('E-2'),
      { outcome: 'declared', person: 'E-1', ends: 'DECLARED_OTHERWISE' },
    ],
    [
      'declared otherwise than before',
      member('jdoe99'),
      byFile('E-2', 'jdoe99'),
      { outcome: 'declared', person: 'E-1', ends: 'DECLARED_OTHERWISE' },
    ],
    ['declared under a former id', member('rehired'), null, { outcome: 'declared', person: 'E-10', ends: null }],
    ['declared and kept under a former id', member('rehired'), byEmail('E-9'), { outcome: 'kept', ends: null }],
    ['declared and kept under the new id', member('rehired'), byEmail('E-10'), { outcome: 'kept', ends: null }],
    ['declared as both', member('both'), null, { outcome: 'declared', person: 'E-2', ends: null }],
    ['a service account', member('ACME-CI'), null, { outcome: 'service account', ends: null }],
    [
      'a service account that had a link',
      member('acme-ci'),
      byEmail('E-1'),
      { outcome: 'service account', ends: 'DECLARED_SERVICE_ACCOUNT' },
    ],
    [
      'a service account that had been declared a person',
      member('acme-ci'),
      byFile('E-1', 'acme-ci'),
      { outcome: 'service account', ends: 'DECLARED_SERVICE_ACCOUNT' },
    ],
    ['a look-alike of a declared link', member('jdоe99'), null, { outcome: 'by keys', ends: null }],
    ['a look-alike of a service account', member('robk'), null, { outcome: 'by keys', ends: null }],
    ['linked', member('jane'), byEmail('E-2'), { outcome: 'kept', ends: null }],
    ['linked, and nameless tonight', member(null), byEmail('E-2'), { outcome: 'kept', ends: null }],
    [
      'linked, nameless tonight, and declared otherwise',
      member(null),
      byEmail('E-2', 'jdoe99'),
      { outcome: 'declared', person: 'E-1', ends: 'DECLARED_OTHERWISE' },
    ],
    ['declared, and nameless tonight', member(null), byFile('E-1', 'jdoe99'), { outcome: 'kept', ends: null }],
    [
      'declared no more',
      member('former'),
      byFile('E-2', 'former'),
      { outcome: 'by keys', ends: 'DECLARATION_REMOVED' },
    ],
    [
      'declared no more, and nameless tonight',
      member(null),
      byFile('E-2', 'former'),
      { outcome: 'unnamed', ends: 'DECLARATION_REMOVED' },
    ],
    [
      'declared under the name that it had then',
      member('renamed'),
      byFile('E-1', 'jdoe99'),
      { outcome: 'by keys', ends: 'DECLARATION_REMOVED' },
    ],
    ['new', member('jane'), null, { outcome: 'by keys', ends: null }],
    ['new and nameless', member(null), null, { outcome: 'unnamed', ends: null }],
    ['invited by address', invited(null, 'jane@acme.com'), null, { outcome: 'by keys', ends: null }],
    ['invited by Docker ID', invited('jane', null), null, { outcome: 'by keys', ends: null }],
    ['invited, and declared', invited('jdoe99', null), null, { outcome: 'declared', person: 'E-1', ends: null }],
    ['an invited service account', invited('acme-ci', null), null, { outcome: 'service account', ends: null }],
    ['an invite to nobody', invited(null, null), null, { outcome: 'unnamed', ends: null }],
  ])('%s', (_, account, standing, expected) => expect(decide(account, standing, declarations)).toEqual(expected));
});
