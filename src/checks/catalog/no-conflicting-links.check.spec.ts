import { describe } from 'vitest';
import {
  ambiguous,
  anAccount,
  declared,
  linkedTo,
  named,
  nobody,
  unlinked,
  without,
} from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { HolderFacts, Identity } from '../facts.js';
import type { LinkConflicts } from '../lifecycle-facts.js';
import { noConflictingLinks } from './no-conflicting-links.check.js';

const none: LinkConflicts = { claimedBy: [], addressChanged: false, elsewhere: [], otherAccounts: [] };
const claim = { person: 'E-2077', name: 'Jane Doering', since: '2026-11-10T02:00:00.000Z' };

function facing(conflicts: Partial<LinkConflicts> = {}, overrides: Partial<HolderFacts> = {}): HolderFacts {
  return anAccount({
    named: true,
    address: { mailbox: 'jane.doe' },
    conflicts: { ...none, ...conflicts },
    ...overrides,
  });
}

const madeBy = (source: string, since: string): Identity => ({ state: 'linked', person: named(), source, since });

describe('no-conflicting-links', () => {
  judgeCases(noConflictingLinks, [
    { when: 'nothing speaks against the link', facts: facing(), expect: 'pass UNCONTRADICTED' },
    {
      when: 'the roster gives its address to somebody else',
      facts: facing({ claimedBy: [claim] }),
      expect: 'fail ADDRESS_OF_ANOTHER',
      says: /^jdoe99 is linked to Jane Doe \(E-1042\), and the roster gives its address to Jane Doering \(E-2077\)\.$/,
    },
    {
      when: 'somebody made the link by hand before that',
      facts: facing({ claimedBy: [claim] }, { identity: madeBy('manual', '2026-11-09T02:00:00.000Z') }),
      expect: 'fail ADDRESS_OF_ANOTHER',
    },
    {
      when: 'somebody made it by hand after that',
      facts: facing({ claimedBy: [claim] }, { identity: madeBy('manual', '2026-11-11T02:00:00.000Z') }),
      expect: 'pass UNCONTRADICTED',
    },
    {
      when: 'somebody made it by hand, and the address has changed since',
      facts: facing(
        { claimedBy: [claim], addressChanged: true },
        { identity: madeBy('manual', '2026-11-11T02:00:00.000Z') },
      ),
      expect: 'fail ADDRESS_OF_ANOTHER',
    },
    {
      when: 'the configuration declares the link',
      facts: facing({ claimedBy: [claim] }, { identity: madeBy('declared', '2026-01-01T02:00:00.000Z') }),
      expect: 'pass UNCONTRADICTED',
    },
    {
      when: 'the configuration declares the link that a matcher made',
      facts: facing({ claimedBy: [claim] }, { declared: true }),
      expect: 'pass UNCONTRADICTED',
    },
    {
      when: 'the username was not sent, so that nobody knows whether the link is declared',
      facts: facing({ claimedBy: [claim] }, { named: false }),
      expect: 'unknown FIELD_NOT_EXPOSED',
    },
    {
      when: 'the same user is somebody else elsewhere',
      facts: facing({ elsewhere: [{ organization: 'acme-labs', person: 'E-2077' }] }),
      expect: 'fail TWO_PEOPLE',
      says: /and to E-2077 in acme-labs\.$/,
    },
    {
      when: 'that is so though the address was not sent',
      facts: without(facing({ elsewhere: [{ organization: 'acme-labs', person: 'E-2077' }] }), 'address'),
      expect: 'fail TWO_PEOPLE',
    },
    {
      when: 'the person has another account',
      facts: facing({ otherAccounts: ['janedoe'] }),
      expect: 'fail SEVERAL_ACCOUNTS',
      says: /who has 1 other account in acme: janedoe\.$/,
    },
    {
      when: 'the policy allows another account',
      facts: facing({ otherAccounts: ['janedoe'] }),
      policy: { severalAccounts: ['e-1042'] },
      expect: 'pass UNCONTRADICTED',
    },
    { when: 'the address was not sent', facts: without(facing(), 'address'), expect: 'unknown FIELD_NOT_EXPOSED' },
    {
      when: 'nothing was compared',
      facts: without(facing(), 'conflicts'),
      expect: 'unknown UNRECOGNISED_VALUE',
    },
    {
      when: 'it is a service account',
      facts: facing({}, { identity: declared() }),
      expect: 'not_applicable SERVICE_ACCOUNT',
    },
    { when: 'nobody matches', facts: facing({}, { identity: unlinked }), expect: 'unknown IDENTITY_UNLINKED' },
    { when: 'two people match', facts: facing({}, { identity: ambiguous }), expect: 'unknown IDENTITY_UNLINKED' },
    {
      when: 'no roster had the person',
      facts: facing({}, { identity: linkedTo(nobody) }),
      expect: 'unknown IDENTITY_UNLINKED',
    },
    { when: 'one listing lacks it', facts: facing({}, { presence: 'gone' }), expect: 'unknown REMOVAL_UNCONFIRMED' },
    {
      when: 'it is gone for good',
      facts: facing({}, { presence: 'gone', removalConfirmed: true }),
      expect: 'not_applicable ACCESS_GONE',
    },
  ]);
});
