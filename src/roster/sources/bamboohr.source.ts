import { lineAt } from '../decode.js';
import { JsonMistake, JsonRecords } from '../json-records.js';
import type { RosterSource } from '../roster-format.js';
import { mistakeAt } from '../roster-source.js';

/**
 * The answer of `GET …/v1/employees/directory`: `{ "fields": […], "employees": [{ "id": …, "displayName": … }] }`. It
 * holds who works there now, without dates and without a status.
 */
export const bamboohrSource: RosterSource = {
  id: 'bamboohr',
  currentStaffOnly: true,
  mediaTypes: 'application/json',
  understands: { id: 'employee_id' },
  async open(text, knows) {
    const bytes = await text.whole();
    const json = bytes.toString('utf8');
    try {
      const list = new JsonRecords(
        json,
        (scanner) => {
          const at = scanner.startOfRoot('{', 'the employees directory of BambooHR');
          return scanner.valueOf(at, 'employees');
        },
        knows,
      );
      return { headings: list.keys, headingsLine: null, records: () => list.records() };
    } catch (error) {
      if (!(error instanceof JsonMistake)) throw error;
      return [mistakeAt(lineAt(bytes, Buffer.byteLength(json.slice(0, error.at))), error.message)];
    }
  },
};
