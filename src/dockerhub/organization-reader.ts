import type { OrganizationConfig } from '../config/configuration.js';
import type { Account } from './account.js';
import type { Bookmark } from './bookmark.js';
import { bookmarkAfter, decodeBookmark, encodeBookmark, followFullPages, followLink, followScim } from './bookmark.js';
import type { CredentialIdentity, CredentialKind, CredentialRole, CredentialView } from './credential.js';
import type { Envelope } from './decoders/envelope.js';
import type { Outcome } from './first-that-works.js';
import { FirstThatWorks } from './first-that-works.js';
import { firstPaths, kindOfListing, pageSize, scimQuery, smallestAuditPage } from './listings.js';
import type { HubDataset, Listing, PageResult } from './reading.js';
import type { Denial } from './refusals.js';
import { everybodyDenied, nameOf, nobodyReads, noneLeft, refusedCredential } from './refusals.js';
import type { Refused } from './sentences.js';
import { failed } from './sentences.js';

export interface Reader {
  readonly role: CredentialRole;
  /** What it is taken for until its sign-in says what it is. */
  readonly looks: CredentialKind;
  readonly account: Account;
}

type Attempt = PageResult | { readonly outcome: 'denied'; readonly denial: Denial };

/** Reads one organization, page by page, each dataset with whichever of its credentials can. */
export class OrganizationReader {
  readonly name: string;
  readonly #config: OrganizationConfig;
  readonly #readers: readonly Reader[];
  /** Which of two routes to the team permissions a credential may use; shared by all organizations that it reads. */
  readonly #routes: (account: Account) => FirstThatWorks<number>;
  readonly #choices = new Map<HubDataset, FirstThatWorks<Reader>>();
  readonly #denied = new Map<HubDataset, Refused>();

  constructor(
    config: OrganizationConfig,
    readers: readonly Reader[],
    routes: (account: Account) => FirstThatWorks<number>,
    private readonly signal?: AbortSignal,
  ) {
    this.name = config.name;
    this.#config = config;
    this.#readers = readers;
    this.#routes = routes;
  }

  /** Fingerprints of the configured credentials. */
  get credentials(): readonly string[] {
    return this.#readers.map(({ account }) => account.fingerprint);
  }

  /** Who signed in with the credential; undefined before its first sign-in, and for one that is not configured. */
  identity(credential: string): CredentialIdentity | undefined {
    return this.#readers.find(({ account }) => account.fingerprint === credential)?.account.identity ?? undefined;
  }

  /** Where in the configuration it stands. */
  roleOf(credential: string): CredentialRole | undefined {
    return this.#readers.find(({ account }) => account.fingerprint === credential)?.role;
  }

  /**
   * The credential that would be asked for the next page, without asking: for a first page the first one that can read the
   * dataset, for a cursor the one that the listing stays with. Null where none is configured for it.
   */
  credentialFor(dataset: HubDataset, cursor: string | null = null): CredentialView | null {
    const mark = cursor === null ? null : decodeBookmark(cursor);
    if (cursor !== null && mark === null) return null;
    const reader = this.#able({ dataset, scope: '' }).find((one) => mark === null || one.role === mark.by);
    return reader ? view(reader) : null;
  }

  /**
   * One page: the first for a null cursor, else the one after the page that gave the cursor. Whatever Docker Hub answers is a
   * returned value; only an aborted signal throws, an AbortError.
   */
  async page(listing: Listing, cursor: string | null): Promise<PageResult> {
    const able = this.#able(listing);
    if (able.length === 0) return nobodyReads(listing, this.#config);
    if (cursor !== null) return await this.#nextPage(listing, cursor, able);
    const known = this.#denied.get(listing.dataset);
    if (known) return known;
    const attempts = await this.#choice(listing.dataset, able).ask(
      (reader) => this.#firstPage(listing, reader),
      // Whatever a refused credential would have read, the next one may.
      (attempt) => (isCredentialRefused(attempt) ? 'denied' : outcomeOf(attempt)),
    );
    const last = attempts.at(-1);
    if (last && last.outcome !== 'denied' && !isCredentialRefused(last)) return last;
    return this.#inVain(listing, attempts);
  }

  /**
   * The cursor that the page at this one will give if it is as the one before it was, of `received` rows, and not the last one;
   * null where pages have no numbers.
   */
  cursorAfter(cursor: string, received: number): string | null {
    const mark = decodeBookmark(cursor);
    const after = mark && bookmarkAfter(mark, received);
    return after && encodeBookmark(after);
  }

  #able(listing: Listing): readonly Reader[] {
    const able = kindOfListing(listing)
      .readers.flatMap((role) => this.#readers.filter((one) => one.role === role))
      .filter((one) => canRead(listing, one));
    // The same credential under two roles is asked once.
    return able.filter(({ account }, place) => able.findIndex((one) => one.account === account) === place);
  }

