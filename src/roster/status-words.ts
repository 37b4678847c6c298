import type { RosterConfig } from '../config/configuration.js';
import { rosterStatuses } from '../config/sections/roster.section.js';
import { fold } from './headings.js';
import { flat } from './letters.js';
import type { Status } from './person.js';

/**
 * Words of the five HR systems that leave no doubt. Left out on purpose: words that say that somebody is leaving or is
 * sent home (garden leave, notice given, suspended, freigestellt, gekündigt): whether they still work is for the
 * company to say, in `roster.statuses`.
 */
const words: Readonly<Record<Status, readonly string[]>> = {
  active: ['active', 'employed', 'aktiv'],
  on_leave: ['on leave', 'leave', 'leave of absence', 'parental leave', 'long term leave', 'auszeit', 'beurlaubt'],
  pending: [
    'pending',
    'onboarding',
    'hired',
    'accepted',
    'init',
    'preboarding',
    'not started',
    'not yet started',
    'pre hire',
  ],
  terminated: ['terminated', 'inactive', 'left', 'left company', 'former', 'inaktiv', 'ausgeschieden', 'ausgetreten'],
};

/** BambooHR's "Employment Status" says how somebody is employed while they are. */
const kinds: readonly string[] = ['full time', 'part time', 'contractor', 'intern', 'temporary', 'seasonal'];

/** Workday's "Active Status" and "Currently Active" are a yes or a no. */
const answers: Readonly<Record<string, Status>> = {
  yes: 'active',
  '1': 'active',
  true: 'active',
  no: 'terminated',
  '0': 'terminated',
  false: 'terminated',
};

const builtIn: ReadonlyMap<string, Status> = new Map(
  rosterStatuses.flatMap((status) => words[status].map((word): [string, Status] => [word, status])),
);

/** Reads the words of one status column. */
export class StatusWords {
  private readonly declared: ReadonlyMap<string, Status>;
  private readonly further: ReadonlyMap<string, Status>;
  private readonly known = new Map<string, Status | null>();

  constructor(explained: RosterConfig['statuses'], heading: string) {
    this.declared = new Map(Object.entries(explained).map(([word, status]) => [plain(word), status]));
    const folded = fold(heading);
    if (folded === 'employmentstatus') this.further = new Map(kinds.map((kind) => [kind, 'active']));
    else if (folded === 'activestatus' || folded === 'currentlyactive') this.further = new Map(Object.entries(answers));
    else this.further = new Map();
  }

  /** Null: a word that nobody has explained. */
  read(word: string): Status | null {
    const known = this.known.get(word);
    if (known !== undefined) return known;
    const key = plain(word);
    const status = this.declared.get(key) ?? builtIn.get(key) ?? this.further.get(key) ?? null;
    if (this.known.size < 1_000) this.known.set(flat(word), status);
    return status;
  }
}

function plain(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, ' ')
    .trim();
}
