import type { Row, TokenData } from '../reading.js';
import type { Envelope } from './envelope.js';
import { linkedPage, single } from './envelope.js';
import type { JsonObject } from './fields.js';
import { flagOrNull, objectOf, row, text, textKey, textOrNull, textsOrNull } from './fields.js';

export function tokens(body: unknown): Envelope | undefined {
  return linkedPage(body, token);
}

/** The token's own page, the only place that names what it may do. */
export function tokenDetails(body: unknown): Envelope | undefined {
  const item = objectOf(body);
  return item && ('id' in item || 'resources' in item) ? single(token(item)) : undefined;
}

function token(item: JsonObject): Row {
  return row(textKey(item, 'id'), {
    label: text(item, 'label'),
    createdBy: textOrNull(item, 'created_by'),
    isActive: flagOrNull(item, 'is_active'),
    createdAt: textOrNull(item, 'created_at'),
    expiresAt: textOrNull(item, 'expires_at'),
    lastUsedAt: textOrNull(item, 'last_used_at'),
    resources: resources(item['resources']),
  } satisfies TokenData);
}

/** A resource or a scope that cannot be read spoils the list: the token may do more than the rest of it says. */
function resources(value: unknown): TokenData['resources'] {
  if (!Array.isArray(value)) return undefined;
  const found = value.map(objectOf);
  if (found.includes(undefined)) return undefined;
  return found.map((item = {}) => {
    const [type, path, scopes] = [text(item, 'type'), text(item, 'path'), textsOrNull(item, 'scopes')];
    return {
      ...(type === undefined ? {} : { type }),
      ...(path === undefined ? {} : { path }),
      ...(scopes ? { scopes } : {}),
    };
  });
}
