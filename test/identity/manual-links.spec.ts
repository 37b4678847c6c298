import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../src/config/configuration.js';
import { LinkDecisions, type LinkDecision, type WantedLink } from '../../src/identity/link-decisions.js';
import type { TestDatabase } from '../support/database.js';
import { left, Nights, policy, serviceAccounts } from './nights.js';

let database: TestDatabase;
let nights: Nights;
let organization: string;
let count = 0;

const people = {
  'E-1': { fullName: 'Jane Doe', workEmail: 'jane@acme.com', dockerUsername: 'jane-at-home' },
  'E-2': { fullName: 'Joe Roe', workEmail: 'joe@acme.com' },
};

beforeAll(async () => {
  database = await Nights.openDatabase();
});
beforeEach(async () => {
  await database.dataSource.query('truncate person, roster cascade');
  count += 1;
  organization = `acme-${count}`;
  nights = await Nights.begin(database, organization);
  await nights.employ(people);
  await nights.observe(
    { u1: { username: 'jdoe', email: 'jane@acme.com' }, u2: { username: 'stranger', email: 'x@gmail.com' } },
    { i1: 'new@acme.com', i2: 'docker-id' },
  );
  await nights.match();
});
afterAll(() => database.drop());

function tie(wanted: Partial<WantedLink>, config: Partial<IdentityConfig> = {}): Promise<LinkDecision> {
  return new LinkDecisions(nights.db).tie(
    { organization, kind: 'account', account: 'stranger', person: 'E-2', reason: 'asked him', ...wanted },
    'ops',
    { ...policy, ...config },
  );
}

async function linkOf(subject: string): Promise<string> {
  const [row]: { id: string }[] = await nights.db.query(
    'select id from link where organization_id = $1 and subject_key = $2 and ended_at is null',
    [nights.organization, subject],
  );
  return row?.id ?? '';
}

async function takeBack(subject: string, config: Partial<IdentityConfig> = {}): Promise<LinkDecision> {
  return new LinkDecisions(nights.db).takeBack(await linkOf(subject), 'not hers', 'ops', { ...policy, ...config });
}

