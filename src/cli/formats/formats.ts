import { csvFormat } from './csv.format.js';
import type { Format, FormatId } from './format.js';
import { jsonFormat } from './json.format.js';
import { junitFormat } from './junit.format.js';
import { sarifFormat } from './sarif.format.js';
import { tableFormat } from './table.format.js';

/** Every format that a report can be written in. */
export const formats: readonly Format[] = [tableFormat, jsonFormat, csvFormat, junitFormat, sarifFormat];

export function formatOf(id: FormatId): Format {
  const format = formats.find((candidate) => candidate.id === id);
  if (!format) throw new Error(`no format ${id}`);
  return format;
}
