import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StandingDecisions } from '../../src/findings/decisions.query.js';
import { Attestations } from '../../src/findings/exceptions/attestations.js';
import { AttestationsController } from '../../src/findings/exceptions/attestations.controller.js';
import type { Role } from '../../src/http/roles.js';
import { AskedApi, type Asked } from '../support/asked-api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const check = 'user-identified';
const wanted = { check, organization: 'acme', answer: 'yes', statement: 'Looked at the settings with the owner.' };

describe('attestations', () => {
  let database: TestDatabase;
  let api: AskedApi;
  let now = '2026-11-21T03:00:00.000Z';
  let acme = '';

  beforeAll(async () => {
    database = await testDatabase();
    const [row]: { id: string }[] = await database.dataSource.query(
      `insert into organization (name) values ('acme'), ('beta') returning id`,
    );
    acme = row?.id ?? '';
    const attestations = new Attestations(database.dataSource, [check, 'owner-count'], () => Promise.resolve(now));
    api = await AskedApi.start(
      database.dataSource,
      [AttestationsController],
      [{ provide: Attestations, useValue: attestations }],
    );
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const make = (body: object = {}, as: Role = 'operator'): Promise<Asked> =>
    api.ask('POST', '/api/v1/attestations', { as, body: { ...wanted, ...body } });
  /** What a check is given at this clock. */
  const given = async (through = '9999', about = check, organization = acme) => {
    const decisions = await StandingDecisions.load(database.dataSource.manager, organization, { now, through });
    return decisions.about(about, { kind: 'organization', key: 'acme', name: 'acme', system: null }).attestation;
  };

  it.each<[object, string]>([
    [{ check: 'no-such' }, 'check is no check that takes an attestation; expected one of user-identified, owner-count'],
    [{ organization: 'gamma' }, 'organization is none that was ever read'],
    [{ answer: 'maybe' }, 'answer is not one of yes, no'],
    [{ statement: '' }, 'statement is not a text of 1 to 2000 characters without control characters'],
    [{ expiresAt: null }, 'expiresAt is not an ISO 8601 instant with a zone, such as 2026-11-21T02:00:00Z'],
    [
      { expiresAt: '2027-02-19T03:00:01Z' },
      'expiresAt is 2027-02-19T03:00:01.000Z, more than 90 days ahead; expected 2027-02-19T03:00:00.000Z at the latest',
    ],
  ])('is refused with %j', async (body, detail) => {
    const answer = await make(body);
    expect([answer.status, answer.body['detail']]).toEqual([422, detail]);
    expect(await api.items('/api/v1/attestations')).toEqual([]);
  });

  it('is not for those who only read', async () => {
    for (const role of ['auditor', 'reviewer'] as const) expect((await make({}, role)).status).toBe(403);
  });

  it('counts until somebody makes another, takes it back, or it expires, and an evaluation sees what was there when it began', async () => {
    expect(await given()).toBeUndefined();
    const { status, body: first } = await make();
    expect([status, first]).toMatchObject([
      201,
      {
        check,
        organization: 'acme',
        answer: 'yes',
        attestedBy: 'the operator',
        expiresAt: '2027-02-19T03:00:00.000Z',
        revokedAt: null,
      },
    ]);
    const yes = {
      id: first['id'],
      answer: 'yes',
      statement: wanted.statement,
      attestedBy: 'the operator',
      attestedAt: now,
      expiresAt: '2027-02-19T03:00:00.000Z',
    };
    expect(await given()).toEqual(yes);
    expect(await given('9999', 'owner-count')).toBeUndefined();
    expect(await given('9999', check, String(Number(acme) + 1))).toBeUndefined();
    const [head]: { number: string }[] = await database.dataSource.query(
      'select max(number) as number from trail_entry',
    );
    const seen = head?.number ?? '';

    now = '2026-11-22T03:00:00.000Z';
    const { body: second } = await make({ answer: 'no', statement: 'It was switched off.' }, 'admin');
    expect(await given()).toMatchObject({ id: second['id'], answer: 'no' });
    expect(await given(seen)).toEqual(yes);

    const taken = await api.ask('POST', `/api/v1/attestations/${String(second['id'])}/revoke`, {
      body: { reason: 'a typo' },
    });
    expect(taken.body).toMatchObject({ revokedBy: 'the admin', revokedBecause: 'a typo' });
    expect(await given()).toEqual(yes);
    const again = await api.ask('POST', `/api/v1/attestations/${String(second['id'])}/revoke`, {
      body: { reason: 'x' },
    });
    expect([again.status, again.body['detail']]).toEqual([
      409,
      `Attestation ${String(second['id'])} is revoked already.`,
    ]);

    // Whether an expired one is worth anything is for the check to say: it tells that somebody once looked.
    now = '2027-03-01T03:00:00.000Z';
    expect(await given()).toEqual(yes);
    expect((await api.items(`/api/v1/attestations?check=${check}&organization=acme`)).map(({ id }) => id)).toEqual([
      second['id'],
      first['id'],
    ]);
    const actions: { action: string }[] = await database.dataSource.query(
      `select action from trail_entry where subject like 'attestation/%' order by number`,
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'attestation.made',
      'attestation.made',
      'attestation.revoked',
    ]);
  });

  it.each(['0', '01', '4711', 'abc', '%00'])('there is no attestation %j to take back', async (id) => {
    expect((await api.ask('POST', `/api/v1/attestations/${id}/revoke`, { body: { reason: 'x' } })).status).toBe(404);
  });
});
