import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoCompany, type Company } from '../../src/demo/company.js';
import { JudgedCompany, resultOf } from '../support/company.js';
import { withoutOwnersData } from '../support/frugal-policy.js';

const night = (day: number): string => `2026-11-${day}T02:00:00.000Z`;

describe('the credentials of Hubwarden, and what takes somebody’s word', () => {
  let company: JudgedCompany;
  let source: Company;

  beforeEach(async () => {
    source = demoCompany(night(21));
    company = await JudgedCompany.start(source);
  });
  afterEach(() => company.stop());

  const acme = () => {
    const [organization] = company.hub.world.organizations;
    if (organization === undefined) throw new Error('There is no organization.');
    return organization;
  };
  const query = (sql: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    company.database.dataSource.query(sql, [...parameters]);
  const withoutOwner = (text: string): string => text.replace(/^ {4}owner: \{ identifier.*\n/m, '');

  it('are in order where an owner’s login shows that they are, and say what they cannot show', async () => {
    const report = await company.night(night(21));
    const own = resultOf(report, 'connector-capability', 'acme');
    expect(own).toMatchObject({
      verdict: 'pass',
      reason: 'CREDENTIALS_FIT',
      facts: {
        credentials: [
          { kind: 'organization_token', label: 'hubwarden', expiresAt: null },
          { kind: 'password', username: 'ninakraus', person: 'E-1001' },
          { kind: 'scim' },
        ],
      },
    });
    expect(own.message).toMatch(/The login of ninakraus may do whatever its user may/);
    const labs = resultOf(report, 'connector-capability', 'acme-labs');
    expect(labs).toMatchObject({ verdict: 'fail', reason: 'CAPABILITY_MISSING' });
    expect(labs.message).toMatch(/Configure the login of an owner/);
    expect(resultOf(report, 'hub-sync-complete', 'acme-labs')).toMatchObject({ verdict: 'unknown' });
    const read = await query(`select read_as from dataset_reading where dataset = 'tokens' and read_as is not null`);
    expect(read).toEqual([{ read_as: [{ kind: 'password', username: 'ninakraus', tokenId: null }] }]);

    const second = await company.night(night(22), withoutOwnersData);
    expect(resultOf(second, 'connector-capability', 'acme-labs')).toMatchObject({
      verdict: 'pass',
      message: expect.stringMatching(/only the login of an owner lists the tokens/),
    });
    expect(resultOf(second, 'hub-sync-complete', 'acme-labs').verdict).toBe('pass');
  });

  it('fail while they end soon, can write, or are those of a leaver', async () => {
    const token = acme().tokens.find(({ label }) => label === 'hubwarden');
    if (token === undefined) throw new Error('There is no token.');
    token.expiresAt = '2026-11-30T00:00:00Z';
    token.resources[0]?.scopes.push('scope-image-push');
    const first = await company.night(night(21));
    expect(resultOf(first, 'connector-capability', 'acme')).toMatchObject({
      reason: 'CREDENTIAL_EXPIRES',
      facts: { problems: ['CREDENTIAL_EXPIRES', 'CREDENTIAL_CAN_WRITE'] },
    });

    const gone = source.roster.replace(/^(E-1001,.*?),active,([\d-]+),,/m, '$1,active,$2,2026-11-20,');
    expect(gone).not.toBe(source.roster);
    await company.writeRoster(gone, night(22));
    const second = await company.night(night(22));
    const leaver = resultOf(second, 'connector-capability', 'acme');
    expect(leaver).toMatchObject({ verdict: 'fail', reason: 'CREDENTIAL_OF_LEAVER' });
    expect(leaver.message).toMatch(/^The password of ninakraus is in use, and Nina Kraus \(E-1001\) has left/);

    // Nobody sees our token any more, which is no proof that it is in order now.
    company.hub.faults.push({ on: /\/orgs\/acme\/access-tokens/, answer: 500 });
    await company.writeRoster(source.roster, night(23));
    const third = await company.night(night(23));
    expect(resultOf(third, 'connector-capability', 'acme').verdict).toBe('unknown');
    expect(
      await query(`select reason from finding where check_id = 'connector-capability' and resolved_at is null
                         and organization_id = (select id from organization where name = 'acme')`),
    ).toHaveLength(1);
  });

  it('fail where nothing shows that private repositories are seen, once', async () => {
    for (const { resources } of acme().tokens) {
      for (const resource of resources) {
        resource.scopes = resource.scopes.filter((scope) => scope !== 'scope-repository-list');
      }
    }
    const report = await company.night(night(21), (text) => withoutOwnersData(withoutOwner(text)));
    expect(resultOf(report, 'connector-capability', 'acme')).toMatchObject({
      verdict: 'fail',
      reason: 'VISIBILITY_NOT_PROVEN',
    });
    expect(resultOf(report, 'hub-sync-complete', 'acme').verdict).toBe('unknown');
  });

  it('take no word for more than it is worth', async () => {
    const first = await company.night(night(21));
    for (const check of ['pat-governance', 'sso-enforced']) {
      expect(resultOf(first, check, 'acme')).toMatchObject({ verdict: 'unknown', reason: 'NOT_OBSERVABLE' });
    }
    await query(
      `insert into attestation (check_id, organization_id, answer, statement, attested_at, attested_by, expires_at, made_entry)
       select check_id, id, 'yes', 'Looked at it', $1, 'olga', '2027-02-01T00:00:00Z', 0
         from organization cross join unnest(array['pat-governance', 'sso-enforced']) as check_id where name = 'acme'`,
      [night(21)],
    );
    const second = await company.night(night(22));
    expect(resultOf(second, 'pat-governance', 'acme')).toMatchObject({
      verdict: 'pass',
      reason: 'ATTESTED',
      message: expect.stringMatching(/olga vouched for it on 2026-11-21, until 2027-02-01/),
    });
    expect(resultOf(second, 'pat-governance', 'acme-labs').verdict).toBe('unknown');
    // The demo's owner signs in with a password.
    expect(resultOf(second, 'sso-enforced', 'acme')).toMatchObject({ verdict: 'unknown', reason: 'PASSWORD_ACCEPTED' });

    const third = await company.night(night(23), withoutOwner);
    expect(resultOf(third, 'sso-enforced', 'acme')).toMatchObject({ verdict: 'pass', reason: 'ATTESTED' });
    acme().auditEvents = [
      {
        eventId: 'gone-1',
        action: 'org.domain.delete',
        name: 'acme',
        actor: 'ninakraus',
        data: { domain: 'acme.example' },
        timestamp: '2026-11-23T12:00:00.000Z',
        description: 'deleted the domain acme.example',
      },
    ];
    const fourth = await company.night(night(24));
    expect(resultOf(fourth, 'sso-enforced', 'acme')).toMatchObject({ verdict: 'fail', reason: 'SIGN_ON_REMOVED' });
    company.hub.faults.push({ on: /\/auditlogs\/acme/, answer: 500 });
    const fifth = await company.night(night(25));
    expect(resultOf(fifth, 'sso-enforced', 'acme').verdict).not.toBe('pass');
    expect(resultOf(await company.night('2027-02-20T02:00:00.000Z'), 'pat-governance', 'acme')).toMatchObject({
      verdict: 'unknown',
      reason: 'ATTESTATION_EXPIRED',
    });
  });
});