describe('a link made by hand', () => {
  it('ties an account that matched nobody, with who made it and why', async () => {
    const decision = await tie({});
    expect(decision).toMatchObject({
      outcome: 'linked',
      link: {
        subject_key: 'u2',
        employee_id: 'E-2',
        source: 'manual',
        evidence: { username: 'stranger', email: 'x@gmail.com', keys: [], by: 'ops', reason: 'asked him' },
      },
    });
    expect(await nights.links()).toEqual({ u1: 'E-1', u2: 'E-2' });
    expect(await nights.nobodys()).toEqual({ i1: [], i2: [] });
  });

  it.each<Partial<WantedLink>>([
    { account: 'u2' },
    { account: 'Stranger' },
    { kind: 'invite', account: 'i1' },
    { kind: 'invite', account: 'NEW@acme.com' },
    { kind: 'invite', account: 'Docker-ID' },
  ])('finds %j', async (wanted) => {
    expect(await tie(wanted)).toMatchObject({ outcome: 'linked', link: { subject_kind: wanted.kind ?? 'account' } });
  });

  it('is kept over later nights, whatever becomes of account and person', async () => {
    await tie({});
    await nights.observe({ u2: { username: 'renamed', email: 'jane@acme.com' } });
    expect(await nights.match()).toMatchObject({ kept: 1, linked: 0, ended: 0 });
    await nights.employ({ 'E-2': { ...people['E-2'], ...left } });
    await nights.observe({ u2: {} });
    expect(await nights.match()).toMatchObject({ kept: 1, ended: 0 });
    expect((await nights.links())['u2']).toBe('E-2');
  });

  it('ends the link to somebody else, which matching does not make again', async () => {
    expect(await tie({ account: 'jdoe' })).toMatchObject({ outcome: 'linked' });
    await nights.match();
    expect(await nights.history('u1')).toEqual([
      { person: 'E-1', source: 'work-email', because: 'TAKEN_BACK' },
      { person: 'E-2', source: 'manual', because: null },
    ]);
    await takeBack('u1');
    expect(await nights.match()).toMatchObject({ linked: 0 });
    expect(await nights.links()).toEqual({});
  });

  it('to whom it is linked already changes nothing', async () => {
    expect(await tie({ account: 'jdoe', person: 'E-1' })).toMatchObject({
      outcome: 'stands already',
      link: { source: 'work-email' },
    });
    expect(await nights.history('u1')).toHaveLength(1);
  });

  it('may name a former id of the person', async () => {
    await nights.employ({ 'E-2': { ...people['E-2'], sameAs: 'E-9' }, 'E-9': { aliases: ['E-2'] } });
    expect(await tie({})).toMatchObject({ outcome: 'linked', link: { employee_id: 'E-9' } });
  });

  it('may name somebody who has left: it is how a leaver’s account is found', async () => {
    await nights.employ({ 'E-2': { ...people['E-2'], ...left } });
    expect(await tie({})).toMatchObject({ outcome: 'linked' });
  });

  it.each<[string, Partial<WantedLink>, string]>([
    ['an organization that was never read', { organization: 'nowhere' }, 'organization'],
    ['an account that is not there', { account: 'nobody' }, 'account'],
    ['an invite where an account is meant', { account: 'i1' }, 'account'],
    ['a person whom no roster has', { person: 'E-404' }, 'person'],
  ])('cannot be about %s', async (_, wanted, field) => {
    expect(await tie(wanted)).toMatchObject({ outcome: 'impossible', field });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
  });

  it('needs the id where two accounts show the same name', async () => {
    await nights.observe({ u2: { username: 'stranger' }, u3: { username: 'Stranger' } });
    expect(await tie({})).toMatchObject({ outcome: 'impossible', field: 'account' });
    expect(await tie({ account: 'u3' })).toMatchObject({ outcome: 'linked', link: { subject_key: 'u3' } });
  });

  it.each<[string, Partial<IdentityConfig>]>([
    ['links', { links: [{ username: 'Stranger', person: 'E-1' }] }],
    ['serviceAccounts', serviceAccounts('stranger')],
  ])('gives way to hubwarden.yaml (identity.%s)', async (section, config) => {
    const decision = await tie({}, config);
    expect(decision).toMatchObject({ outcome: 'in the way' });
    expect(JSON.stringify(decision)).toContain(`hubwarden.yaml under identity.${section}`);
  });

  it('ends when the file declares somebody else, and does not come back by itself', async () => {
    await tie({});
    await nights.match({ links: [{ username: 'stranger', person: 'E-1' }] });
    expect((await nights.links())['u2']).toBe('E-1');
    await nights.match();
    expect(await nights.history('u2')).toEqual([
      { person: 'E-2', source: 'manual', because: 'DECLARED_OTHERWISE' },
      { person: 'E-1', source: 'declared', because: 'DECLARATION_REMOVED' },
    ]);
  });

  it('is made while a matching is at work only after it', async () => {
    const runner = nights.db.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`select pg_advisory_xact_lock(hashtextextended('identity ' || $1, 0))`, [nights.organization]);
    let done = false;
    const tied = tie({}).then((decision) => {
      done = true;
      return decision;
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(done).toBe(false);
    await runner.commitTransaction();
    await runner.release();
    expect(await tied).toMatchObject({ outcome: 'linked' });
  });
});

describe('a link taken back', () => {
  it('is on record, and its pair is not tied again the next night', async () => {
    expect(await takeBack('u1')).toMatchObject({
      outcome: 'ended',
      link: { ended_because: 'TAKEN_BACK', ended_by: 'ops', ended_reason: 'not hers' },
    });
    expect(await nights.match()).toMatchObject({ linked: 0, ended: 0 });
    expect((await nights.nobodys())['u1']).toEqual([]);
  });

  it.each<[string, { username?: string; email?: string }]>([
    ['a second key', { username: 'jane-at-home', email: 'jane@acme.com' }],
    ['another name', { username: 'renamed', email: 'jane@acme.com' }],
    ['another address of hers', { username: 'jdoe', email: 'jane.doe@acme.com' }],
  ])('is not tied again by %s', async (_, account) => {
    await takeBack('u1');
    await nights.employ({ 'E-1': { ...people['E-1'], otherEmails: ['jane.doe@acme.com'] } });
    await nights.observe({ u1: account });
    expect(await nights.match()).toMatchObject({ linked: 0 });
    expect(await nights.links()).toEqual({});
  });

  it('is not tied again when the account was away for a night', async () => {
    await takeBack('u1');
    await nights.observe({});
    await nights.match();
    await nights.observe({ u1: { username: 'jdoe', email: 'jane@acme.com' } });
    expect(await nights.match()).toMatchObject({ linked: 0 });
  });

  it('is not tied again when the person gets a new id', async () => {
    await takeBack('u1');
    await nights.employ({ 'E-1': { sameAs: 'E-9' }, 'E-9': { ...people['E-1'], aliases: ['E-1'] } });
    expect(await nights.match()).toMatchObject({ linked: 0 });
  });

  it('leaves the account to somebody else who holds a key', async () => {
    await takeBack('u1');
    await nights.employ({ 'E-2': { ...people['E-2'], otherEmails: ['jane@acme.com'] } });
    expect(await nights.match()).toMatchObject({ linked: 1 });
    expect((await nights.links())['u1']).toBe('E-2');
  });

  it('leaves it to nobody who held the key only once', async () => {
    await nights.employ({ 'E-2': { ...people['E-2'], otherEmails: ['jane@acme.com'] } });
    await nights.employ({ 'E-2': people['E-2'] });
    await takeBack('u1');
    expect(await nights.match()).toMatchObject({ linked: 0 });
  });

  it('leaves it ambiguous between all the others', async () => {
    await takeBack('u1');
    const sharers = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`E-5${String(at).padStart(2, '0')}`, { workEmail: 'jane@acme.com' }]),
    );
    await nights.employ(sharers);
    expect(await nights.match()).toMatchObject({ linked: 0, ambiguous: 1 });
    expect((await nights.nobodys())['u1']).not.toContain('E-1');
  });

  it('does not keep the person from other accounts, nor in other organizations', async () => {
    await takeBack('u1');
    await nights.observe({
      u1: { username: 'jdoe', email: 'jane@acme.com' },
      u3: { username: 'jane', email: 'jane@acme.com' },
    });
    expect(await nights.match()).toMatchObject({ linked: 1 });
    expect(await nights.links()).toEqual({ u3: 'E-1' });
    const other = await Nights.begin(database, `${organization}-other`);
    await other.observe({ u1: { username: 'jdoe', email: 'jane@acme.com' } });
    expect(await other.match()).toMatchObject({ linked: 1 });
  });

  it('is not suggested again', async () => {
    await tie({ person: 'E-1' });
    await takeBack('u2');
    await nights.observe({ u2: { username: 'stranger', email: 'x@gmail.com', fullName: 'Jane Doe' } });
    await nights.match();
    const suggested = (): Promise<unknown> =>
      nights.db.query('select suggestions from unmatched where organization_id = $1 and subject_key = $2', [
        nights.organization,
        'u2',
      ]);
    expect(await suggested()).toEqual([{ suggestions: [] }]);
    await nights.db.query('delete from link where subject_key = $1', ['u2']);
    await nights.match();
    expect(JSON.stringify(await suggested())).toContain('E-1');
  });

  it('is tied again by the file, or by hand; the latter ends the rejection', async () => {
    await takeBack('u1');
    await nights.match({ links: [{ username: 'jdoe', person: 'E-1' }] });
    expect((await nights.links())['u1']).toBe('E-1');
    await nights.match();
    expect(await nights.links()).toEqual({});

    await tie({ account: 'jdoe', person: 'E-1' });
    await nights.match(serviceAccounts('jdoe'));
    expect(await nights.links()).toEqual({});
    await nights.match();
    expect(await nights.links()).toEqual({ u1: 'E-1' });
    expect((await nights.history('u1')).at(-1)).toMatchObject({ source: 'work-email' });
  });

  it('cannot be taken back twice, nor where the file says so', async () => {
    const id = await linkOf('u1');
    const declared = { links: [{ username: 'jdoe', person: 'E-1' }] };
    expect(await takeBack('u1', declared)).toMatchObject({ outcome: 'in the way' });
    expect(await nights.links()).toEqual({ u1: 'E-1' });
    await takeBack('u1');
    const again = await new LinkDecisions(nights.db).takeBack(id, 'again', 'ops', policy);
    expect(again).toMatchObject({ outcome: 'in the way' });
    expect(await new LinkDecisions(nights.db).takeBack('999999999', 'x', 'ops', policy)).toEqual({
      outcome: 'unknown',
    });
  });
});
