import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Cursors } from '../../src/http/cursors.js';
import { names, testApp, type TestApp } from './http-app.js';

let rig: TestApp;
beforeAll(async () => {
  rig = await testApp();
});
afterAll(() => rig.close());

const list = (query = '', accept?: string) =>
  rig.app.inject({
    url: `/api/v1/ships${query}`,
    headers: { ...rig.as.auditor, ...(accept === undefined ? {} : { accept }) },
  });

interface Body {
  readonly items: readonly { readonly id: number; readonly name: string | null; readonly flags: readonly string[] }[];
  readonly nextCursor: string | null;
}

test('a list comes in pages that lead on', async () => {
  const first = (await list('?limit=2')).json<Body>();
  const second = (await list(`?limit=2&cursor=${first.nextCursor}`)).json<Body>();
  const third = (await list(`?limit=2&cursor=${second.nextCursor}`)).json<Body>();
  expect([...first.items, ...second.items, ...third.items].map(({ name }) => name)).toEqual(names);
  expect(third.nextCursor).toBeNull();
});

test('a cursor leads on only where it comes from', async () => {
  const { nextCursor } = (await list('?limit=2')).json<Body>();
  const [text = '', signature = ''] = String(nextCursor).split('.');
  const forged = [
    'x',
    '.',
    'null',
    `${text}.`,
    `${Buffer.from('[0]').toString('base64url')}.${signature}`,
    `${text}.${signature.slice(1)}`,
    new Cursors(Buffer.alloc(32, 7)).issue('tokens', {}, ['2026-01-01', 'x']),
    new Cursors(Buffer.alloc(32, 8)).issue('ships', {}, [2]),
    new Cursors(Buffer.alloc(32, 7)).issue('ships', { kind: 'sail' }, [2]),
  ];
  for (const cursor of forged) {
    const answer = await list(`?cursor=${encodeURIComponent(cursor)}`);
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ field: 'cursor' }] });
  }
  expect((await list(`?kind=sail&cursor=${nextCursor}`)).statusCode).toBe(400);
  const ours = new Cursors(Buffer.alloc(32, 7)).issue('ships', { kind: undefined }, [2]);
  expect((await list(`?cursor=${ours}`)).json<Body>().items[0]?.id).toBe(2);
});

test('a list is CSV for whoever prefers it, with every cell harmless', async () => {
  const answer = await list('', 'text/csv');
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': 'attachment; filename="ships.csv"',
    vary: 'Origin, Accept',
  });
  expect(answer.headers['link']).toBeUndefined();
  expect(answer.body.startsWith('id,name,flags,unknown.path\r\n')).toBe(true);
  expect(parse(answer.body)).toEqual([
    ['id', 'name', 'flags', 'unknown.path'],
    ['0', 'Argo', "red; '=10000", ''],
    ['1', '\'=HYPERLINK("http://evil")', "red; '=10000", ''],
    ['2', '', "red; '=10000", ''],
    ['3', 'Zoë, "the" 日本\nfar', "red; '=10000", ''],
    ['4', "'@Beagle", "red; '=10000", ''],
  ]);
});

test('CSV leads on by a link that keeps the query', async () => {
  const rows: string[][] = [];
  for (let query: string | undefined = '?limit=2&kind=sail'; query !== undefined;) {
    const answer = await list(query, 'text/csv');
    rows.push(...parse(answer.body, { from_line: 2 }));
    query = /^<\/api\/v1\/ships(\?limit=2&kind=sail&cursor=[^&>]+)>; rel="next"$/.exec(
      String(answer.headers['link']),
    )?.[1];
  }
  expect(rows.map(([id]) => id)).toEqual(['0', '1', '2', '3', '4']);
});

test.each([
  ['?limit=1000', 'application/json'],
  ['?limit=10000', 'text/csv'],
  ['', 'text/html, */*;q=0.1'],
])('%s as %s is a list', async (query, accept) => {
  expect((await list(query, accept)).statusCode).toBe(200);
});

test.each([
  ['?limit=1001', 'application/json', 422],
  ['?limit=1001', undefined, 422],
  ['?limit=10001', 'text/csv', 422],
  ['?limit=x', 'text/csv', 422],
  ['', 'text/html', 406],
])('%s as %s is refused with %i', async (query, accept, status) => {
  const answer = await list(query, accept);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ status, instance: expect.stringContaining('urn:') });
});
