import { anOrganization } from '../../../test/support/check-facts.js';
import { judgeCases } from '../../../test/support/judge-cases.js';
import type { Dataset } from '../check.js';
import type { DatasetFacts, DatasetStatus } from '../facts.js';
import { hubSyncComplete } from './hub-sync-complete.check.js';

function read(name: Dataset, status: DatasetStatus = 'complete', more: Partial<DatasetFacts> = {}): DatasetFacts {
  return { name, status, fetchedAt: null, received: 1, reported: 1, reason: null, message: null, ...more };
}

const needed: readonly Dataset[] = ['members', 'invites', 'scim_users'];

function facts(...datasets: DatasetFacts[]) {
  return anOrganization({ needed, datasets: [read('members'), read('invites'), read('scim_users'), ...datasets] });
}

judgeCases(hubSyncComplete, [
  { when: 'all is complete', facts: facts(), expect: 'pass SYNC_COMPLETE', says: /3 needed datasets are complete/ },
  { when: 'what nobody needs failed', facts: facts(read('tokens', 'failed')), expect: 'pass SYNC_COMPLETE' },
  {
    when: 'what is needed is not configured',
    facts: facts(read('scim_users', 'not_configured')),
    expect: 'pass SYNC_COMPLETE',
    verdict: { facts: { datasets: ['members', 'invites'] } },
  },
  ...(['partial', 'failed'] as const).map((status) => ({
    when: `a needed one is ${status}`,
    facts: facts(read('invites', status, { reason: 'SOURCE_UNREACHABLE', message: 'Docker Hub answered 500.' })),
    expect: 'fail SOURCE_INCOMPLETE' as const,
    says: new RegExp(`^Of acme invites \\(${status}, SOURCE_UNREACHABLE\\) could not .* Docker Hub answered 500\\.$`),
    verdict: { facts: { datasets: [{ name: 'invites', status, reason: 'SOURCE_UNREACHABLE' }] } },
  })),
  ...(
    [
      ['not_permitted', 'CAPABILITY_MISSING'],
      ['partial', 'CAPABILITY_MISSING'],
      ['partial', 'VISIBILITY_NOT_PROVEN'],
    ] as const
  ).flatMap(([status, reason]) => [
    {
      when: `the credentials may not read all of a needed one (${status}, ${reason}), which another check judges`,
      facts: facts(read('invites', status, { reason, message: 'Docker Hub answered 403.' })),
      expect: 'unknown CAPABILITY_MISSING' as const,
      says: /^Of acme invites \(.*\) could not .* Docker Hub answered 403\. .*connector-capability fails for it\.$/,
      verdict: { facts: { datasets: [{ name: 'invites', status, reason }] } },
    },
    {
      when: `the same (${status}, ${reason}), and no other check judges it`,
      facts: facts(read('invites', status, { reason })),
      enabled: ['hub-sync-complete'],
      expect: 'fail SOURCE_INCOMPLETE' as const,
      verdict: { facts: { datasets: [{ name: 'invites', status, reason }] } },
    },
  ]),
  {
    when: 'a right is missing here and an answer there',
    facts: facts(
      read('invites', 'not_permitted', { reason: 'CAPABILITY_MISSING' }),
      read('members', 'failed', { reason: 'SOURCE_UNREACHABLE' }),
    ),
    expect: 'fail SOURCE_INCOMPLETE',
    verdict: { facts: { datasets: [{ name: 'members', status: 'failed', reason: 'SOURCE_UNREACHABLE' }] } },
  },
  {
    when: 'several are incomplete for the same reason',
    facts: facts(
      read('members', 'failed', { message: 'HTTP 500.' }),
      read('invites', 'failed', { message: 'HTTP 500.' }),
    ),
    expect: 'fail SOURCE_INCOMPLETE',
    says: /^Of acme members \(failed\) and invites \(failed\) could not be read to the end\. HTTP 500\.$/,
  },
  {
    when: 'nobody said why',
    facts: facts(read('members', 'failed')),
    expect: 'fail SOURCE_INCOMPLETE',
    says: /to the end\.$/,
  },
  {
    when: 'a needed one was not read at all',
    facts: anOrganization({ needed, datasets: [read('members')] }),
    expect: 'fail SOURCE_INCOMPLETE',
    says: /invites .* and scim_users/,
  },
  {
    when: 'members are not configured',
    facts: facts(read('members', 'not_configured'), read('invites', 'not_configured')),
    expect: 'unknown NOT_CONFIGURED',
  },
  { when: 'nothing is needed', facts: anOrganization(), expect: 'not_applicable NOTHING_NEEDED' },
]);
