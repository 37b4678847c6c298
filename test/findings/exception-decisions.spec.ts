import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { lockDecisions } from '../../src/findings/exceptions/lock-decisions.js';
import { verifyTrail } from '../../src/trail/verify-trail.query.js';
import { ExceptionsRig, night } from './exceptions-rig.js';

const valid = 'critical-system-access-valid';
const identified = 'user-identified';
const labs = 'Production images';

describe('decisions about exceptions', () => {
  let rig: ExceptionsRig;

  beforeAll(async () => {
    rig = await ExceptionsRig.start();
    await rig.judge(0);
  });
  afterAll(() => rig.stop());

  const counts = () =>
    rig.query(
      `select (select count(*)::int from exception) as exceptions, (select count(*)::int from trail_entry) as entries`,
    );

  it.each<[object, number, string]>([
    [{ reason: ' ' }, 422, 'reason is not a text of 1 to 2000 characters without control characters'],
    [{ expiresAt: null }, 422, 'expiresAt is not an ISO 8601 instant with a zone, such as 2026-11-21T02:00:00Z'],
    [{ expiresAt: 'tomorrow' }, 422, 'expiresAt is not an ISO 8601 instant with a zone, such as 2026-11-21T02:00:00Z'],
    [
      { expiresAt: '2026-11-21T01:00:00Z' },
      422,
      'expiresAt is 2026-11-21T01:00:00.000Z, which is past; expected an instant within the next 365 days',
    ],
    [
      { expiresAt: '2027-11-21T03:00:01Z' },
      422,
      'expiresAt is 2027-11-21T03:00:01.000Z, more than 365 days ahead; expected 2027-11-21T03:00:00.000Z at the latest',
    ],
    [{ until: 'x' }, 422, 'until is not known; expected one of reason, expiresAt, compensatingControl'],
  ])('a request with %j is one sentence and nothing else', async (body, status, detail) => {
    const before = await counts();
    const answer = await rig.request(await rig.findingOf(identified, 'lfontaine'), body);
    expect([answer.status, answer.body['detail']]).toEqual([status, detail]);
    expect(await counts()).toEqual(before);
  });

  it.each(['0', '987654321', 'abc', '%00'])('there is no finding %j to except', async (id) => {
    expect((await rig.request(id)).status).toBe(404);
  });

  it.each(['0', '987654321', 'abc'])('there is no exception %j to decide', async (id) => {
    for (const decision of ['approve', 'refuse', 'revoke'] as const)
      expect((await rig.decide(id, decision)).status).toBe(404);
  });

  it('has one id: with zeros before it nobody would find in the trail what was decided', async () => {
    const finding = await rig.findingOf(identified, 'imaginglab');
    expect((await rig.request(`0${finding}`)).status).toBe(404);
    const { body } = await rig.request(finding);
    for (const decision of ['approve', 'refuse', 'revoke'] as const)
      expect((await rig.decide(`00${String(body['id'])}`, decision)).status).toBe(404);
    expect(await rig.exception(body['id'])).toMatchObject({ state: 'requested' });
    expect((await rig.decide(body['id'], 'refuse')).status).toBe(200);
    expect((await rig.trail()).slice(-2)).toEqual([
      `the operator exception.requested exception/${String(body['id'])}`,
      `the admin exception.refused exception/${String(body['id'])}`,
    ]);
  });

  it('is not for those who only read', async () => {
    const id = await rig.findingOf(identified, 'lfontaine');
    for (const role of ['auditor', 'reviewer'] as const) expect((await rig.request(id, {}, role)).status).toBe(403);
  });

  it('one request for a finding waits at a time', async () => {
    const id = await rig.findingOf(identified, 'imaginglab');
    const [one, two] = await Promise.all([rig.request(id), rig.request(id, {}, 'admin')]);
    expect(new Set([one.status, two.status])).toEqual(new Set([201, 409]));
    const first = one.status === 201 ? one : two;
    const second = one.status === 201 ? two : one;
    expect(second.body['detail']).toBe(
      `Exception ${String(first.body['id'])}, asked for by ${String(first.body['requestedBy'])}, waits for its approval already.`,
    );
    await rig.decide(first.body['id'], 'refuse');
    expect(await rig.exception(first.body['id'])).toMatchObject({
      state: 'refused',
      decidedBy: 'the admin',
      endedAt: null,
    });
    expect((await rig.decide(first.body['id'], 'approve')).body['detail']).toBe(
      `Exception ${String(first.body['id'])} is refused already, and can no longer be approved.`,
    );
    expect(await rig.transitions(id)).toEqual(['opened']);
  });

  it('of two approvals at once, one counts', async () => {
    const id = await rig.findingOf(identified, 'martavogei');
    const { body } = await rig.request(id);
    const answers = await Promise.all([rig.decide(body['id'], 'approve'), rig.decide(body['id'], 'approve')]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
    expect(await rig.transitions(id)).toEqual(['opened', 'excepted']);
    expect(await rig.query('select from excepted_finding where finding_id = $1', [id])).toHaveLength(1);
  });

  it('waits a moment for an evaluation that records itself, and then says so', async () => {
    const id = await rig.findingOf(identified, 'lfontaine');
    const answer = await rig.company.database.dataSource.transaction(async (manager) => {
      await lockDecisions(manager);
      return rig.request(id);
    });
    expect([answer.status, answer.body['detail']]).toEqual([
      503,
      'An evaluation is being recorded, or somebody else decides the same; try again in a moment.',
    ]);
    expect(await rig.query('select from exception where finding_id = $1', [id])).toEqual([]);
  });

  it('a request that would have expired is not approved', async () => {
    const id = await rig.findingOf(identified, 'lfontaine');
    const { body } = await rig.request(id, { expiresAt: '2026-11-21T04:00:00Z' });
    const before = rig.now;
    rig.now = '2026-11-21T04:00:00.000Z';
    const { status, body: said } = await rig.decide(body['id'], 'approve');
    rig.now = before;
    expect([status, said['detail']]).toEqual([
      409,
      'It would have expired at 2026-11-21T04:00:00.000Z already; ask for another one with a later expiry.',
    ]);
    expect((await rig.decide(body['id'], 'revoke', 'operator')).body).toMatchObject({ state: 'revoked' });
    expect(await rig.finding(id)).toMatchObject({ disposition: 'in_grace', reopened: 0 });
  });

  it('taken back, the finding is open again at once', async () => {
    const id = await rig.findingOf(valid, 'petrasommer', labs);
    const exception = await rig.except(id);
    expect((await rig.decide(exception, 'revoke', 'operator')).body).toMatchObject({
      state: 'revoked',
      endedBy: 'the operator',
      endedBecause: 'looked at it',
    });
    expect(await rig.finding(id)).toMatchObject({ disposition: 'in_grace', reopened: 1, exception: null });
    expect(await rig.transitions(id)).toEqual(['opened', 'excepted', 'exception_revoked looked at it']);
  });

  it('a later one for the same finding goes on where the first one is', async () => {
    const id = await rig.findingOf(valid, 'olindqvist', labs);
    const first = await rig.except(id);
    const second = await rig.except(id, { reason: 'half a year more' });
    expect(await rig.exception(first)).toMatchObject({
      state: 'replaced',
      endedBecause: `exception ${second}`,
      excepted: 0,
    });
    expect(await rig.exception(second)).toMatchObject({ state: 'approved', excepted: 1 });
    expect(await rig.finding(id)).toMatchObject({ disposition: 'excepted', exception: second, reopened: 0 });
  });

  it('what changed between the request and the approval is not approved', async () => {
    const id = await rig.findingOf(valid, 'olindqvist', 'Docker Hub acme');
    const { body } = await rig.request(id);
    changeWorld(rig.company.hub.world, {
      op: 'change role',
      organization: 'acme',
      username: 'olindqvist',
      role: 'Owner',
    });
    await rig.judge(1);
    const { status, body: said } = await rig.decide(body['id'], 'approve');
    expect([status, said['detail']]).toEqual([
      409,
      'It is void, because the role is higher than it was: nobody has asked to accept that. Look at the finding and ask again.',
    ]);
    expect(await rig.exception(body['id'])).toMatchObject({ state: 'voided', endedBecause: 'ROLE_ROSE' });
    expect(await rig.transitions(id)).toEqual(['opened']);
  });

  it('what is resolved meanwhile needs none, and resolves as usual', async () => {
    const id = await rig.findingOf(identified, 'lfontaine');
    const covered = await rig.except(id);
    const { body: asked } = await rig.request(id, { reason: 'again' });
    for (const organization of ['acme', 'acme-labs'])
      changeWorld(rig.company.hub.world, { op: 'remove member', organization, username: 'lfontaine' });
    await rig.judge(2);
    await rig.judge(3);
    expect((await rig.transitions(id)).at(-1)).toBe('resolved');
    expect(await rig.finding(id)).toMatchObject({ status: 'resolved', disposition: 'none', exception: null });
    expect(await rig.exception(covered)).toMatchObject({ state: 'approved', excepted: 0 });
    expect((await rig.decide(asked['id'], 'approve')).body['detail']).toMatch(
      /^Its finding \d+ was resolved at 2026-11-23/,
    );
    expect((await rig.request(id)).body['detail']).toMatch(
      /^The finding was resolved at .*; only an open one can be excepted\.$/,
    );
  });

  it('are listed, filtered and paged', async () => {
    const all = await rig.api.every('/api/v1/exceptions', 2);
    const ids = all.map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
    expect(ids.length).toBeGreaterThan(6);
    const standing = await rig.api.items(`/api/v1/exceptions?state=approved&check=${identified}&organization=acme`);
    expect(standing.map(({ state, check }) => [state, check])).toEqual([
      ['approved', identified],
      ['approved', identified],
    ]);
    expect(await rig.api.items(`/api/v1/exceptions?expiresBefore=${night(1)}`)).toHaveLength(1);
    expect(await verifyTrail(rig.company.database.dataSource)).toMatchObject({ outcome: 'whole' });
    const csv = await rig.api.get('/api/v1/exceptions?limit=1', { accept: 'text/csv' });
    expect(csv.text).toMatch(/^id,state,check,organization,finding,subject\.kind/);
  });
});
