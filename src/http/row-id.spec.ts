import { describe, expect, it } from 'vitest';
import { isRowId, requireRowId, rowId } from './row-id.js';

describe('the id of a row', () => {
  it.each(['1', '90', '999999999999999999'])('may be %s', (text) => {
    expect(isRowId(text)).toBe(true);
    expect(() => requireRowId(text, 'link')).not.toThrow();
  });

  it.each(['', '0', '007', '-1', '1.5', '1e3', ' 1', '1\n', '1 or 1=1', '٣', '1000000000000000000'])(
    'cannot be “%s”, which is answered as an id that nothing has',
    (text) => {
      expect(isRowId(text)).toBe(false);
      expect(() => requireRowId(text, 'link')).toThrow(
        expect.objectContaining({ status: 404, message: 'There is no link of this id.' }),
      );
    },
  );

  it('is described as it is taken', () => {
    expect(rowId('The id of a link.')).toEqual({
      name: 'id',
      schema: { type: 'string', pattern: '^[1-9]\\d{0,17}$' },
      description: 'The id of a link.',
    });
  });
});
