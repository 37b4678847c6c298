import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/dashboards/finding.js';
import { FindingFilters } from '../../src/dashboards/finding-filters.js';
import { demoCompany } from '../../src/demo/company.js';
import { Problem } from '../../src/http/problem.js';
import { JudgedCompany } from '../support/company.js';
import { acknowledge, asked, change, dashboardsOn, everyFinding, findingsFor, type Dashboards } from './dashboards.js';

const nights = [21, 22, 23].map((day) => `2026-11-${day}T02:00:00.000Z`);
const odd = '100%_"weird"\\name';

describe('filters of findings', () => {
  let company: JudgedCompany;
  let dashboards: Dashboards;
  let all: readonly Finding[];

  beforeAll(async () => {
    company = await JudgedCompany.start(demoCompany(nights[0] ?? ''));
    const { dataSource } = company.database;
    dashboards = dashboardsOn(dataSource);
    change(company, { op: 'add invite', organization: 'acme', invite: { invitee: `${odd}@else.example` } });
    await company.night(nights[0] ?? '');
    const [first] = (await findingsFor(dashboards, 'check=user-identified')).items;
    await acknowledge(dataSource, first?.id ?? '', '2026-11-21T12:00:00.000Z');
    change(company, { op: 'remove member', organization: 'acme', username: 'lfontaine' });
    change(company, { op: 'remove member', organization: 'acme', username: 'dpetrov' });
    await company.night(nights[1] ?? '');
    await company.night(nights[2] ?? '');
    all = await everyFinding(dashboards, 'status=open,resolved');
  });
  afterAll(() => company.stop());

  const accountOf = ({ subject }: Finding): string => subject.id.split('/').at(-1) ?? '';
  const cases: readonly (readonly [string, (finding: Finding) => boolean])[] = [
    ['', ({ status }) => status === 'open'],
    ['status=open', ({ status }) => status === 'open'],
    ['status=resolved', ({ status }) => status === 'resolved'],
    ['status=resolved,open', () => true],
    ['status=open,resolved&check=user-identified', ({ check }) => check === 'user-identified'],
    [
      'status=open,resolved&check=user-identified,owner-count',
      ({ check }) => ['user-identified', 'owner-count'].includes(check),
    ],
    ['check=no-such-check', () => false],
    ['status=open,resolved&organization=acme-labs', ({ organization }) => organization === 'acme-labs'],
    ['organization=acme,acme-labs', ({ status, organization }) => status === 'open' && organization !== null],
    ['status=open,resolved&severity=critical', ({ severity }) => severity === 'critical'],
    ['status=open,resolved&severity=high,medium', ({ severity }) => ['high', 'medium'].includes(severity)],
    ['disposition=overdue', ({ disposition }) => disposition === 'overdue'],
    ['disposition=in_grace', ({ disposition }) => disposition === 'in_grace'],
    ['status=open,resolved&disposition=none', ({ status }) => status === 'resolved'],
    ['disposition=excepted', () => false],
    ['reason=IDENTITY_UNLINKED', ({ status, reason }) => status === 'open' && reason === 'IDENTITY_UNLINKED'],
    ['kind=invite', ({ status, subject }) => status === 'open' && subject.kind === 'invite'],
    [
      'kind=critical_system,critical_system_account',
      ({ status, subject }) => status === 'open' && subject.kind.startsWith('critical_system'),
    ],
    [
      'system=Docker%20Hub%20acme',
      ({ status, subject }) =>
        status === 'open' && (subject.system === 'Docker Hub acme' || subject.name === 'Docker Hub acme'),
    ],
    ['dueBefore=2026-11-21T00:00:00Z', ({ status, dueAt }) => status === 'open' && dueAt < '2026-11-21T00:00:00'],
    [
      'dueBefore=2026-11-27T02:00:00%2B01:00',
      ({ status, dueAt }) => status === 'open' && dueAt < '2026-11-27T01:00:00.000Z',
    ],
    ['acknowledged=true&status=open,resolved', ({ acknowledgedAt }) => acknowledgedAt !== null],
    ['acknowledged=false', ({ status, acknowledgedAt }) => status === 'open' && acknowledgedAt === null],
    ['account=olindqvist', ({ status, subject }) => status === 'open' && subject.name === 'olindqvist'],
    ['account=OLindqvist', ({ status, subject }) => status === 'open' && subject.name === 'olindqvist'],
    ['status=open,resolved&account=dpetrov', ({ subject }) => subject.name === 'dpetrov'],
    ['account=olindqvis', () => false],
    ['q=LINDQVIST', ({ status, subject }) => status === 'open' && subject.name === 'olindqvist'],
    ['q=production', ({ status, ...rest }) => status === 'open' && textOf(rest).includes('production')],
    ['q=offboarded-access', ({ status, check }) => status === 'open' && check === 'offboarded-access-removed'],
    ['q=%25', ({ status, ...rest }) => status === 'open' && textOf(rest).includes('%')],
    ['q=_', ({ status, ...rest }) => status === 'open' && textOf(rest).includes('_')],
    [`q=${encodeURIComponent(odd)}`, ({ status, subject }) => status === 'open' && subject.name.startsWith(odd)],
    ['q=0%25_', ({ subject }) => subject.name.startsWith(odd)],
    ['q=1%250', () => false],
    ['q=\\', ({ status, ...rest }) => status === 'open' && textOf(rest).includes('\\')],
  ];

  it.each(cases)('%s', async (query, expected) => {
    const found = await everyFinding(dashboards, `${query}&limit=6`);
    expect(found.map(({ id }) => id).sort()).toEqual(
      all
        .filter(expected)
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('find something wherever they are meant to', () => {
    const empty = cases.filter(([, expected]) => !all.some(expected)).map(([query]) => query);
    expect(empty).toEqual(['check=no-such-check', 'disposition=excepted', 'account=olindqvis', 'q=1%250']);
    expect(all.filter(({ status }) => status === 'resolved').length).toBeGreaterThan(1);
  });

  it('find what is about an account by its Hub id, in every system', async () => {
    const about = all.find(({ subject }) => subject.kind === 'critical_system_account');
    if (about === undefined) throw new Error('no finding about an account of a system');
    const found = await everyFinding(dashboards, `status=open,resolved&account=${accountOf(about)}`);
    expect(found).toEqual(all.filter(({ subject }) => subject.name === about.subject.name));
    // As the list of accounts has it, in any case; and of no other organization.
    const inAcme = await everyFinding(
      dashboards,
      `status=open,resolved&account=${about.organization}:${accountOf(about)}`,
    );
    expect(inAcme).toEqual(found);
    expect(await everyFinding(dashboards, `status=open,resolved&account=elsewhere:${accountOf(about)}`)).toEqual([]);
  });

  it('find what is about the accounts and invites of a person, while they are linked', async () => {
    const links: { employee_id: string; subject_key: string }[] = await company.database.dataSource.query(
      'select employee_id, subject_key from link where ended_at is null',
    );
    const people = new Set(links.map(({ employee_id }) => employee_id));
    const found = [];
    for (const person of people) {
      const keys = links.filter(({ employee_id }) => employee_id === person).map(({ subject_key }) => subject_key);
      const expected = all.filter((finding) => finding.status === 'open' && keys.includes(accountOf(finding)));
      const listed = await everyFinding(dashboards, `person=${person}`);
      expect(
        listed.map(({ id }) => id),
        person,
      ).toEqual(expected.map(({ id }) => id));
      found.push(...listed);
    }
    expect(new Set(found.map(({ subject }) => subject.kind)).size).toBeGreaterThan(2);
    expect((await findingsFor(dashboards, 'person=E-9999')).items).toEqual([]);

    const [linked] = found;
    if (linked === undefined) throw new Error('no finding about a person');
    const [link]: { id: string; employee_id: string }[] = await company.database.dataSource
      .query(
        `update link set ended_at = $2, ended_because = 'a test' where subject_key = $1 returning id, employee_id`,
        [accountOf(linked), nights[1]],
      )
      .then(([rows]) => rows);
    const ids = async (asOf: string): Promise<string[]> =>
      (await everyFinding(dashboards, `person=${link?.employee_id ?? ''}${asOf}`)).map(({ id }) => id);
    expect(await ids('')).not.toContain(linked.id);
    expect(await ids(`&asOf=${nights[0] ?? ''}`)).toContain(linked.id);
  });

  it.each([
    ["check=x'--", 'no match'],
    ["account=x' or '1'='1", 'no match'],
    ["person=E-1'; drop table finding; --", 'no match'],
    ["organization=acme') or true --", 'no match'],
    ['reason=$1', 'no match'],
    ["q='; select pg_sleep(9) --", 'no match'],
    ['system=%', 'no match'],
  ])('take %s for text', async (query) => {
    const [name = '', value = ''] = query.split(/=(.*)/s);
    expect((await findingsFor(dashboards, `${name}=${encodeURIComponent(value)}`)).items).toEqual([]);
    expect((await everyFinding(dashboards, 'status=open,resolved')).length).toBe(all.length);
  });

  it.each([
    ['status=closed', 'status', 'is not one of open, resolved'],
    ['status=', 'status', 'is not one of'],
    ['status=open,', 'status', 'is not one of'],
    ['severity=critical,huge', 'severity', 'is not one of critical, high, medium, low'],
    ['disposition=late', 'disposition', 'is not one of'],
    ['kind=user', 'kind', 'is not one of'],
    ['sort=dueAt;drop', 'sort', 'is not one of'],
    ['sort=message', 'sort', 'is not one of'],
    ['dueBefore=2026-11-21', 'dueBefore', 'is not an ISO 8601 instant with a zone'],
    ['dueBefore=2026-02-30T00:00:00Z', 'dueBefore', 'is not an ISO 8601 instant with a zone'],
    ['asOf=2026-11-21T02:00:00', 'asOf', 'is not an ISO 8601 instant with a zone'],
    ['asOf=0000-01-01T00:00:00Z', 'asOf', 'is not an ISO 8601 instant with a zone'],
    ['asOf=infinity', 'asOf', 'is not an ISO 8601 instant with a zone'],
    ['acknowledged=1', 'acknowledged', 'is not true or false'],
    ['q=', 'q', 'is empty'],
    [`q=${'x'.repeat(201)}`, 'q', 'is longer than 200 characters'],
    ['q=a%00b', 'q', 'control characters'],
    [`check=${Array.from({ length: 51 }, (_, index) => `c${index}`).join(',')}`, 'check', 'has more than 50 values'],
    ['check=', 'check', 'is empty'],
    ['limit=0', 'limit', 'is less than 1'],
    ['limit=10001', 'limit', 'is more than'],
    ['limit=ten', 'limit', 'is not a whole number'],
    ['colour=red', 'colour', 'is not known'],
  ])('refuse %s, and name the field', async (query, field, message) => {
    const refusal = await asked(FindingFilters, query).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Problem);
    const { errors } = (refusal as Problem).more;
    expect(errors).toEqual([{ field, message: expect.stringContaining(message) }]);
  });
});

function textOf({ subject, message, reason, check }: Omit<Finding, 'status'>): string {
  return [subject.name, subject.system ?? '', message, reason, check].join('\n').toLowerCase();
}
