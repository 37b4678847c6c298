import { describe, expect, it } from 'vitest';
import { RosterText } from '../roster-text.js';
import { csvSource } from './csv.source.js';

const knows = (heading: string): boolean => ['employee_id', 'work_email', 'status'].includes(heading);

async function recordsOf(text: string): Promise<unknown> {
  const opened = await RosterText.of(Buffer.from(text));
  if (!(opened instanceof RosterText)) throw new Error(opened.message);
  const raw = await csvSource.open(opened, knows);
  if (!('records' in raw)) return raw.map(({ line, message }) => [line, message]);
  const records: unknown[] = [];
  for await (const some of raw.records()) {
    for (const record of some) {
      records.push('cells' in record ? [record.line, ...record.cells] : record.unreadable.line);
    }
  }
  return { headings: raw.headings, line: raw.headingsLine, records };
}

const headings = ['employee_id', 'work_email', 'status'];

describe('a CSV roster', () => {
  it.each([',', ';', '\t'])('may have %j between its cells', async (mark) => {
    const text = [headings, ['E1', 'a@b.de', 'active']].map((cells) => cells.join(mark)).join('\r\n');
    expect(await recordsOf(text)).toEqual({ headings, line: 1, records: [[2, 'E1', 'a@b.de', 'active']] });
  });

  it('counts lines as an editor does, also below a cell with line breaks and blank lines', async () => {
    expect(await recordsOf(`${headings.join(',')}\nE1,"a\nb",x\n\nE2,c,y\n`)).toEqual({
      headings,
      line: 1,
      records: [
        [2, 'E1', 'a\nb', 'x'],
        [5, 'E2', 'c', 'y'],
      ],
    });
  });

  it('passes on a row of another width as it is', async () => {
    expect(await recordsOf(`${headings.join(',')}\nE1,a\nE2,b,x,y\n`)).toMatchObject({
      records: [
        [2, 'E1', 'a'],
        [3, 'E2', 'b', 'x', 'y'],
      ],
    });
  });

  it('ends where a quotation mark never closes, or closes around whole rows', async () => {
    expect(await recordsOf(`${headings.join(',')}\nE1,a,x\nE2,"b,y\n`)).toMatchObject({
      records: [[2, 'E1', 'a', 'x'], 3],
    });
    expect(await recordsOf(`${headings.join(',')}\nE1,"a,x\nE2,b",y\n`)).toMatchObject({ records: [2] });
  });
});
