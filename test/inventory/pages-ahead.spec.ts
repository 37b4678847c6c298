import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ArrayHub, refusing, smallWorld, unreachable, type AskedPage, type HonestPage } from './array-hub.js';
import { contentOf, machineNight, readingOf, sealedSync, sync } from './snapshots.js';

class Killed extends Error {}

/** With the invitee 40 rows on 14 pages. */
const members = 39;
/** The page that is being committed, the one that it leads to, and those that come after that. */
const mostInTheAir = 5;

let database: TestDatabase;
let content: string[];
beforeEach(async () => {
  database = await testDatabase();
  // Nothing is guessed there, and every answer is there at once.
  const hub = new ArrayHub(smallWorld(members));
  hub.cursorAfter = () => '';
  const run = await sealedSync(database.dataSource, hub, {}, 'one after the other');
  content = await contentOf(database.dataSource, run.runId);
});
afterEach(() => database.drop());

/** Answers about members late, the higher the page the sooner, and knows how many were asked for at once. */
class LateHub extends ArrayHub {
  highest = 0;
  private inTheAir = 0;

  override async page(...asked: Parameters<ArrayHub['page']>): ReturnType<ArrayHub['page']> {
    if (asked[0].dataset !== 'members') return super.page(...asked);
    this.inTheAir += 1;
    this.highest = Math.max(this.highest, this.inTheAir);
    try {
      const page = await super.page(...asked);
      await wait(40 - 2 * Number(asked[1] ?? 1));
      return page;
    } finally {
      this.inTheAir -= 1;
    }
  }

  membersPages(): number[] {
    return this.asked.filter(({ dataset }) => dataset === 'members').map(({ page }) => page);
  }
}

function onPage(page: number, answer: (honest: HonestPage) => ReturnType<LateHub['faults'][number]>) {
  return (asked: AskedPage, honest: HonestPage) =>
    asked.dataset === 'members' && asked.page === page ? answer(honest) : undefined;
}

describe('pages that are asked for ahead', () => {
  test('are asked for once each and count in their order, whichever answer comes first', async () => {
    const hub = new LateHub(smallWorld(members));
    const run = await sealedSync(database.dataSource, hub);
    expect(hub.membersPages()).toEqual(Array.from({ length: 14 }, (_, place) => place + 1));
    expect(hub.highest).toBeGreaterThan(2);
    expect(hub.highest).toBeLessThanOrEqual(mostInTheAir);
    expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: members, reported: members });
  });

  test.each([2, 5, 8, 13])(
    'and were not durable at a kill on page %i are asked for again, and no others',
    async (page) => {
      const first = new LateHub(smallWorld(members));
      const onProgress = ({ dataset }: { dataset: string }): void => {
        if (dataset === 'members' && first.membersPages().length >= page) throw new Killed();
      };
      await expect(sync(database.dataSource, first, { onProgress })).rejects.toThrow(Killed);
      const second = new LateHub(smallWorld(members));
      const run = await sealedSync(database.dataSource, second);
      expect(run.resumed).toBe(true);
      expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
      expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: members });
      expect(first.membersPages().length + second.membersPages().length).toBeLessThanOrEqual(14 + mostInTheAir);
      expect(run.pages).toBe(
        new Set([...first.asked, ...second.asked].map(({ dataset, scope, page: at }) => `${dataset} ${scope} ${at}`))
          .size,
      );
    },
  );

  test('do not count where the page before them turns out to be the last one', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.faults = [onPage(6, (honest) => ({ ...honest, next: null }))];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({
      status: 'partial',
      message: 'Read twice, and odd both times: received 18 of 40.',
      received: 18,
    });
    expect(hub.membersPages().filter((page) => page === 6)).toHaveLength(2);
    expect(hub.membersPages().length).toBeLessThanOrEqual(2 * (6 + mostInTheAir - 1));
  });

  test('and fail do nothing where nobody comes for them', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.faults = [
      onPage(6, (honest) => ({ ...honest, next: null, reported: 18 })),
      (asked) => {
        if (asked.dataset === 'members' && asked.page > 6) throw new Error('nobody should have come');
        return undefined;
      },
    ];
    expect(readingOf(await sealedSync(database.dataSource, hub), 'members').received).toBe(18);
  });

  test('are guessed once at most in a listing whose links lead elsewhere', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.cursorAfter = (cursor) => String(Number(cursor) + 20);
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: members });
    expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
    // The page that the link leads to was not a guess, and neither was the one after that.
    expect(hub.membersPages().filter((page) => page > 14).length).toBeLessThanOrEqual(mostInTheAir - 2);
    expect(hub.membersPages().filter((page) => page <= 14)).toHaveLength(14);
  });

  test('do not hide a link that leads back', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.faults = [onPage(6, (honest) => ({ ...honest, next: '4' }))];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({
      status: 'partial',
      message: 'Read twice, and odd both times: received 18 of 40; the link to the next page leads back.',
    });
  });

  test('are asked for again where another credential begins to answer', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.credentials = ['login-1', 'token-1'];
    hub.faults = [
      (asked, honest) =>
        asked.dataset === 'members' && hub.count('members') >= 8 ? { ...honest, credential: 'token-1' } : undefined,
    ];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'complete', received: members });
    expect(await contentOf(database.dataSource, run.runId)).toEqual(content);
  });

  test('that another credential answers all the time end the listing', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.credentials = ['login-1', 'token-1'];
    hub.faults = [onPage(7, (honest) => ({ ...honest, credential: 'token-1' }))];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'CREDENTIAL_CHANGED', received: 18 });
  });

  test('do not bring more than what came before a refusal', async () => {
    const hub = new LateHub(smallWorld(members));
    hub.faults = [
      (asked) => (asked.page === 7 ? refusing('members', unreachable)(asked, { ...pageOfNothing }) : undefined),
    ];
    const run = await sealedSync(database.dataSource, hub);
    expect(readingOf(run, 'members')).toMatchObject({
      status: 'partial',
      reason: 'SOURCE_UNREACHABLE',
      message: 'Broken off after 6 pages: Docker Hub answered 500 five times.',
      received: 18,
    });
  });

  test('and hang hold up neither the deadline nor a shutdown', async () => {
    const shutdown = new AbortController();
    const hanging = (): LateHub => {
      const hub = new LateHub(smallWorld(members));
      const page = hub.page.bind(hub);
      hub.page = async (listing, cursor) =>
        listing.dataset === 'members' && Number(cursor) > 8 ? new Promise(() => undefined) : page(listing, cursor);
      return hub;
    };
    setTimeout(() => shutdown.abort(), 700);
    const paused = await sync(database.dataSource, hanging(), { signal: shutdown.signal });
    expect(paused.state).toBe('paused');
    const run = await sealedSync(database.dataSource, hanging(), { deadline: machineNight + 300 });
    expect(run.resumed).toBe(true);
    expect(readingOf(run, 'members')).toMatchObject({ status: 'partial', reason: 'DEADLINE', received: 24 });
  });
});

const pageOfNothing: HonestPage = {
  outcome: 'page',
  rows: [],
  received: 0,
  reported: 0,
  next: null,
  credential: 'login-1',
};
