import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withAdvisoryLock } from '../../src/database/advisory-lock.js';
import { RosterDecisions } from '../../src/roster/roster-decisions.js';
import { RosterImport } from '../../src/roster/roster-import.js';
import { RosterImportsController } from '../../src/roster/roster-imports.controller.js';
import { RosterQuarantinesController } from '../../src/roster/roster-quarantines.controller.js';
import { AskedApi, type Asked, type Sending } from '../support/asked-api.js';
import { company, Rosters } from './rosters.js';

let rosters: Rosters;
let api: AskedApi;

beforeEach(async () => {
  rosters = await Rosters.open();
  const { dataSource } = rosters.database;
  api = await AskedApi.start(
    dataSource,
    [RosterImportsController, RosterQuarantinesController],
    [
      { provide: RosterImport, useValue: new RosterImport(dataSource) },
      { provide: RosterDecisions, useValue: new RosterDecisions(dataSource) },
    ],
    { roster: rosters.config },
  );
});
afterEach(async () => {
  await api.stop();
  await rosters.close();
});

function upload(body: string | Buffer, { query = '', ...sending }: Sending & { query?: string } = {}): Promise<Asked> {
  return api.ask('POST', `/api/v1/roster/imports${query}`, { as: 'operator', type: 'text/csv', body, ...sending });
}
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const states = (): Promise<object[]> => rosters.query('select id, state, source from roster order by id');
const inForce = async (): Promise<unknown> =>
  (await rosters.query<object>(`select id from roster where state = 'accepted' order by id desc limit 1`))[0];
const half = company(30, (number, line) => (number > 15 ? null : line));

describe('a roster that is uploaded', () => {
  it('is in force, as old as its upload, and says who uploaded it', async () => {
    const { status, body } = await upload(company(12));
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'accepted', people: 12, employed: 12, refusedRows: [] });
    expect(Date.now() - Date.parse(String(body['asOf']))).toBeLessThan(60_000);
    expect(await rosters.state('E12', ago(0))).toBe('employed');
    expect(await states()).toEqual([{ id: body['id'], state: 'accepted', source: 'upload by the operator' }]);
    expect(api.logged.join('\n')).toContain('Roster uploaded');
    expect(api.logged.join('\n')).not.toContain('Person 1');
  });

  it('twice is unchanged', async () => {
    const first = await upload(company(12));
    const again = await upload(company(12));
    expect(again.body).toMatchObject({ id: first.body['id'], outcome: 'unchanged', people: 12, employed: 12 });
  });

  it('tells the rows that were refused alone', async () => {
    const bad = company(200, (number, line) => (number === 7 ? line.replace('active', 'sleeping') : line));
    const { status, body } = await upload(bad);
    expect(status).toBe(200);
    expect(body['refusedRows']).toEqual([{ line: 8, message: expect.stringContaining('sleeping') }]);
  });

  it('may be JSON, or what BambooHR answers', async () => {
    const directory = { fields: [], employees: [{ id: '1', displayName: 'Jane', workEmail: 'jane@acme.com' }] };
    const { status } = await upload(JSON.stringify(directory), { type: 'application/json', query: '?format=bamboohr' });
    expect(status).toBe(200);
    expect(await rosters.state('1', ago(0))).toBe('employed');
    const list = [{ employeeId: '1', fullName: 'Jane', workEmail: 'jane@acme.com', status: 'terminated' }];
    expect((await upload(JSON.stringify(list), { type: 'application/json; charset=utf-8' })).status).toBe(200);
    expect(await rosters.state('1', ago(0))).toBe('ended');
  });

  it.each<[string, string, Sending & { query?: string }, string]>([
    ['a web page', '<!doctype html><html></html>', {}, 'line 1'],
    ['another type', company(3), { type: 'application/json' }, 'line 1'],
    ['a missing column', 'employee_id,full_name\nE1,Jane\n', {}, 'line 1'],
    ['too many bad rows', company(9, (_, line) => line.replace('active', 'sleeping')), {}, 'line 2, column status'],
  ])('is refused where it is %s, line by line, and the one in force stays', async (_, text, sending, field) => {
    const accepted = await upload(company(30));
    const { status, body } = await upload(text, sending);
    expect(status).toBe(422);
    const errors = body['errors'] as { field: string; message: string }[];
    expect(errors.map((error) => error.field)).toContain(field);
    for (const { message } of errors) expect(message).not.toMatch(/^column “/);
    expect(await inForce()).toEqual({ id: accepted.body['id'] });
    expect(await rosters.query(`select outcome from roster_reading where outcome = 'refused'`)).toEqual([]);
  });

  it.each<[string, number, Sending & { query?: string }, string | Buffer]>([
    ['no body', 422, {}, ''],
    ['an unknown type', 415, { type: 'application/pdf' }, 'x'],
    ['an unknown format', 422, { query: '?format=xlsx' }, company(3)],
    ['an unknown parameter', 422, { query: '?force=true' }, company(3)],
    ['a time in the future', 422, { query: '?asOf=2999-01-01T00:00:00Z' }, company(3)],
    ['a time without a zone', 422, { query: '?asOf=2026-01-01T00:00:00' }, company(3)],
    ['more than 50 MiB', 413, {}, Buffer.alloc(50 * 1024 * 1024 + 1, 'x')],
    ['the role of an auditor', 403, { as: 'auditor' }, company(3)],
    ['the role of a reviewer', 403, { as: 'reviewer' }, company(3)],
  ])('is refused with %s', async (_, status, sending, body) => {
    expect((await upload(body, sending)).status).toBe(status);
    expect(await states()).toEqual([]);
  });

  it('may be older than its upload, but not than the roster in force: that would bring leavers back', async () => {
    const asOf = ago(60);
    expect((await upload(company(30), { query: `?asOf=${asOf}` })).body).toMatchObject({ asOf });
    const left = company(30, (number, line) =>
      number === 3 ? `${line}2020-12-31`.replace('active', 'terminated') : line,
    );
    expect((await upload(left)).body).toMatchObject({ outcome: 'accepted', employed: 29 });
    const older = await upload(company(30), { query: `?asOf=${ago(30)}` });
    expect(older.status).toBe(422);
    expect(older.body['errors']).toEqual([expect.objectContaining({ field: 'asOf' })]);
    expect(await rosters.state('E3', ago(0))).toBe('ended');
  });

  it('is taken for one of now where the clock of the roster in force is a little ahead, and refused where it is much', async () => {
    await rosters.read(company(30), ago(-2));
    expect((await upload(company(31))).body).toMatchObject({ outcome: 'accepted' });
    await rosters.query(`update roster set as_of = now() + interval '1 day'`);
    expect((await upload(company(32))).status).toBe(422);
  });

  it('waits where a check run is at work', async () => {
    const answer = await withAdvisoryLock(rosters.database.dataSource, 'check run', () => upload(company(12)));
    expect(answer).toMatchObject({ status: 409 });
    expect(await states()).toEqual([]);
    expect((await upload(company(12))).status).toBe(200);
  });
});

