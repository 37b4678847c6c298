import type { RosterConfig } from '../config/configuration.js';
import type { RosterSource } from './roster-format.js';
import { bamboohrSource } from './sources/bamboohr.source.js';
import { csvSource } from './sources/csv.source.js';
import { jsonSource } from './sources/json.source.js';

/** Every format that a roster may come in. */
const sources: readonly RosterSource[] = [csvSource, jsonSource, bamboohrSource];

export function sourceOf(format: RosterConfig['format']): RosterSource {
  const source = sources.find((candidate) => candidate.id === format);
  if (source === undefined) throw new Error(`no roster source reads the format ${format}`);
  return source;
}
