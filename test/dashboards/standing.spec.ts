import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standing, standingParameters } from '../../src/dashboards/standing.query.js';
import { type View, viewOf } from '../../src/dashboards/view.query.js';
import { demoCompany } from '../../src/demo/company.js';
import { acceptedStates } from '../../src/findings/exceptions/accepted-state.query.js';
import { coverFindings } from '../../src/findings/exceptions/cover.js';
import { openFinding } from '../../src/findings/open-finding.js';
import { JudgedCompany } from '../support/company.js';
import { acknowledge, change } from './dashboards.js';

const days = [21, 22, 23, 24, 25];
const night = (index: number): string => `2026-11-${days[index]}T02:00:00.000Z`;
const at = (index: number, hour: number): string => night(index).replace('T02', `T${String(hour).padStart(2, '0')}`);

const moments = days.flatMap((_, index) => [night(index), at(index, 13)]);

describe('findings of the past', () => {
  let company: JudgedCompany;

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(night(0)));
    const { dataSource } = company.database;
    const member = company.hub.world.organizations[0]?.members.find(({ username }) => username === 'dpetrov');
    if (member === undefined) throw new Error('no dpetrov');
    await company.night(night(0));
    const open: { id: string; subject_name: string }[] = await dataSource.query(
      'select id, subject_name from finding where resolved_at is null order by id',
    );
    const of = (name: string): string => open.find(({ subject_name }) => subject_name === name)?.id ?? '';
    const second = of('olindqvist');
    const [first = '', third = ''] = open.map(({ id }) => id).filter((id) => id !== second && id !== of('dpetrov'));
    await acknowledge(dataSource, first, at(0, 12));
    await acknowledge(dataSource, of('dpetrov'), at(0, 12));
    await cover(second, at(0, 12));
    await cover(of('dpetrov'), at(0, 13));
    change(company, { op: 'remove member', organization: 'acme', username: 'dpetrov' });
    change(company, { op: 'change role', organization: 'acme', username: 'olindqvist', role: 'Owner' });
    await company.night(night(1));
    await openFinding(dataSource.manager, {
      check: 'evaluation-on-time',
      organizationId: '1',
      subject: { kind: 'organization', key: 'acme', name: 'acme' },
      severity: 'high',
      dueAt: at(2, 12),
      reason: 'LATE',
      message: 'It is late.',
      at: at(1, 12),
    });
    await company.night(night(2));
    await cover(third, at(2, 12));
    change(company, { op: 'add member', organization: 'acme', member });
    await company.night(night(3));
    await acknowledge(dataSource, first, at(3, 12), 'joe');
    change(company, { op: 'remove member', organization: 'acme', username: 'lfontaine' });
    await company.night(night(4));
    await company.night(night(4));
  });
  afterAll(() => company.stop());

  async function cover(finding: string, when: string): Promise<void> {
    const { manager } = company.database.dataSource;
    const [{ id }]: [{ id: string }] = await manager.query(
      `insert into exception (finding_id, check_id, organization_id, subject, reason, state, requested_at, requested_by, expires_at)
       select id, check_id, organization_id, subject_key, 'agreed', 'approved', $2, 'olga', $2::timestamptz + interval '90 days'
         from finding where id = $1 returning id`,
      [finding, when],
    );
    const accepted = (await acceptedStates(manager, [finding], when, 'recorded')).get(finding);
    if (accepted === undefined) throw new Error(`finding ${finding} is not open`);
    const covers = [{ exception: id, finding, accepted, because: 'agreed' }];
    await coverFindings(manager, covers, { at: when, evaluation: null, by: 'olga' });
  }

  const rowsOf = async (view: View, open: boolean, past: boolean): Promise<object[]> =>
    company.database.dataSource.query(
      `with ${standing({ past }, open ? 'open' : 'any')}
       select * from standing where ${open ? 'resolved_at is null' : 'true'} order by id`,
      standingParameters(view),
    );

  it.each(moments)('as of %s are the same by their dates as by their transitions', async (asOf) => {
    const { manager } = company.database.dataSource;
    for (const knownAt of [undefined, ...moments]) {
      for (const moment of [{ asOf, knownAt }, ...(knownAt === undefined ? [] : [{ knownAt }])]) {
        const view = await viewOf(manager, moment);
        if (view?.past !== true) continue;
        const exact = await rowsOf(view, false, false);
        expect(await rowsOf(view, false, true), JSON.stringify(moment)).toEqual(exact);
        expect(await rowsOf(view, true, true), JSON.stringify(moment)).toEqual(
          exact.filter((row) => Reflect.get(row, 'resolved_at') === null),
        );
      }
    }
  });

  it('have been opened, resolved, acknowledged twice, excepted and opened again, so that there is something to be told', async () => {
    const kinds: { kind: string; count: string }[] = await company.database.dataSource.query(
      'select kind, count(*) from finding_transition group by kind order by kind collate "C"',
    );
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'acknowledged',
      'excepted',
      'exception_voided',
      'opened',
      'overdue',
      'reopened',
      'resolved',
    ]);
    const view = await viewOf(company.database.dataSource.manager, { asOf: at(1, 6) });
    expect(view?.past).toBe(true);
  });
});
