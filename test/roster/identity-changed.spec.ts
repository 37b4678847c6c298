import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const header = 'employee_id,full_name,work_email,other_emails,status,start_date,end_date,docker_username';
const others = Array.from({ length: 20 }, (_, index) => `P${index},P ${index},p${index}@acme.com,,active,,,`);
const jonas = 'E1,Jonas Reuter,jonas@acme.com,,terminated,2020-01-01,2026-10-31,jreuter';
const peter = 'E1,Peter Newman,peter@acme.com,,active,2026-11-02,,';

describe('an employee id that stands for somebody else', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  async function read(day: number, ...lines: string[]): Promise<unknown> {
    const text = [header, ...lines, ...others, `N${day},New ${day},n${day}@acme.com,,active,,,`, ''].join('\n');
    expect(await rosters.read(text, night(day))).toMatchObject({ outcome: 'accepted' });
    return rosters.state('E1', night(day));
  }

  it('is in doubt while it has nothing in common with who had it', async () => {
    expect(await read(2, jonas)).toBe('ended');
    expect(await read(3, peter)).toBe('IDENTITY_CHANGED');
    expect(await read(4, peter)).toBe('IDENTITY_CHANGED');
    expect(await read(5, peter.replace('peter@', 'p.newman@'))).toBe('IDENTITY_CHANGED');
    expect(await read(6, peter.replace('2026-11-02', '2026-13-02'))).toBe('ROSTER_ROW_REFUSED');
    expect(await read(7, peter)).toBe('IDENTITY_CHANGED');
    expect(await read(8, jonas)).toBe('ended');
    expect(await rosters.person('E1')).not.toHaveProperty('identityBefore');
    expect(await read(9, peter)).toBe('IDENTITY_CHANGED');
  });

  it('is not in doubt where somebody who is employed takes another name and address at once', async () => {
    expect(await read(2, 'E1,Jane Doe,jane.doe@acme.com,,active,2020-01-01,,')).toBe('employed');
    expect(await read(3, 'E1,Jane Miller,jane.miller@acme.com,,active,2020-01-01,,')).toBe('employed');
  });

  it.each([
    ['another case', 'E1,JONAS REUTER,new@acme.com,,active,2020-01-01,,'],
    ['the name alone', 'E1,Jonas Roe,jonas@acme.com,,active,2020-01-01,,'],
    ['the old address kept', 'E1,Jonas Roe,roe@acme.com,jonas@acme.com,active,2020-01-01,,'],
    ['the username kept', 'E1,Jonas Roe,roe@acme.com,,active,2020-01-01,,JReuter'],
    ['no name', 'E1,,new@acme.com,,active,2020-01-01,,'],
  ])('is not meant by a change to %s', async (_, line) => {
    await read(2, jonas);
    expect(await read(3, line)).toBe('employed');
  });

  it('is recognized after HR blanked the leaver, while the id was gone, and without any key', async () => {
    await read(2, jonas);
    expect(await read(3, 'E1,Jonas Reuter,,,terminated,2020-01-01,2026-10-31,')).toBe('ended');
    expect(await read(4)).toBe('ended');
    expect(await read(5, 'E1,Peter Newman,,,active,2026-11-02,,')).toBe('IDENTITY_CHANGED');
    expect(await read(6, peter)).toBe('IDENTITY_CHANGED');
  });

  it('is not meant by a leaver whose name and keys HR erased', async () => {
    await read(2, jonas);
    expect(await read(3, 'E1,Anonymous,,,terminated,2020-01-01,2026-10-31,')).toBe('ended');
  });

  it('is recognized where the newcomer has a row under an earlier id too', async () => {
    await read(2, jonas);
    await read(
      3,
      'E1,Peter Newman,peter@acme.com,,terminated,2010-01-01,2012-12-31,',
      'E9,Peter Newman,peter@acme.com,,active,2026-11-02,,',
    );
    expect(await rosters.state('E1', night(3))).toBe('IDENTITY_CHANGED');
    expect(await rosters.state('E9', night(3))).toBe('employed');
  });

  it('has left when the roster lacks it for good, and is in doubt again when it comes back', async () => {
    await read(2, jonas);
    await read(3, peter);
    expect(await read(4)).toBe('LEFT_ROSTER');
    expect(await read(5)).toBe('ended');
    expect(await read(6, peter)).toBe('IDENTITY_CHANGED');
  });
});

describe('a row that cannot be read', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('keeps its keys, and those that its person had', async () => {
    const text = (line: string): string => [header, line, ...others, ''].join('\n');
    await rosters.read(text('E1,Jane Doe,jane@acme.com,,active,2020-01-01,,jane'), night(2));
    await rosters.read(text('E1,Doe, Jane,jane@acme.com,shared@acme.com,active,2020-01-01,,jane'), night(3));
    expect(await rosters.person('E1')).toMatchObject({ workEmail: 'jane@acme.com', otherEmails: ['shared@acme.com'] });
    await rosters.read(text('E1,Jane Doe,new@acme.com,,active,2020-13-01,,jdoe'), night(4));
    expect(await rosters.person('E1')).toMatchObject({
      fullName: 'Jane Doe',
      workEmail: 'jane@acme.com',
      otherEmails: ['new@acme.com', 'shared@acme.com'],
      dockerUsername: 'jane',
      otherUsernames: ['jdoe'],
    });
    await rosters.read(text('E1,Jane Doe,jane@acme.com,,active,2020-01-01,,jane'), night(5));
    expect(await rosters.person('E1')).toMatchObject({ otherEmails: [] });
  });
});
