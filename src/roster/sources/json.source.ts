import { lineAt } from '../decode.js';
import { JsonMistake, JsonRecords } from '../json-records.js';
import type { RosterSource } from '../roster-format.js';
import { mistakeAt } from '../roster-source.js';

/** A JSON array of objects with the canonical names, or the same in camelCase, as keys. */
export const jsonSource: RosterSource = {
  id: 'json',
  currentStaffOnly: false,
  mediaTypes: 'application/json',
  understands: {},
  async open(text, knows) {
    const bytes = await text.whole();
    const json = bytes.toString('utf8');
    try {
      const list = new JsonRecords(json, (scanner) => scanner.startOfRoot('[', 'an array of people'), knows);
      return { headings: list.keys, headingsLine: null, records: () => list.records() };
    } catch (error) {
      if (!(error instanceof JsonMistake)) throw error;
      return [mistakeAt(lineAt(bytes, Buffer.byteLength(json.slice(0, error.at))), error.message)];
    }
  },
};
