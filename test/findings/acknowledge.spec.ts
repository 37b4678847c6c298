import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcknowledgeController } from '../../src/findings/acknowledge.controller.js';
import { AcknowledgeFinding } from '../../src/findings/acknowledge-finding.js';
import { openFinding } from '../../src/findings/open-finding.js';
import { AskedApi } from '../support/asked-api.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const opened = '2026-11-20T02:00:00.000Z';

describe('acknowledging a finding', () => {
  let database: TestDatabase;
  let api: AskedApi;
  let count = 0;

  beforeAll(async () => {
    database = await testDatabase();
    const findings = new AcknowledgeFinding(database.dataSource);
    api = await AskedApi.start(
      database.dataSource,
      [AcknowledgeController],
      [{ provide: AcknowledgeFinding, useValue: findings }],
    );
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  async function finding(): Promise<string> {
    count += 1;
    await openFinding(database.dataSource.manager, {
      check: 'owner-count',
      organizationId: '1',
      subject: { kind: 'organization', key: `acme-${count}`, name: 'acme' },
      severity: 'high',
      dueAt: '2026-11-20T02:00:01.000Z',
      reason: 'TOO_MANY_OWNERS',
      message: 'Too many.',
      at: opened,
    });
    const [row]: { id: string }[] = await database.dataSource.query('select max(id) as id from finding');
    return row?.id ?? '';
  }
  const transitions = (id: string): Promise<unknown[]> =>
    database.dataSource.query(
      'select kind, because, by, evaluation_number from finding_transition where finding_id = $1 order by id',
      [id],
    );

  it('stamps it with who, when and why, and nothing else', async () => {
    const id = await finding();
    const [before]: object[] = await database.dataSource.query('select * from finding where id = $1', [id]);
    const earliest = Date.now() - 1_000;
    const { status, body } = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, {
      as: 'reviewer',
      body: { reason: ' ordered new laptops ' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, acknowledgedBy: 'the reviewer', acknowledgedReason: 'ordered new laptops' });
    expect(Date.parse(String(body['acknowledgedAt']))).toBeGreaterThan(earliest);
    const [after]: object[] = await database.dataSource.query('select * from finding where id = $1', [id]);
    expect(after).toEqual({
      ...before,
      acknowledged_at: new Date(String(body['acknowledgedAt'])),
      acknowledged_by: 'the reviewer',
      acknowledged_reason: 'ordered new laptops',
      recorded_at: expect.any(Date),
    });
    expect(await transitions(id)).toEqual([
      { kind: 'opened', because: 'TOO_MANY_OWNERS', by: null, evaluation_number: null },
      { kind: 'acknowledged', because: 'ordered new laptops', by: 'the reviewer', evaluation_number: null },
    ]);
    expect(api.logged.join('\n')).toContain('Finding acknowledged');
    expect(api.logged.join('\n')).not.toMatch(/laptops/);
  });

  it('a second time answers what stands', async () => {
    const id = await finding();
    const first = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, { body: { reason: 'one' } });
    const again = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, {
      as: 'operator',
      body: { reason: 'two' },
    });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await transitions(id)).toHaveLength(2);
  });

  it('by two at once is one acknowledgement', async () => {
    const id = await finding();
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((reason) =>
        api.ask('POST', `/api/v1/findings/${id}/acknowledge`, { body: { reason } }),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await transitions(id)).toHaveLength(2);
  });

  it('is too late once it is resolved', async () => {
    const id = await finding();
    await database.dataSource.query(`update finding set resolved_at = now(), resolved_because = 'PASS' where id = $1`, [
      id,
    ]);
    const { status, body } = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, { body: { reason: 'late' } });
    expect(status).toBe(409);
    expect(body['detail']).toContain('resolved');
    expect(await transitions(id)).toHaveLength(1);
  });

  it('is not for auditors', async () => {
    const id = await finding();
    const { status } = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, {
      as: 'auditor',
      body: { reason: 'x' },
    });
    expect(status).toBe(403);
    expect(await transitions(id)).toHaveLength(1);
  });

  it.each(['0', '01', '12345678901234567', 'abc', '99999999999999999999', '%00', "'"])(
    'has no finding %j',
    async (id) => {
      const { status } = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, { body: { reason: 'x' } });
      expect(status).toBe(404);
    },
  );

  it.each<[object, string]>([
    [{}, 'reason'],
    [{ reason: ' ' }, 'reason'],
    [{ reason: 7 }, 'reason'],
    [{ reason: 'a\u0000b' }, 'reason'],
    [{ reason: 'x'.repeat(2_001) }, 'reason'],
    [{ reason: 'x', until: 'tomorrow' }, 'until'],
  ])('is refused with %j', async (body, field) => {
    const id = await finding();
    const answer = await api.ask('POST', `/api/v1/findings/${id}/acknowledge`, { body });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ field })]);
  });
});
