import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rosters, company, header } from './rosters.js';

const night = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`;
const blurred = (count: number, blur = count): string =>
  company(count, (number, line) => (number <= blur ? line.replace(',active,', ',,') : line));

describe('the guard against rosters that lost people is not got round', () => {
  let rosters: Rosters;
  beforeEach(async () => {
    rosters = await Rosters.open();
  });
  afterEach(() => rosters.close());

  it('by lines joined into one row that names everybody', async () => {
    await rosters.read(company(53), night(1));
    const [head, first, ...others] = company(53).trimEnd().split('\n');
    const joined = `${head}\n${first}\n${others.join(',')}\n`;
    expect(await rosters.read(joined, night(2))).toMatchObject({ outcome: 'quarantined', lost: 51, employed: 53 });
  });

  it('by pairs of lines joined where rows are short', async () => {
    const short = (count: number, join: number): string => {
      const lines = Array.from({ length: count }, (_, index) => `p${index}@acme.com,E${index}`);
      const pairs = Array.from({ length: join }, (_, pair) => lines.slice(2 * pair, 2 * pair + 2).join(','));
      return ['work_email,employee_id', ...pairs, ...lines.slice(2 * join)].join('\n') + '\n';
    };
    const config = { currentStaffOnly: true };
    await rosters.read(short(100, 0), night(1), config);
    expect(await rosters.read(short(100, 1), night(2), config)).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.state('E0', night(2))).toBe('ended');
    expect(await rosters.query('select lost from roster order by id')).toEqual([{ lost: 0 }, { lost: 2 }]);
  });

  it('by a row of nobody that lists the addresses of many', async () => {
    const wide = header.replace('work_email', 'work_email,other_emails');
    const all = Array.from({ length: 12 }, (_, index) => `p${index + 1}@acme.com`);
    const lines = all.map((email, index) => `E${index + 1},P ${index + 1},${email},,active,,`);
    await rosters.read([wide, ...lines, ''].join('\n'), night(1));
    const text = [wide, ...lines.slice(0, 5), `,Nobody,n@acme.com,${all.join(';')},active,,`, ''].join('\n');
    expect(await rosters.read(text, night(2))).toMatchObject({ outcome: 'quarantined', lost: 7 });
  });

  it('by leaving every status blank', async () => {
    await rosters.read(company(20), night(1));
    expect(await rosters.read(blurred(20, 5), night(2))).toMatchObject({ outcome: 'accepted' });
    expect(await rosters.read(blurred(20), night(3))).toMatchObject({ outcome: 'quarantined', lost: 15, employed: 20 });
    expect(await rosters.state('E20', night(3))).toBe('employed');
  });

  it('by a roster that follows one in which everybody was in doubt', async () => {
    await rosters.read(company(20), night(1));
    await rosters.read(blurred(20), night(2));
    await rosters.decisions.accept('2', 'a mistake', 'jane', night(2));
    expect(await rosters.state('E1', night(2))).toBe('HR_STATUS_UNKNOWN');
    const quarantined = { outcome: 'quarantined', lost: 18, employed: 20 };
    expect(await rosters.read(company(2), night(3))).toMatchObject(quarantined);
    expect(await rosters.import(night(4))).toMatchObject(quarantined);
    expect(await rosters.read(company(20), night(5))).toMatchObject({ outcome: 'accepted', employed: 20 });
  });

  it('and does not stop a roster that leaves in doubt who was in doubt, or dates an offer', async () => {
    const offers = (start: string): string =>
      company(20, (number, line) => (number <= 8 ? line.replace('active,2020-01-01', `pending,${start}`) : line));
    await rosters.read(offers(''), night(1));
    expect(await rosters.read(offers('2027-01-01'), night(2))).toMatchObject({ outcome: 'accepted' });
    await rosters.read(blurred(20), night(3));
    await rosters.decisions.accept('3', 'our system has no status', 'jane', night(3));
    expect(await rosters.read(blurred(21), night(4))).toMatchObject({ outcome: 'accepted' });
  });
});
