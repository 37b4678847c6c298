import { IsOptional } from 'class-validator';
import { parseDuration } from '../../checks/duration.js';
import { Text } from '../fields.js';

/** In the place of a duration. */
export const forEver = 'forever';

export class RetentionSection {
  @IsOptional()
  @Text(
    'a duration such as 1096d, or `forever`',
    (text) => text.toLowerCase() === forEver || parseDuration(text) !== null,
  )
  readonly history?: string | null;
}
