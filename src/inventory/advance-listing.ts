import type { PageResult, Refusal } from '../dockerhub/reading.js';
import type { CredentialIdentity } from '../dockerhub/credential.js';
import type { Instant, ListingState } from './listing-state.js';

/** One answer to one listing, with what only the reading process knows about it. */
export interface Answer {
  readonly result: PageResult;
  /** The page links to one that this reading has been on. */
  readonly leadsBack: boolean;
  readonly readAs: CredentialIdentity | undefined;
  readonly machineTime: Instant;
  readonly belief: Instant;
}

/** What staging the rows of a page showed. */
export interface Staged {
  /** Keys that this reading had not brought before. */
  readonly added: number;
  /** Keys that it had, with the page that brought them first. */
  readonly repeats: readonly { readonly key: string; readonly page: number }[];
}

/**
 * Where a listing stands after one more answer. A reading that was odd in any way is done once more from the start; if that
 * is odd too, the listing ends `partial`. An answer that repeats an id is read on, so that as many rows as possible can
 * witness a failure.
 */
export function advance(before: ListingState, answer: Answer, staged: Staged): ListingState {
  const asked = { ...before, firstReadAt: before.firstReadAt ?? answer.machineTime };
  const { result } = answer;
  if (result.outcome === 'refused') return refused(asked, result);

  const page = asked.pages + 1;
  const reported = isCount(result.reported) ? result.reported : null;
  const deadEnd = whereNextLeads(asked, answer, staged);
  const oddities = [
    ...repeatedKeys(staged, page),
    ...(result.rows.some((row) => row.key === undefined) ? [`a row on page ${page} has no id`] : []),
    ...(result.reported === reported ? [] : [`the count on page ${page} is ${result.reported}`]),
    ...(reported !== null && asked.reported !== null && reported !== asked.reported
      ? [`the count went from ${asked.reported} to ${reported} on page ${page}`]
      : []),
    ...(deadEnd === null ? [] : [deadEnd]),
  ];
  const read: ListingState = {
    ...asked,
    cursor: result.next,
    pages: page,
    received: asked.received + staged.added,
    unkept: asked.unkept + Math.max(0, result.received - result.rows.length),
    reported: reported ?? asked.reported,
    odd: noted(asked.odd, oddities),
    credential: result.credential,
    readAs: answer.readAs ?? asked.readAs,
    fetchedAt: asked.fetchedAt ?? answer.belief,
  };
  if (result.next === null || deadEnd !== null) return ended(read);
  return isTonightsLast(asked) ? leftForLater(read) : read;
}

/** Of one window of the audit log in one night: 50 000 events. The rest is read in the nights that follow. */
const mostAuditPages = 500;

/** Whether there will be a next page to read in this run, as far as the answer shows before its rows are staged. */
export function mayGoOn(before: ListingState, answer: Answer): boolean {
  const { result } = answer;
  if (result.outcome === 'refused' || result.next === null || isTonightsLast(before)) return false;
  return whereNextLeads(before, answer, { added: result.rows.length, repeats: [] }) === null;
}

function isTonightsLast({ window, pages }: ListingState): boolean {
  return window !== undefined && pages + 1 >= mostAuditPages;
}

function leftForLater(state: ListingState): ListingState {
  return {
    ...state,
    status: 'partial',
    reason: 'TOO_MANY_PAGES',
    message: `There is more than ${mostAuditPages} pages of it; the next nights go on with what is older.`,
  };
}

/** The same listing from its start, for the second and last time. Its rows of the first reading stay staged. */
export function readAgain(state: ListingState, again: 'odd' | 'shrank', oddBefore: string): ListingState {
  return {
    ...state,
    reading: 2,
    cursor: null,
    pages: 0,
    received: 0,
    unkept: 0,
    reported: null,
    odd: null,
    again,
    oddBefore,
    status: null,
    reason: null,
    message: null,
  };
}

/** A listing that nothing more is asked of, because of the refusal. What was received of it stays. */
export function refusedForGood(state: ListingState, refusal: Refusal): ListingState {
  return {
    ...state,
    status: state.fetchedAt === null ? refusal.status : 'partial',
    reason: refusal.reason,
    message: brokenOff(state, refusal.message),
  };
}

