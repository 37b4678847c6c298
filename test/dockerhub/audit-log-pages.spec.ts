import { afterEach, describe, expect, it } from 'vitest';
import type { HubAuditEvent } from '../../src/demo/world.js';
import { acmeHub } from './acme-hub.js';
import { oat, pageOf, readAll } from './reading-rig.js';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const window = { from: '2026-10-22T02:00:00.000Z', to: '2026-11-21T02:00:00.000Z' };
const listing = { dataset: 'audit_log', scope: '', window } as const;

/** So many events, a minute apart, newest first; the newest at the end of the window. */
function events(count: number): HubAuditEvent[] {
  return Array.from({ length: count }, (_, place) => ({
    eventId: `e-${place}`,
    action: 'repo.tag.push',
    name: 'acme/api',
    actor: 'olga',
    data: { tag: String(place) },
    timestamp: new Date(Date.parse(window.to) - place * 60_000).toISOString(),
    description: 'pushed',
  }));
}

async function hubWith(count: number, options: Parameters<typeof acmeHub>[0] = {}) {
  const started = await acmeHub(options);
  running.push(started.hub);
  started.organization.auditEvents = events(count);
  return { ...started, using: started.reader({ hub: oat }) };
}

describe('a window of the audit log', () => {
  it.each([
    [0, 1],
    [24, 1],
    // A full page of the smallest kind may be the first of several.
    [25, 2],
    [99, 2],
    [100, 2],
    [101, 2],
    [250, 3],
    [300, 4],
  ])('of %i events is read whole in %i pages', async (count, pages) => {
    const { hub, using } = await hubWith(count);
    const read = await readAll(using, listing);
    expect(read.refusal).toBeNull();
    expect(read.rows.map(({ key }) => key)).toEqual(events(count).map(({ eventId }) => eventId));
    expect(read.pages).toHaveLength(pages);
    expect(read.pages.every(({ reported }) => reported === null)).toBe(true);
    expect(hub.count('/auditlogs/acme')).toBe(pages);
    expect(hub.count(/page_size=100&from=2026-10-22T02%3A00%3A00.000Z&to=2026-11-21T02%3A00%3A00.000Z/)).toBe(pages);
  });

  it('is read whole where Docker Hub sends shorter pages than it was asked for', async () => {
    const { hub, using } = await hubWith(130);
    hub.options.largestPage = 40;
    const { rows, pages } = await readAll(using, listing);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(130);
    expect(pages.map(({ received }) => received)).toEqual([40, 40, 40, 10]);
  });

  it('does not move by what happens meanwhile', async () => {
    const { organization, using } = await hubWith(150);
    const first = await pageOf(using, listing);
    organization.auditEvents?.unshift({
      ...events(1)[0],
      eventId: 'new',
      timestamp: '2026-11-21T02:00:01Z',
    } as HubAuditEvent);
    const second = await pageOf(using, listing, first.next);
    expect([...first.rows, ...second.rows].map(({ key }) => key)).toEqual(events(150).map(({ eventId }) => eventId));
  });

  it('goes on in another process from the same place', async () => {
    const { reader, using } = await hubWith(150);
    const first = await pageOf(using, listing);
    const second = await pageOf(reader({ hub: oat }), listing, first.next);
    expect(second).toMatchObject({ received: 50, next: null });
  });

  it('repeats a row where its pages drifted', async () => {
    const { hub, using } = await hubWith(150);
    const first = await pageOf(using, listing);
    hub.faults.push({ on: '/auditlogs/', answer: 'repeat ids' });
    const second = await pageOf(using, listing, first.next);
    expect(second.rows[0]?.key).toBe('e-99');
  });
});
