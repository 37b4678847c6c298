import type { RosterConfig } from '../config/configuration.js';
import type { Column } from './headings.js';
import type { RawRoster, RosterMistake } from './roster-source.js';
import type { RosterText } from './roster-text.js';

/** One format that rosters come in: turns text into records, and judges nothing that another format would judge alike. */
export interface RosterSource {
  readonly id: RosterConfig['format'];
  /** Its lists never hold anybody who has left, whatever the configuration says. */
  readonly currentStaffOnly: boolean;
  /** The `Accept` header that asks a server for it. */
  readonly mediaTypes: string;
  /** Headings, folded, that mean something in this format only. */
  readonly understands: Readonly<Record<string, Column>>;
  /** `knows` tells a heading that we understand from any other word. */
  open(text: RosterText, knows: (heading: string) => boolean): Promise<RawRoster | readonly RosterMistake[]>;
}
