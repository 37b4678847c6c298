import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SubjectKind } from '../../src/checks/check.js';
import { changeWorld } from '../../src/demo/change-world.js';
import { StandingDecisions } from '../../src/findings/decisions.query.js';
import type { Asked } from '../support/asked-api.js';
import { resultOf, resultsOf } from '../support/company.js';
import { ExceptionsRig, night } from './exceptions-rig.js';

const valid = 'critical-system-access-valid';
const identified = 'user-identified';

describe('an exception for a pattern', () => {
  let rig: ExceptionsRig;
  let exception = '';

  beforeAll(async () => {
    rig = await ExceptionsRig.start();
    await rig.judge(0);
  });
  afterAll(() => rig.stop());

  const ask = (body: object, as: 'admin' | 'operator' = 'admin'): Promise<Asked> =>
    rig.api.ask('POST', '/api/v1/exceptions', {
      as,
      body: { reason: 'partners', check: valid, organization: 'acme', subject: 'petra*', ...body },
    });
  /** By another admin, of whom the rig has only one. */
  const approve = async (id: unknown): Promise<Asked> => {
    await rig.query(`update exception set requested_by = 'another admin', requested_token = null where id = $1`, [id]);
    return rig.decide(id, 'approve');
  };
  const about = async (check: string, name: string, kind: SubjectKind, key = name) => {
    const [row] = await rig.query<{ id: string; number: string }>(
      `select organization.id, (select max(number) from trail_entry) as number from organization where name = 'acme'`,
    );
    const { dataSource } = rig.company.database;
    const seen = { now: night(3), through: row?.number ?? '0' };
    const decisions = await StandingDecisions.load(dataSource.manager, row?.id ?? '', seen);
    return decisions.about(check, { kind, key, name, system: null });
  };

  it('is asked for by an admin, about what exists', async () => {
    expect((await ask({}, 'operator')).status).toBe(403);
    expect((await ask({ check: 'user-identifed' })).body['detail']).toBe('check is no check of the catalogue');
    expect((await ask({ organization: 'elsewhere' })).body['detail']).toBe('organization is none that was ever read');
    expect((await ask({ subjectKind: 'person' })).body['detail']).toMatch(/^subjectKind is not one of account, /);
    expect((await ask({ subject: '' })).status).toBe(422);
  });

  it('says how many findings it matches, and is approved by another admin alone', async () => {
    const { status, body } = await ask({ subject: '*lindqvist' });
    exception = String(body['id']);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      finding: null,
      matches: 2,
      excepted: 0,
      subject: { kind: null, id: '*lindqvist', name: null },
    });
    await rig.query(`update exception set requested_by = 'another admin', requested_token = null where id = $1`, [
      exception,
    ]);
    expect((await rig.decide(exception, 'approve', 'operator')).body['detail']).toBe(
      'An exception for a pattern is approved by an admin.',
    );
    expect((await approve(exception)).body).toMatchObject({ state: 'approved', excepted: 2 });
  });

  it('is in the trail with the organization that it is for', async () => {
    const [entry] = await rig.query(
      `select after from trail_entry where action = 'exception.requested' and subject = $1`,
      [`exception/${exception}`],
    );
    expect(entry).toMatchObject({ after: { check: valid, organization: 'acme', subject: '*lindqvist' } });
  });

  it('covers what it matches later, from its first night on', async () => {
    const { body } = await ask({ subject: 'new*', subjectKind: 'account', check: identified });
    expect(body).toMatchObject({ matches: 0 });
    await approve(body['id']);
    const member = rig.company.hub.world.organizations[0]?.members.find(({ username }) => username === 'lfontaine');
    if (member === undefined) throw new Error('The company has changed.');
    changeWorld(rig.company.hub.world, {
      op: 'add member',
      organization: 'acme',
      member: { ...member, id: '0'.repeat(32), username: 'NewBot', email: 'newbot@nowhere.example' },
    });
    const report = await rig.judge(1);
    expect(resultOf(report, identified, 'NewBot')).toMatchObject({ verdict: 'fail', disposition: 'excepted' });
    expect(await rig.exception(body['id'])).toMatchObject({ matches: 1, excepted: 1 });
  });

  it('goes on without the subject that has changed, and does not take it back', async () => {
    changeWorld(rig.company.hub.world, {
      op: 'change role',
      organization: 'acme',
      username: 'olindqvist',
      role: 'Owner',
    });
    for (const index of [2, 3]) {
      const report = await rig.judge(index);
      const results = resultsOf(report, valid).filter(({ subject }) => subject.name === 'olindqvist');
      expect(results.map(({ disposition }) => disposition)).toEqual(['in_grace', 'in_grace']);
    }
    expect(await rig.exception(exception)).toMatchObject({ state: 'approved', matches: 2, excepted: 0 });
    const id = await rig.findingOf(valid, 'olindqvist', 'Docker Hub acme');
    expect(await rig.transitions(id)).toEqual(['opened', 'excepted', 'exception_voided ROLE_ROSE']);
  });

  it('is an approval for checks, by name or id, whether or not anything has failed yet', async () => {
    const { body } = await ask({ subject: 'release-owner', check: 'owner-count' });
    expect(await about('owner-count', 'release-owner', 'account')).toEqual({});
    await approve(body['id']);
    const approval = {
      id: body['id'],
      reason: 'partners',
      requestedBy: 'another admin',
      approvedBy: 'the admin',
      approvedAt: rig.now,
      expiresAt: body['expiresAt'],
    };
    expect(await about('owner-count', 'Release-Owner', 'account')).toEqual({ approvals: [approval] });
    expect(await about('owner-count', 'somebody', 'account', 'release-owner')).toEqual({ approvals: [approval] });
    expect(await about('owner-count', 'release-owner-2', 'account')).toEqual({});
    expect(await about(identified, 'release-owner', 'account')).toEqual({});
    expect(await about(identified, 'newcomer', 'invite')).toEqual({});
    expect((await about(identified, 'newcomer', 'account')).approvals).toHaveLength(1);
    // Void for him, and for nobody else.
    const [key] = await rig.query<{ subject_key: string }>(
      `select subject_key from finding where subject_name = 'olindqvist' and subject_system = 'Docker Hub acme'`,
    );
    expect(await about(valid, 'olindqvist', 'critical_system_account', key?.subject_key)).toEqual({});
    expect((await about(valid, 'xlindqvist', 'critical_system_account')).approvals).toHaveLength(1);
    await rig.decide(body['id'], 'revoke');
    expect(await about('owner-count', 'release-owner', 'account')).toEqual({});
  });
});