  #choice(dataset: HubDataset, able: readonly Reader[]): FirstThatWorks<Reader> {
    const choice = this.#choices.get(dataset) ?? new FirstThatWorks(able, false);
    this.#choices.set(dataset, choice);
    return choice;
  }

  /** Rights differ from repository to repository; everything else that is denied once is denied in this run. */
  #inVain(listing: Listing, attempts: readonly Attempt[]): Refused {
    const denials = attempts.flatMap((one) => (one.outcome === 'denied' ? [one.denial] : []));
    const refusals = attempts.filter(isCredentialRefused);
    const refused = refusals.length > 0 ? noneLeft(refusals) : everybodyDenied(listing, this.#config, denials);
    const isForAll = listing.dataset !== 'repository_teams' && denials.some((one) => one.status === 403);
    if (isForAll) this.#denied.set(listing.dataset, refused);
    return refused;
  }

  async #firstPage(listing: Listing, reader: Reader): Promise<Attempt> {
    await reader.account.introduce();
    if (!canRead(listing, reader)) {
      return { outcome: 'denied', denial: { role: reader.role, kind: kindNow(reader), status: null } };
    }
    const paths = firstPaths(listing, this.name, kindNow(reader));
    if (!paths)
      return failed('SOURCE_INCOMPLETE', `${nameOf(listing, this.name)}: no address can be made of that name.`);
    const read = async (path: string) => await this.#read(listing, reader, { by: reader.role, at: path, seen: [] });
    const [only] = paths;
    if (paths.length === 1 && only !== undefined) return await read(only);
    const attempts = await this.#routes(reader.account).ask((route) => read(paths[route] ?? ''), outcomeOf);
    // Of two denials the first is that of the route which is meant for this credential.
    const worked = attempts.find((one) => one.outcome !== 'denied');
    return worked ?? attempts.find(isForbidden) ?? attempts[0] ?? failed('SOURCE_INCOMPLETE', 'Nothing was asked.');
  }

  async #nextPage(listing: Listing, cursor: string, able: readonly Reader[]): Promise<PageResult> {
    const mark = decodeBookmark(cursor);
    const reader = mark && able.find((one) => one.role === mark.by);
    if (!mark || !reader) {
      return failed(
        'SOURCE_INCOMPLETE',
        `${nameOf(listing, this.name)}: the place where reading stopped belongs to a credential that is configured no more; the listing has to begin again.`,
      );
    }
    const attempt = await this.#read(listing, reader, mark, true);
    if (attempt.outcome !== 'denied') return attempt;
    if (attempt.denial.status === 403) return everybodyDenied(listing, this.#config, [attempt.denial]);
    return failed(
      'SOURCE_INCOMPLETE',
      `${nameOf(listing, this.name)}: a further page was announced and then not found (404); the listing changed while it was read.`,
    );
  }

  async #read(listing: Listing, reader: Reader, mark: Bookmark, isFurther = false): Promise<Attempt> {
    const { role, account } = reader;
    const what = nameOf(listing, this.name);
    const url = account.endpoint.below(mark.at);
    if (!url) return failed('SOURCE_INCOMPLETE', `${what}: the next page lies outside ${account.endpoint.host}.`);
    const reply = await account.get({
      url,
      what,
      organization: this.name,
      isFurther,
      signal: this.signal,
      read: kindOfListing(listing).decode,
    });
    if (reply.outcome === 'refused') {
      if (reply.reason === 'CREDENTIAL_REFUSED') return this.#refused(reader, reply.message);
      const { outcome, status, reason, message } = reply;
      return { outcome, status, reason, message };
    }
    if (reply.outcome === 'read') return this.#pageOf(listing, reader, { ...mark, url }, reply.value);
    const { status } = reply;
    if (status === 403 || status === 404) {
      return { outcome: 'denied', denial: { role, kind: kindNow(reader), status } };
    }
    return failed('SOURCE_UNREACHABLE', `${account.endpoint.host} answered ${status} when asked for ${what}.`);
  }

  #refused(reader: Reader, why: string): Refused {
    const { role, account } = reader;
    return refusedCredential(
      { config: this.#config, role },
      { kind: kindNow(reader), host: account.endpoint.host },
      why,
    );
  }

  #pageOf(
    listing: Listing,
    reader: Reader,
    current: { readonly url: URL; readonly seen: readonly string[]; readonly full?: number },
    envelope: Envelope,
  ): PageResult {
    const { rows, received, reported } = envelope;
    const onward = next(listing, reader, current, envelope);
    if (onward && 'mistake' in onward) {
      return failed(
        'SOURCE_INCOMPLETE',
        `${nameOf(listing, this.name)}: the link to the next page was not followed, because ${onward.mistake}.`,
      );
    }
    const { fingerprint: credential } = reader.account;
    return { outcome: 'page', rows, received, reported, next: onward && encodeBookmark(onward), credential };
  }
}

function next(
  { dataset, window }: Listing,
  { role, account }: Reader,
  current: { readonly url: URL; readonly seen: readonly string[]; readonly full?: number },
  envelope: Envelope,
): Bookmark | null | { readonly mistake: string } {
  if (dataset === 'audit_log') {
    const page = window ? followFullPages(current, envelope.received, smallestAuditPage) : null;
    return page && { by: role, at: account.endpoint.relative(page.url), seen: [], full: page.full };
  }
  if (dataset !== 'scim_users') {
    return envelope.next === null ? null : followLink(account.endpoint, { by: role, ...current }, envelope.next);
  }
  const onward = followScim(current.url, envelope, pageSize);
  if (onward === null || 'mistake' in onward) return onward;
  return { by: role, at: `/Users?${scimQuery(onward.startIndex)}`, seen: [] };
}

/** An organization access token is not asked for what no scope of it reads. */
function canRead(listing: Listing, reader: Reader): boolean {
  return kindOfListing(listing).scope !== null || kindNow(reader) !== 'organization_token';
}

function kindNow({ account, looks }: Reader): CredentialKind {
  return account.identity?.kind ?? looks;
}

function isCredentialRefused(attempt: Attempt): attempt is Refused {
  return attempt.outcome === 'refused' && attempt.reason === 'CREDENTIAL_REFUSED';
}

function outcomeOf(attempt: Attempt): Outcome {
  if (attempt.outcome === 'page') return 'worked';
  return attempt.outcome === 'denied' ? 'denied' : 'failed';
}

function isForbidden(attempt: Attempt): boolean {
  return attempt.outcome === 'denied' && attempt.denial.status === 403;
}

function view(reader: Reader): CredentialView {
  const { role, account } = reader;
  return { role, kind: kindNow(reader), fingerprint: account.fingerprint };
}