function refused(state: ListingState, refusal: Refusal): ListingState {
  return refusal.reason === 'SOURCE_INCOMPLETE' && state.reading === 1
    ? readAgain(state, 'odd', clause(refusal.message))
    : refusedForGood(state, refusal);
}

function brokenOff({ reading, pages, oddBefore }: ListingState, message: string): string {
  if (reading === 2) return `Read twice. First: ${oddBefore}. Then it broke off: ${message}`;
  return pages === 0 ? message : `Broken off after ${pages === 1 ? 'one page' : `${pages} pages`}: ${message}`;
}

function ended(state: ListingState): ListingState {
  const total = state.received + state.unkept;
  const problems = [
    ...(state.reported === null || state.reported === total ? [] : [`received ${total} of ${state.reported}`]),
    ...(isEmptyWithoutSense(state) ? [emptiness(state)] : []),
    ...(state.odd === null ? [] : [state.odd]),
  ];
  if (problems.length === 0) return { ...state, cursor: null, status: 'complete' };
  const odd = problems.join('; ');
  if (state.reading === 1) return readAgain(state, 'odd', odd);
  return {
    ...state,
    cursor: null,
    status: 'partial',
    reason: emptyReason(state) ?? 'SOURCE_INCOMPLETE',
    message:
      odd === state.oddBefore
        ? `Read twice, and odd both times: ${odd}.`
        : `Read twice. First: ${state.oddBefore}. Then: ${odd}.`,
  };
}

/** Listings that always hold something: whoever owns the organization, its settings, the token that was asked for. */
function isEmptyWithoutSense({ dataset, scope, received }: ListingState): boolean {
  if (received > 0) return false;
  return (
    ['members', 'teams', 'image_access', 'registry_access'].includes(dataset) || (dataset === 'tokens' && scope !== '')
  );
}

function emptiness({ dataset }: ListingState): string {
  if (dataset === 'members') return 'it is empty, and an organization always has an owner';
  if (dataset === 'teams') return 'it is empty, and every organization has the team owners';
  return 'the answer held nothing';
}

function emptyReason({ dataset, received }: ListingState): string | undefined {
  if (received > 0) return undefined;
  return dataset === 'members' ? 'NO_MEMBERS' : dataset === 'teams' ? 'NO_TEAMS' : undefined;
}

/**
 * Why the link to the next page cannot be followed. A page of rows that were all there before is a loop whatever its link
 * says; counting rows catches the loop over pages whose rows are not kept.
 */
function whereNextLeads(
  { cursor, reported, received, unkept }: ListingState,
  answer: Answer,
  staged: Staged,
): string | null {
  const { result, leadsBack } = answer;
  if (result.outcome === 'refused' || result.next === null) return null;
  if (leadsBack || result.next === cursor) return 'the link to the next page leads back';
  if (result.received === 0) return 'an empty page links to a next one';
  if (result.rows.length > 0 && staged.added === 0) return 'a page repeats what was listed and links to a next one';
  const expected = result.reported ?? reported;
  return expected !== null && received + unkept > expected + result.received
    ? 'it goes on after as many rows as it should have'
    : null;
}

function repeatedKeys({ repeats }: Staged, page: number): string[] {
  const [first] = repeats;
  if (first === undefined) return [];
  const where = first.page === page ? `twice on page ${page}` : `on pages ${first.page} and ${page}`;
  return [`id ${first.key} came ${where}${repeats.length === 1 ? '' : `, like ${repeats.length - 1} more`}`];
}

/** At most three, because a listing of 10 000 pages can be odd on every one. */
function noted(earlier: string | null, now: readonly string[]): string | null {
  const all = [...(earlier?.split('; ') ?? []), ...now];
  return all.length === 0 ? null : all.slice(0, 3).join('; ');
}

/** What a listing can hold, and a column too. */
function isCount(count: number | null): boolean {
  return count !== null && Number.isInteger(count) && count >= 0 && count <= 2_147_483_647;
}

function clause(message: string): string {
  return message.replace(/\.$/, '');
}
