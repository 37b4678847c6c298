import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../../src/checks/catalog.js';
import type { Fault } from '../../src/demo/faults.js';
import type { Report, ReportResult } from '../../src/findings/report.js';
import type { JudgedCompany } from '../support/company.js';
import { acmeAlone, disturbed, firstNight, type HubListing, matrixCompany, routes } from './matrix-company.js';

interface Field {
  /** As Docker Hub spells it. */
  readonly field: string;
  /** What it could say that somebody would have to hear of. */
  readonly harmful: readonly unknown[];
  /** Null is an answer, "there is none", and not a refusal to answer. */
  readonly nullAnswers?: true;
}

const longAgo = '2020-01-01T00:00:00.000000Z';
const yesterday = firstNight.replace('T02:00:00.000Z', 'T00:00:00.000000Z');
const farAhead = '2036-01-01T00:00:00.000000Z';

/** Every field that a check, the matching or the reading looks at. */
const fields: Readonly<Partial<Record<HubListing, readonly Field[]>>> = {
  members: [
    { field: 'username', harmful: ['dpetrov', 'ci', 'nobody-knows-me'] },
    { field: 'email', harmful: ['someone@elsewhere.example', 'dmitri.petrov@acme.example'] },
    { field: 'role', harmful: ['Owner', 'Editor', 'Nobody Ranked'] },
    { field: 'groups', harmful: [['owners'], ['release']] },
    { field: 'is_guest', harmful: [true] },
    { field: 'date_joined', harmful: [longAgo, farAhead] },
    { field: 'last_seen_at', harmful: [longAgo] },
    { field: 'last_logged_in_at', harmful: [longAgo] },
  ],
  invites: [
    { field: 'invitee', harmful: ['dpetrov', 'stranger@elsewhere.example'] },
    { field: 'inviter_username', harmful: ['dpetrov'] },
    { field: 'team', harmful: ['owners'], nullAnswers: true },
    // Docker Hub documents no role of an invite; `requireRole` of the check is for whoever gets one.
    { field: 'role', harmful: [], nullAnswers: true },
    { field: 'created_at', harmful: [longAgo] },
  ],
  teams: [
    { field: 'name', harmful: ['owners', 'nobody-approved'] },
    { field: 'role', harmful: ['owner', 'editor', 'Nobody Ranked'], nullAnswers: true },
    { field: 'member_count', harmful: [0, 9_999] },
  ],
  repositories: [{ field: 'is_private', harmful: [false] }],
  repository_teams: [
    { field: 'permission', harmful: ['admin', 'write'] },
    { field: 'group_name', harmful: ['owners', 'nobody-approved'] },
  ],
  tokens: [
    { field: 'label', harmful: ['nobody-owns-me'] },
    { field: 'created_by', harmful: ['dpetrov', 'nobody-knows-me'] },
    { field: 'is_active', harmful: [true] },
    { field: 'created_at', harmful: [longAgo] },
    { field: 'expires_at', harmful: [null, farAhead] },
    { field: 'last_used_at', harmful: [longAgo], nullAnswers: true },
    {
      field: 'resources',
      harmful: [[{ type: 'TYPE_REPO', path: 'acme/*', scopes: ['scope-image-push', 'scope-image-pull'] }]],
    },
  ],
  image_access: [
    { field: 'restricted_images.enabled', harmful: [false] },
    { field: 'restricted_images.allow_verified_publishers', harmful: [true] },
    { field: 'restricted_images.allow_official_images', harmful: [true] },
  ],
  registry_access: [
    { field: 'enabled', harmful: [false] },
    {
      field: 'custom_registries',
      harmful: [[{ address: 'registry.elsewhere.example', friendly_name: 'x', allowed: true }]],
    },
    { field: 'standard_registries', harmful: [[{ id: 'Elsewhere', allowed: true }]] },
  ],
  audit_log: [
    { field: 'action', harmful: ['org.member.role.change', 'repo.tag.push'] },
    { field: 'actor', harmful: ['dpetrov', 'nobody-knows-me'] },
    { field: 'timestamp', harmful: [yesterday] },
  ],
  scim_users: [
    { field: 'userName', harmful: ['dmitri.petrov@acme.example'] },
    { field: 'displayName', harmful: ['dpetrov'] },
    { field: 'active', harmful: [true, false] },
    { field: 'emails', harmful: [[{ value: 'dmitri.petrov@acme.example', primary: true }]] },
  ],
};

const counted = { fields: 0, nights: 0 };
afterAll(() => console.log(`Field matrix: ${counted.fields} fields in ${counted.nights} nights.`));

/** Whether data is whole may well be known by another way than the one that says nothing. */
const judgeData = new Set(catalog.filter(({ dataTrust }) => dataTrust === true).map(({ id }) => id));

const nameOf = ({ check, subject }: ReportResult): string =>
  `${check}: ${subject.kind} ${subject.id} ${subject.name}${subject.system === undefined ? '' : ` in ${subject.system}`}`;

function withVerdict(report: Report, verdict: ReportResult['verdict']): Set<string> {
  return new Set(
    report.results
      .filter((one) => one.organization === 'acme' && one.verdict === verdict && !judgeData.has(one.check))
      .map((one) => nameOf(one)),
  );
}

describe.each(Object.entries(fields) as [HubListing, readonly Field[]][])('of the listing %s', (dataset, itsFields) => {
  let company: JudgedCompany;
  let failing: ReadonlySet<string>;
  /** Ids of the findings that are open while nothing is disturbed. */
  let open: readonly string[];
  /** What passes although the field says nothing, by field. */
  const passing = new Map<string, Set<string>>();

  const silences = itsFields.flatMap(
    ({ field, nullAnswers }): { how: string; field: string; fault: Omit<Fault, 'on'> }[] => [
      { how: 'absent', field, fault: { answer: 'undefined field', field } },
      ...(nullAnswers ? [] : [{ how: 'null', field, fault: { answer: 'null field', field } as const }]),
      { how: 'an unknown word', field, fault: { answer: 'unknown word', field } },
    ],
  );
  const harms = itsFields.flatMap(({ field, harmful }) => harmful.map((value) => ({ field, value })));

  beforeAll(async () => {
    company = await matrixCompany(acmeAlone);
    failing = withVerdict(await disturbed(company, []), 'fail');
    open = await openFindings();
    counted.fields += itsFields.length;
  });
  afterAll(() => company.stop());

  async function openFindings(): Promise<string[]> {
    const rows: { id: string }[] = await company.database.dataSource.query(
      'select id from finding where resolved_at is null order by id',
    );
    return rows.map(({ id }) => id);
  }

  it.each(silences)('$field that is $how makes no failure pass and closes nothing', async ({ how, field, fault }) => {
    const report = await disturbed(company, [{ on: routes[dataset], ...fault }]);
    counted.nights += 1;
    const passes = withVerdict(report, 'pass');
    passing.set(field, new Set([...(passing.get(field) ?? []), ...passes]));
    expect(
      [...passes].filter((one) => failing.has(one)),
      how,
    ).toEqual([]);
    const still = new Set(await openFindings());
    expect(open.filter((id) => !still.has(id))).toEqual([]);
  });

  // Only now: what these nights find out about people stays.
  it.each(harms)('$field, had it said $value, would fail nobody whom silence passes', async ({ field, value }) => {
    const report = await disturbed(company, [{ on: routes[dataset], answer: 'unknown word', field, value }]);
    counted.nights += 1;
    const silent = passing.get(field) ?? new Set();
    expect([...withVerdict(report, 'fail')].filter((one) => silent.has(one))).toEqual([]);
  });
});
