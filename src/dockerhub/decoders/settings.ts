import type { ImageAccessData, RegistryAccessData } from '../reading.js';
import type { Envelope } from './envelope.js';
import { single } from './envelope.js';
import type { JsonObject } from './fields.js';
import { flagOrNull, objectOf, row, text } from './fields.js';

/** The key of the one row that a listing of settings has. */
const only = 'settings';

export function imageAccess(body: unknown): Envelope | undefined {
  const settings = objectOf(body);
  if (!settings || !('restricted_images' in settings)) return undefined;
  const restricted = objectOf(settings['restricted_images']) ?? {};
  return single(
    row(only, {
      enabled: flagOrNull(restricted, 'enabled'),
      allowOfficialImages: flagOrNull(restricted, 'allow_official_images'),
      allowVerifiedPublishers: flagOrNull(restricted, 'allow_verified_publishers'),
    } satisfies ImageAccessData),
  );
}

export function registryAccess(body: unknown): Envelope | undefined {
  const settings = objectOf(body);
  if (!settings || !('enabled' in settings)) return undefined;
  return single(
    row(only, {
      enabled: flagOrNull(settings, 'enabled'),
      registries: registries(settings),
    } satisfies RegistryAccessData),
  );
}

/** The built-in registries have an `id`, a company's own ones an `address`. */
function registries(settings: JsonObject): RegistryAccessData['registries'] {
  const lists = [settings['standard_registries'], settings['custom_registries']];
  if (!lists.every(Array.isArray)) return undefined;
  const found = lists.flat().map(objectOf);
  if (found.includes(undefined)) return undefined;
  return found.map((item = {}) => {
    const address = text(item, 'address') ?? text(item, 'id');
    const allowed = flagOrNull(item, 'allowed');
    return { ...(address === undefined ? {} : { address }), ...(allowed === undefined ? {} : { allowed }) };
  });
}
