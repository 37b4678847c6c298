import type { RepositoryData, RepositoryTeamData } from '../reading.js';
import type { Envelope } from './envelope.js';
import { linkedPage } from './envelope.js';
import { flagOrNull, numberKey, row, text, textKey, textOrNull } from './fields.js';

export function repositories(body: unknown): Envelope | undefined {
  return linkedPage(body, (item) =>
    row(textKey(item, 'name'), {
      name: text(item, 'name'),
      isPrivate: flagOrNull(item, 'is_private'),
      lastUpdated: textOrNull(item, 'last_updated'),
    } satisfies RepositoryData),
  );
}

export function repositoryTeams(body: unknown): Envelope | undefined {
  return linkedPage(body, (item) =>
    row(numberKey(item, 'group_id'), {
      team: text(item, 'group_name'),
      permission: textOrNull(item, 'permission'),
    } satisfies RepositoryTeamData),
  );
}
