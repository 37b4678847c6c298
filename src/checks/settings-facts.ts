import type { Instant } from './check.js';

/** What members may pull with Docker Desktop, as Docker Hub tells it: three switches, and neither community images nor the list of exceptions. */
export interface ImageAccessFacts {
  readonly enabled?: boolean | null;
  readonly allowOfficialImages?: boolean | null;
  readonly allowVerifiedPublishers?: boolean | null;
}

/** Which registries members may reach with Docker Desktop. */
export interface RegistryAccessFacts {
  readonly enabled?: boolean | null;
  /** Docker Hub itself goes by `DockerHub`. Absent: it could not be told. */
  readonly registries?: readonly { readonly address?: string; readonly allowed?: boolean | null }[];
}

/** What the audit log says about single sign-on. */
export interface SignOnChange {
  readonly at: Instant;
  /** `removed`: a verified domain or the connection itself; `toggled`: enforcement was switched, on or off. */
  readonly kind: 'removed' | 'toggled';
  readonly action: string;
  readonly actor: string | null;
}

export interface SignOnFacts {
  /** Of the last 90 days, oldest first. */
  readonly changes: readonly SignOnChange[];
  /** From when on the archive of the audit log has every event up to its newest reading; null: it has none. */
  readonly coveredSince: Instant | null;
}
