import { describe, expect, it } from 'vitest';
import { peopleOf } from '../../../test/roster/roster-config.js';
import { RosterText } from '../roster-text.js';
import { jsonSource } from './json.source.js';

const knows = (heading: string): boolean => /^employee_?id$/i.test(heading);

async function recordsOf(text: string): Promise<unknown> {
  const opened = await RosterText.of(Buffer.from(text));
  if (!(opened instanceof RosterText)) throw new Error(opened.message);
  const raw = await jsonSource.open(opened, knows);
  if (!('records' in raw)) return raw.map(({ line, message }) => [line, message]);
  const records: unknown[] = [];
  for await (const some of raw.records()) {
    records.push(...some.map((record) => ('cells' in record ? record.cells : record)));
  }
  return { headings: raw.headings, records };
}

describe('a JSON roster', () => {
  it('has a column for every key of any record, and tells what a record lacks from what is null', async () => {
    expect(await recordsOf('[{"employeeId":"E1","x":null},{"y":true,"employeeId":7}]')).toEqual({
      headings: ['employeeId', 'x', 'y'],
      records: [
        ['E1', null, undefined],
        ['7', undefined, 'true'],
      ],
    });
  });

  it('may spell a key in two ways, but in one record only a key that means nothing', async () => {
    expect(await recordsOf('[{"employeeId":"E1","fooBar":"1"},{"employee_id":"E2","foo_bar":"2"}]')).toEqual({
      headings: ['employeeId', 'fooBar', 'foo_bar'],
      records: [
        ['E1', '1', undefined],
        ['E2', undefined, '2'],
      ],
    });
    expect(await recordsOf('[{"fooBar":"1","foo_bar":"2"},\n{"employee_id":"E2","employeeId":"E3"}]')).toEqual([
      [2, 'the keys “employee_id” and “employeeId” of one object mean the same; expected every key once.'],
    ]);
    const text =
      '[{"employeeId":"E1","workEmail":"a@b.de","status":"active"},{"employee_id":"E2","work_email":"b@b.de","status":"active"}]';
    expect((await peopleOf(text, { format: 'json' })).map(({ data }) => data.workEmail)).toEqual(['a@b.de', 'b@b.de']);
  });

  it('says on which line it is none', async () => {
    expect(await recordsOf('[{"ü":1},\n{"a" 1}]')).toEqual([[2, 'expected “:” after a key.']]);
  });
});
