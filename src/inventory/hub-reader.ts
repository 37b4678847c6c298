import type { OrganizationReader } from '../dockerhub/organization-reader.js';

/**
 * The part of the Docker Hub client that a sync uses; the specs have one that reads arrays.
 *
 * `credentials` are the fingerprints of what is configured, known without a request: what another credential read does not
 * go on under these. `identity` is stored beside a listing until the run is sealed, because a run that is resumed may have
 * no reason to sign in again; it holds no secret.
 */
export type HubReader = Pick<OrganizationReader, 'credentials' | 'cursorAfter' | 'identity' | 'page'>;