describe('a roster that is uploaded and implausible', () => {
  let quarantine: string;
  let held: Asked;
  let before: unknown;
  const decide = (decision: string, sending: Sending = {}, id = quarantine): Promise<Asked> =>
    api.ask('POST', `/api/v1/roster/quarantines/${id}/${decision}`, { body: { reason: 'we sold half' }, ...sending });

  beforeEach(async () => {
    await upload(company(30));
    before = await inForce();
    held = await upload(half);
    quarantine = String(held.body['quarantine']);
  });

  it('waits, and the roster in force stays', async () => {
    expect(held.status).toBe(202);
    expect(held.body).toMatchObject({ lost: 15, employed: 30, message: expect.stringContaining('quarantine') });
    expect(await inForce()).toEqual(before);
    expect((await upload(half)).body).toMatchObject({ quarantine });
  });

  it('is in force once two people accept it', async () => {
    const first = await decide('accept', { as: 'operator', body: { reason: 'the Lyon office closed' } });
    expect([first.status, first.body]).toEqual([
      202,
      {
        id: quarantine,
        outcome: 'waiting',
        decision: 'accept',
        askedBy: 'the operator',
        askedAt: expect.any(String),
        needs: 'the operator has asked to accept it; somebody else with a token of their own has to ask for the same.',
      },
    ]);
    // The same person a second time is no second person.
    const again = await decide('accept', { as: 'operator', body: { reason: 'really' } });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(await inForce()).toEqual(before);
    const { status, body } = await decide('accept');
    expect([status, body]).toEqual([200, { id: quarantine, outcome: 'accepted', people: 15, employed: 15 }]);
    expect(await inForce()).toEqual({ id: quarantine });
    expect(await rosters.query('select decided_by, decision_reason from roster where id = $1', [quarantine])).toEqual([
      { decided_by: 'the operator and the admin', decision_reason: 'we sold half' },
    ]);
    expect((await decide('reject')).status).toBe(409);
    const trail = await rosters.query(
      'select actor, action, after, reason from trail_entry where subject = $1 order by number',
      [`roster/${quarantine}`],
    );
    expect(trail).toMatchObject([
      { actor: 'the operator', action: 'roster.uploaded', after: { outcome: 'quarantined', lost: 15 } },
      { actor: 'the operator', action: 'roster.accept-asked', reason: 'the Lyon office closed' },
      {
        actor: 'the admin',
        action: 'roster.accepted',
        reason: 'we sold half',
        after: { askedBy: 'the operator', askedBecause: 'the Lyon office closed', people: 15 },
      },
    ]);
  });

  it('is not decided by two who say different things, until one of them says the same', async () => {
    await decide('accept', { as: 'operator' });
    const { status, body } = await decide('reject');
    expect(status).toBe(409);
    expect(body['detail']).toBe(
      'the operator has asked to accept it (“we sold half”). It takes two who say the same: somebody else may agree, or the ' +
        'operator may ask to reject it instead.',
    );
    expect((await decide('reject', { as: 'operator' })).status).toBe(202);
    expect((await decide('reject')).body).toEqual({ id: quarantine, outcome: 'rejected' });
    expect(await inForce()).toEqual(before);
  });

  it('of two who agree at once, the second decides', async () => {
    const both = await Promise.all([decide('reject'), decide('reject', { as: 'operator' })]);
    // One of them may have found the other at it.
    const statuses = both.map(({ status }) => status).toSorted((one, other) => one - other);
    expect([
      [200, 202],
      [202, 409],
    ]).toContainEqual(statuses);
  });

  it('what was said a week ago no longer counts', async () => {
    await decide('accept', { as: 'operator' });
    await rosters.query(`update voice set at = at - interval '7 days 1 minute' where subject = $1`, [
      `roster/${quarantine}`,
    ]);
    expect((await decide('accept')).status).toBe(202);
    expect(await inForce()).toEqual(before);
    expect((await decide('accept', { as: 'operator' })).status).toBe(200);
  });

  it('is decided in a terminal by one, whatever was said before', async () => {
    await decide('accept', { as: 'operator' });
    const decisions = new RosterDecisions(rosters.database.dataSource);
    expect(await decisions.reject(quarantine, 'cut off', 'terminal: jane', new Date().toISOString())).toEqual({
      outcome: 'rejected',
      id: quarantine,
    });
    expect(await rosters.query('select from voice where subject = $1', [`roster/${quarantine}`])).toEqual([]);
    expect(
      await rosters.query(
        `select actor, actor_token from trail_entry where action = 'roster.rejected' and subject = $1`,
        [`roster/${quarantine}`],
      ),
    ).toEqual([{ actor: 'terminal: jane', actor_token: null }]);
  });

  it('is refused from then on once two people reject it', async () => {
    await decide('reject', { as: 'operator' });
    expect((await decide('reject')).body).toEqual({ id: quarantine, outcome: 'rejected' });
    expect(await inForce()).toEqual(before);
    expect((await upload(half)).status).toBe(422);
    expect((await decide('accept')).status).toBe(409);
  });

  it('can no longer be decided once a newer one is in force', async () => {
    await upload(company(31));
    const { status, body } = await decide('accept');
    expect(status).toBe(409);
    expect(body['detail']).toContain('newer');
  });

  it('is decided by those who may, with a reason, while no run is at work', async () => {
    for (const as of ['auditor', 'reviewer'] as const) expect((await decide('accept', { as })).status).toBe(403);
    expect((await decide('accept', { body: {} })).status).toBe(422);
    expect((await decide('accept', { body: { reason: ' ' } })).status).toBe(422);
    for (const id of ['0', '77', 'abc', '99999999999999999999', '%00']) {
      expect((await decide('accept', {}, id)).status).toBe(404);
    }
    const busy = await withAdvisoryLock(rosters.database.dataSource, 'check run', () => decide('accept'));
    expect(busy).toMatchObject({ status: 409 });
    expect(await inForce()).toEqual(before);
  });
});
