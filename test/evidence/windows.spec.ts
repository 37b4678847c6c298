import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapsSql } from '../../src/evidence/monitoring.query.js';
import { type EvidenceWindow, unwatched } from '../../src/evidence/window.query.js';
import { Exceptions } from '../../src/findings/exceptions/exceptions.js';
import { CompanyNights, night } from '../support/company-nights.js';
import { type EvidenceFiles, evidenceOf } from '../support/evidence-archive.js';

const ofLabs = [/ {2}- name: acme-labs\n {4}hub: .*\n/, / {2}- name: Research images\n(?: {4}.*\n)+/];

let nights: CompanyNights;
let policy = '';
/** All of it, and what was asked for after all of it had happened: the first four nights, the fourth alone, the last two. */
let whole: EvidenceFiles;
let first: EvidenceFiles;
let fourth: EvidenceFiles;
let last: EvidenceFiles;

/** From the morning of one night to the morning after another. */
function evidence(from: number, to: number): Promise<EvidenceFiles> {
  return evidenceOf(nights.company.database.dataSource, night(from, -2), night(to, 22));
}

beforeAll(async () => {
  nights = await CompanyNights.start();
  // Leaves at the end of the first day, and is removed before: nobody ever has to ask for it.
  await nights.judge(0, { 'E-1008': { end_date: '2026-11-21' } });
  nights.change({ op: 'remove member', username: 'miraholt' }, night(0, 10));
  const scim = nights.company.hub.world.organizations[0]?.scim?.users.find((one) => one.displayName === 'miraholt');
  nights.change({ op: 'set scim active', userName: scim?.userName ?? '', active: false }, night(0, 10));
  const { ...dpetrov } = nights.member('dpetrov');
  nights.change({ op: 'remove member', username: 'dpetrov' }, night(0, 5));
  await nights.judge(1);
  await nights.judge(2);
  const exception = await nights.except('owner-approved', 'cbenedetti', 'until the new head starts', night(2, 1));
  await nights.judge(3, {}, (text) => {
    policy = text;
    return `${ofLabs.reduce((left, part) => left.replace(part, ''), text)}checks: { owner-count: { max: 9 } }\n`;
  });
  nights.change({ op: 'add member', member: dpetrov }, night(3, 5));
  const { dataSource } = nights.company.database;
  const by = { name: 'security', tokenId: randomUUID(), role: 'admin' as const };
  await new Exceptions(dataSource, () => Promise.resolve(night(3, 23))).revoke(exception, 'no longer needed', by);
  await nights.judge(4);
  await nights.judge(5, {}, () => policy);
  await nights.company.night(night(5));
  whole = await evidence(0, 5);
  first = await evidence(0, 3);
  fourth = await evidence(3, 3);
  last = await evidence(4, 5);
});
afterAll(() => nights.stop());

const removal = (files: EvidenceFiles): Record<string, unknown> | undefined =>
  files
    .table('findings')
    .find((one) => one['check'] === 'offboarded-access-removed' && one['subjectName'] === 'dpetrov');

describe('what happened after the window', () => {
  it('does not open what was resolved in it', () => {
    expect(removal(first)).toMatchObject({ state: 'resolved', resolvedAt: night(2) });
    expect(JSON.stringify(removal(first)?.['history'])).not.toContain('reopened');
    expect(removal(whole)).toMatchObject({ state: 'open', resolvedAt: null });
    expect(removal(last)).toMatchObject({ state: 'open', resolvedAt: null });
  });

  it('does not bring into it what was resolved before and came back after', () => {
    expect(removal(fourth)).toBeUndefined();
  });

  it('does not end an exception that stood at its end', () => {
    const [then] = first.table('exceptions');
    expect(then).toMatchObject({ state: 'approved', decidedBy: 'security', endedAt: null, endedBecause: null });
    expect(whole.table('exceptions')).toMatchObject([{ state: 'revoked', endedBy: 'security', endedAt: night(3, 23) }]);
    const excepted = (files: EvidenceFiles): unknown =>
      files.table('findings').find((one) => one['check'] === 'owner-approved')?.['state'];
    expect([excepted(first), excepted(whole)]).toEqual(['excepted', 'open']);
  });
});

