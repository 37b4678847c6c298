import type { AuditArchiveFacts, AuditEventFacts } from './audit-facts.js';
import type { Instant } from './check.js';
import type { PersonFacts } from './facts.js';

/** An account or invite of somebody who has left. */
export interface LeaverActivityFacts {
  readonly organization: string;
  readonly kind: 'account' | 'invite';
  /** The newest username; of an invite the invitee. */
  readonly name: string;
  readonly person: PersonFacts;
  /** False: an invite that went to an address, which nobody can do anything with. */
  readonly acts: boolean;
  /** What it did in the audit log after its person left, the tolerance of clocks left out; null: nothing. */
  readonly activity: {
    readonly events: number;
    readonly firstAt: Instant;
    readonly lastAt: Instant;
    /** A few of them, oldest first. */
    readonly examples: readonly AuditEventFacts[];
  } | null;
  readonly archive: Pick<AuditArchiveFacts, 'coveredSince'>;
}

/** Who pushed to a critical repository. */
export interface RepositoryPushFacts {
  readonly organization: string;
  /** Without the organization. */
  readonly name: string;
  readonly systems: readonly string[];
  readonly pushes: readonly PusherFacts[];
  readonly archive: Pick<AuditArchiveFacts, 'coveredSince'>;
}

/** The pushes of one actor, or of one of its access tokens. */
export interface PusherFacts {
  /** In lower case; absent: Docker Hub did not say. */
  readonly actor?: string;
  readonly token?: string;
  readonly pushes: number;
  readonly lastAt: Instant;
  /**
   * `organization`: a token of the organization itself. `stranger`: no reading ever had a member of that name. `unlinked`: it
   * is nobody's. `person` is null where no accepted roster ever had whom it is linked to.
   */
  readonly who:
    | { readonly state: 'organization' | 'service_account' | 'stranger' | 'unlinked' }
    | {
        readonly state: 'linked';
        readonly id: string;
        readonly person: PersonFacts | null;
        readonly isGuest?: boolean | null;
      };
}
