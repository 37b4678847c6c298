import type { OrganizationConfig } from '../../src/config/configuration.js';
import { DockerHub } from '../../src/dockerhub/docker-hub.js';
import type { HubOptions } from '../../src/dockerhub/docker-hub.js';
import type { OrganizationReader } from '../../src/dockerhub/organization-reader.js';
import type { HubDataset, Listing, PageResult, Refusal, Row } from '../../src/dockerhub/reading.js';

export const oat = { identifier: 'acme', secret: 'dckr_oat_simulated-reader' };
export const pat = { identifier: 'jdoe', secret: 'dckr_pat_simulated-person' };
export const login = { identifier: 'jdoe', secret: 'simulated owner password' };

export function configOf(parts: Partial<OrganizationConfig> = {}): OrganizationConfig {
  return { name: 'acme', hub: null, owner: null, scim: null, ...parts };
}

/** Gives up after milliseconds rather than seconds. */
export const hasty = { tries: 5, totalMs: 5_000, attemptMs: 400, backoffMs: 2 };

export function clientOf(hubUrl: string, options: Partial<HubOptions> = {}): DockerHub {
  return new DockerHub({
    hubUrl,
    deadline: Date.now() + 60_000,
    fingerprintKey: Buffer.alloc(32, 7),
    patience: hasty,
    ...options,
  });
}

export function listing(dataset: HubDataset, scope = ''): Listing {
  return { dataset, scope };
}

/** All pages of a listing, or the refusal that ended it, with what had come until then. */
export async function readAll(
  reader: OrganizationReader,
  what: Listing,
): Promise<{ rows: Row[]; pages: Extract<PageResult, { outcome: 'page' }>[]; refusal: Refusal | null }> {
  const pages: Extract<PageResult, { outcome: 'page' }>[] = [];
  let cursor: string | null = null;
  do {
    const page: PageResult = await reader.page(what, cursor);
    if (page.outcome === 'refused') return { rows: pages.flatMap((one) => one.rows), pages, refusal: page };
    pages.push(page);
    cursor = page.next;
  } while (cursor !== null);
  return { rows: pages.flatMap((one) => one.rows), pages, refusal: null };
}

export async function refusalOf(reader: OrganizationReader, what: Listing, cursor: string | null = null) {
  const page = await reader.page(what, cursor);
  if (page.outcome !== 'refused') throw new Error(`a page of ${what.dataset} where a refusal was expected`);
  return page;
}

export async function pageOf(reader: OrganizationReader, what: Listing, cursor: string | null = null) {
  const page = await reader.page(what, cursor);
  if (page.outcome !== 'page') throw new Error(`${what.dataset}: ${page.reason} ${page.message}`);
  return page;
}