describe('an organization that is not watched all the time', () => {
  const count = (files: EvidenceFiles, what: string): number =>
    files.table('population-changes').filter((one) => one['what'] === what).length;

  it.each([
    ['all of it', () => whole],
    ['until it was gone', () => first],
    ['while it was gone', () => fourth],
    ['when it came', () => last],
  ])('leaves nobody out of the sum: %s', (_, files) => {
    const came = count(files(), 'joined') + count(files(), 'first watched');
    const went = count(files(), 'left') + count(files(), 'no longer watched');
    expect(files().table('population-start').length + came).toBe(files().table('population-end').length + went);
  });

  it('is told apart from people who come and go, with when it went and came', () => {
    expect(count(first, 'no longer watched')).toBeGreaterThan(0);
    expect(first.table('population-changes')).toContainEqual(
      expect.objectContaining({
        organization: 'acme-labs',
        what: 'no longer watched',
        notBefore: night(2),
        seenAt: night(3),
      }),
    );
    expect(last.table('population-changes')).toContainEqual(
      expect.objectContaining({ organization: 'acme-labs', what: 'first watched', notBefore: null, seenAt: night(5) }),
    );
    expect(last.table('population-changes').filter((one) => one['organization'] === 'acme-labs')).toHaveLength(
      count(last, 'first watched'),
    );
  });

  it('is a gap, and its records are there all the same', () => {
    const gap = { what: 'not watched', organization: 'acme-labs', from: night(3), hours: 24 };
    expect(whole.table('gaps')).toContainEqual(expect.objectContaining(gap));
    for (const files of [first, last]) {
      expect(files.lines('raw/records').filter((one) => one['organization'] === 'acme-labs')).not.toEqual([]);
    }
  });
});

describe('who left', () => {
  it('is there also where the access was gone before anybody had to ask', () => {
    expect(whole.table('findings').filter((one) => one['subjectName'] === 'miraholt')).toEqual([]);
    expect(whole.table('leavers')).toContainEqual(
      expect.objectContaining({ name: 'miraholt', person: 'E-1008', hours: 0, late: false }),
    );
  });

  it('is counted from leaving to the end of the access, and late by the policy', () => {
    expect(first.table('leavers')).toContainEqual(
      expect.objectContaining({ name: 'dpetrov', removedAt: night(0, 5), hours: 104, late: true }),
    );
    expect(first.table('leavers')).toContainEqual(
      expect.objectContaining({ name: 'jonasreuter', firstAbsentAt: null, hours: null, late: true }),
    );
    expect(first.text('leavers.csv')).not.toContain('Holt');
  });
});

it('has what the last evaluation itself wrote into the trail', () => {
  expect(first.lines('trail')).toContainEqual(expect.objectContaining({ action: 'policy.changed' }));
  expect(first.text('policy.json')).toContain('"max": 9');
});

it('ends with the later one of two evaluations at one instant, and has both', () => {
  const evaluations = last.lines('evaluations').filter((one) => one['at'] === night(5));
  expect(evaluations).toHaveLength(2);
  const manifest: { about: { end: { number: string } } } = JSON.parse(last.text('manifest.json'));
  expect(manifest.about.end.number).toBe(evaluations[1]?.['number']);
});

it('rests on rosters and people that are in it', () => {
  const rosters = new Set(last.lines('raw/rosters').map((one) => one['id']));
  const people = last.lines('raw/employment');
  for (const one of people) expect(rosters).toContain(one['firstRoster']);
  // Whom the policy names as an owner, whether or not they have an account.
  expect(people.map((one) => one['person'])).toEqual(expect.arrayContaining(['E-1001', 'E-1018', 'E-1038']));
});

describe('a time in which nobody looked', () => {
  const window = (from: string, to: string): EvidenceWindow => ({
    asked: { from: night(-20), to: night(30) },
    from,
    to,
    cut: true,
    start: { number: '1', id: '', at: from },
    end: { number: '1', id: '', at: to },
  });

  it('reaches from the record to the end of what was asked for, as far as that has passed', () => {
    expect(unwatched(window(night(0), night(5)), night(9))).toEqual({ since: night(-20), until: night(9) });
    expect(unwatched(window(night(0), night(5)), night(90))).toEqual({ since: night(-20), until: night(30) });
    expect(unwatched(window(night(-20), night(5)), night(3))).toEqual({ since: null, until: night(5) });
  });

  it('is a gap at both ends', async () => {
    const parameters = ['1', '1', night(2), [], night(-2)];
    expect(await nights.query(gapsSql, parameters)).toMatchObject([
      { what: 'no evaluation', from: new Date(night(-2)), to: new Date(night(0)), hours: 48 },
      { what: 'no evaluation', from: new Date(night(0)), to: new Date(night(2)), hours: 48 },
    ]);
  });
});
