import type { ScimUserData } from '../reading.js';
import type { Envelope } from './envelope.js';
import { decodeAll } from './envelope.js';
import type { JsonObject } from './fields.js';
import { countOrNull, flagOrNull, objectOf, row, text, textKey, textOrNull } from './fields.js';

/**
 * Docker wrote `resources` until mid-2026 and writes `Resources` since; an empty list may leave it out. A body without a total
 * could not be shown to be whole, so it is no page.
 */
export function scimUsers(body: unknown): Envelope | undefined {
  const page = objectOf(body);
  if (!page) return undefined;
  const reported = countOrNull(page, 'totalResults');
  if (typeof reported !== 'number') return undefined;
  const items = page['Resources'] ?? page['resources'] ?? (reported === 0 ? [] : undefined);
  if (!Array.isArray(items)) return undefined;
  const startIndex = countOrNull(page, 'startIndex');
  return {
    rows: decodeAll(items, (item) =>
      row(textKey(item, 'id'), {
        userName: text(item, 'userName'),
        displayName: textOrNull(item, 'displayName'),
        active: flagOrNull(item, 'active'),
        emails: emails(item),
      } satisfies ScimUserData),
    ),
    received: items.length,
    reported,
    next: null,
    ...(typeof startIndex === 'number' ? { startIndex } : {}),
  };
}

/** Their `value`s; one that cannot be read spoils the list. */
function emails(item: JsonObject): readonly string[] | null | undefined {
  const value = item['emails'];
  if (value === null) return null;
  if (!Array.isArray(value)) return undefined;
  const found = value.map((one) => text(objectOf(one) ?? {}, 'value'));
  return found.every((one) => one !== undefined) ? found : undefined;
}
