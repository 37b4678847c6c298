import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeWorld } from '../../src/demo/change-world.js';
import { verifyTrail } from '../../src/trail/verify-trail.query.js';
import { resultOf } from '../support/company.js';
import { ExceptionsRig, night } from './exceptions-rig.js';

const valid = 'critical-system-access-valid';
const identified = 'user-identified';
const system = 'Docker Hub acme';

describe('the life of an exception', () => {
  let rig: ExceptionsRig;
  let finding = '';
  let exception = '';
  let due = '';

  beforeAll(async () => {
    rig = await ExceptionsRig.start();
    const report = await rig.judge(0);
    finding = await rig.findingOf(valid, 'olindqvist', system);
    due = resultOf(report, valid, 'olindqvist', system).dueAt ?? '';
  });
  afterAll(() => rig.stop());

  it('begins with a request, which changes nothing', async () => {
    const { status, body } = await rig.request(finding, { compensatingControl: 'read-only mirror' });
    exception = String(body['id']);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      state: 'requested',
      check: valid,
      organization: 'acme',
      finding,
      subject: { kind: 'critical_system_account', name: 'olindqvist' },
      compensatingControl: 'read-only mirror',
      requestedBy: 'the operator',
      // 90 days from an hour after the first night.
      expiresAt: '2027-02-19T03:00:00.000Z',
      decidedAt: null,
      matches: 1,
      excepted: 0,
    });
    expect(due).toBe('2026-11-30T00:00:00.000Z');
    expect(await rig.finding(finding)).toMatchObject({ disposition: 'in_grace', exception: null });
    expect(await rig.transitions(finding)).toEqual(['opened']);
  });

  it('is not approved by whoever asked, nor by another token of that name', async () => {
    const own = await rig.decide(exception, 'approve', 'operator');
    expect(own.status).toBe(403);
    expect(own.body['detail']).toBe('the operator asked for this exception; somebody else has to approve it.');
    await rig.query(`update exception set requested_by = 'The Admin ' where id = $1`, [exception]);
    expect((await rig.decide(exception, 'approve')).status).toBe(403);
    await rig.query(
      `update exception set requested_by = 'renamed',
              requested_token = (select id from api_token where name = 'the admin') where id = $1`,
      [exception],
    );
    expect((await rig.decide(exception, 'approve')).status).toBe(403);
    await rig.query(
      `update exception set requested_by = 'the operator',
              requested_token = (select id from api_token where name = 'the operator') where id = $1`,
      [exception],
    );
    expect(await rig.exception(exception)).toMatchObject({ state: 'requested', excepted: 0 });
  });

  it('is approved by somebody else, and at work at once', async () => {
    const { status, body } = await rig.decide(exception, 'approve');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'approved',
      decidedBy: 'the admin',
      decisionReason: 'looked at it',
      excepted: 1,
    });
    expect(await rig.finding(finding)).toMatchObject({
      status: 'open',
      disposition: 'excepted',
      exception,
      dueAt: due,
    });
    expect((await rig.api.items('/api/v1/findings?disposition=excepted')).map(({ id }) => id)).toEqual([finding]);
    expect(await rig.transitions(finding)).toEqual(['opened', 'excepted']);
    const before = await rig.api.get(`/api/v1/findings/${finding}?asOf=${night(0)}`);
    expect(before.body).toMatchObject({ disposition: 'in_grace', exception: null });
  });

  it('leaves the verdict a failure, which is counted as excepted', async () => {
    const report = await rig.judge(1);
    expect(resultOf(report, valid, 'olindqvist', system)).toMatchObject({
      verdict: 'fail',
      disposition: 'excepted',
      dueAt: due,
    });
    expect(report.checks.find(({ id }) => id === valid)).toMatchObject({
      status: 'at_risk',
      counts: { fail: 5, excepted: 1 },
    });
  });

  it('is void as soon as the role rises: the finding is open, with its first due date', async () => {
    changeWorld(rig.company.hub.world, {
      op: 'change role',
      organization: 'acme',
      username: 'olindqvist',
      role: 'Owner',
    });
    const report = await rig.judge(10);
    expect(resultOf(report, valid, 'olindqvist', system)).toMatchObject({
      verdict: 'fail',
      since: night(0),
      dueAt: due,
      disposition: 'overdue',
    });
    expect(await rig.exception(exception)).toMatchObject({
      state: 'voided',
      endedBecause: 'ROLE_ROSE',
      endedBy: null,
      excepted: 0,
    });
    expect(await rig.finding(finding)).toMatchObject({ disposition: 'overdue', reopened: 1, exception: null });
    expect(await rig.transitions(finding)).toEqual(['opened', 'excepted', 'exception_voided ROLE_ROSE', 'overdue']);
    const then = await rig.api.get(`/api/v1/findings/${finding}?asOf=${night(9)}`);
    expect(then.body).toMatchObject({ disposition: 'excepted', exception, reopened: 0 });
  });

  it('leaves the report of the night on which it stood as it was', async () => {
    const [excepted] = await rig.query<{ excepted: number }>(
      `select excepted from evaluated_check where check_id = $1 and evaluation_number = 2`,
      [valid],
    );
    expect(excepted).toEqual({ excepted: 1 });
  });

  it('is in the trail, step by step, and the trail is whole', async () => {
    expect(await rig.trail()).toEqual([
      `the operator exception.requested exception/${exception}`,
      `the admin exception.approved exception/${exception}`,
      `hubwarden exception.voided exception/${exception}`,
    ]);
    expect(await verifyTrail(rig.company.database.dataSource)).toMatchObject({ outcome: 'whole' });
  });
});

describe('an exception that runs out', () => {
  let rig: ExceptionsRig;
  let finding = '';
  let exception = '';

  beforeAll(async () => {
    rig = await ExceptionsRig.start();
    await rig.judge(0);
    finding = await rig.findingOf(identified, 'lfontaine');
    exception = await rig.except(finding, { expiresAt: '2026-12-11T02:00:00.000Z' });
  });
  afterAll(() => rig.stop());

  it('is announced 14, 7 and 1 days before, once each, and never overdue meanwhile', async () => {
    for (const index of [1, 5, 6, 7, 12, 13, 14, 18, 19]) await rig.judge(index);
    expect(await rig.transitions(finding)).toEqual([
      'opened',
      'excepted',
      'exception_expiring 14d',
      'exception_expiring 7d',
      'exception_expiring 1d',
    ]);
    expect(await rig.finding(finding)).toMatchObject({ disposition: 'excepted' });
  });

  it('expires, says so, and leaves the finding open and overdue since its first due date', async () => {
    const report = await rig.judge(20);
    expect(resultOf(report, identified, 'lfontaine')).toMatchObject({
      verdict: 'fail',
      since: night(0),
      dueAt: '2026-11-26T00:00:00.000Z',
      disposition: 'overdue',
    });
    expect((await rig.transitions(finding)).slice(-2)).toEqual(['exception_expired EXPIRED', 'overdue']);
    expect(await rig.exception(exception)).toMatchObject({ state: 'expired', endedAt: night(20) });
    expect(await rig.finding(finding)).toMatchObject({ reopened: 1, exception: null });
    await rig.judge(21);
    expect((await rig.transitions(finding)).slice(-1)).toEqual(['overdue']);
  });
});
