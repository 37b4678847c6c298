import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csvLines } from '../http/csv.js';

export type Row = Readonly<{ [column: string]: unknown }>;

const rowsAtOnce = 500;

/** One JSON object a line, `<name>.jsonl`, however many there are; answers how many that was. */
export async function writeLines(
  folder: string,
  name: string,
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  const file = await create(folder, `${name}.jsonl`);
  let count = 0;
  try {
    for await (const piece of inPieces(rows)) {
      await file.writeFile(piece.map((row) => `${JSON.stringify(row)}\n`).join(''));
      count += piece.length;
    }
  } finally {
    await file.close();
  }
  return count;
}

/** The same rows as a JSON list and as CSV that no spreadsheet takes for formulas; the columns are those of the CSV. */
export async function writeTable(
  folder: string,
  name: string,
  columns: readonly string[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): Promise<number> {
  const json = await create(folder, `${name}.json`);
  const csv = await create(folder, `${name}.csv`);
  let count = 0;
  try {
    await csv.writeFile([...csvLines([columns])].join(''));
    await json.writeFile('[');
    for await (const piece of inPieces(rows)) {
      await json.writeFile(
        piece.map((row, place) => `${count + place === 0 ? '' : ','}\n${JSON.stringify(row)}`).join(''),
      );
      await csv.writeFile([...csvLines(piece.map((row) => columns.map((column) => cellOf(row[column]))))].join(''));
      count += piece.length;
    }
    await json.writeFile('\n]\n');
  } finally {
    await json.close();
    await csv.close();
  }
  return count;
}

export async function writeText(folder: string, name: string, text: string): Promise<void> {
  const file = await create(folder, name);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

export async function writeJson(folder: string, name: string, value: unknown): Promise<void> {
  await writeText(folder, name, `${JSON.stringify(value, null, 2)}\n`);
}

async function create(folder: string, name: string): Promise<FileHandle> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'wx', 0o600);
}

async function* inPieces(rows: AsyncIterable<Row> | Iterable<Row>): AsyncIterable<Row[]> {
  let piece: Row[] = [];
  for await (const row of rows) {
    piece.push(row);
    if (piece.length < rowsAtOnce) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
