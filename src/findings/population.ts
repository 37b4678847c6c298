import type { SubjectKind } from '../checks/check.js';

/** One enabled check in one organization: what may be concluded from a subject's absence tonight. */
export interface Population {
  readonly check: string;
  readonly organizationId: string;
  readonly organization: string;
  readonly kinds: readonly SubjectKind[];
  /** What its subjects come from; empty: accounts, invites or the organization itself. */
  readonly source: string;
  /** The check follows its subjects after they are gone: one listing that lacks them is not enough. */
  readonly remembers: boolean;
  /** Everything that the check needs was complete and fresh: who is not judged tonight is gone. */
  readonly complete: boolean;
  /** What the check needs of everybody was there: where it says that it does not apply, that may close a finding. */
  readonly settles: boolean;
  readonly reason: string;
  readonly message: string;
}
