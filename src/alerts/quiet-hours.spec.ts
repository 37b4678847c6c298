import { describe, expect, it } from 'vitest';
import { mustWait, type AlertChannel, type Route } from './channel.js';
import { isQuiet } from './quiet-hours.js';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const lunch = { from: '12:00', to: '13:30', timeZone: 'America/New_York' };

describe('quiet hours', () => {
  it.each([
    ['before the evening', night, '2026-11-21T20:59:59Z', false],
    ['from the minute that they begin', night, '2026-11-21T21:00:00Z', true],
    ['over midnight', night, '2026-11-22T02:00:00Z', true],
    ['to the last second', night, '2026-11-22T05:59:59Z', true],
    ['no longer at their end', night, '2026-11-22T06:00:00Z', false],
    ['in summer an hour earlier by UTC', night, '2026-07-01T20:00:00Z', true],
    ['in the hour that a night in autumn has twice', night, '2026-10-25T01:30:00Z', true],
    ['within one day', lunch, '2026-11-21T17:00:00Z', true],
    ['after them on that day', lunch, '2026-11-21T18:30:00Z', false],
  ])('%s', (_, hours, now, quiet) => {
    expect(isQuiet(hours, Date.parse(now))).toBe(quiet);
  });
});

describe('a channel', () => {
  const midnight = Date.parse('2026-11-21T23:00:00Z');
  const route = (minSeverity: Route['minSeverity'], quietHours: Route['quietHours']): Route => ({
    minSeverity,
    organizations: null,
    checks: null,
    quietHours,
  });
  const channel = (...routes: readonly Route[]): AlertChannel => ({
    id: '1',
    kind: 'slack',
    label: 'slack hooks.example.com',
    fingerprint: 'x',
    hook: { url: 'https://hooks.example.com/x', secret: null },
    routes,
  });

  it('lets critical messages wait too: quiet was asked for', () => {
    expect(mustWait(channel(route('low', night)), 'critical', midnight)).toBe(true);
    expect(mustWait(channel(route('low', null)), 'low', midnight)).toBe(false);
  });

  it('with a second entry for the urgent ones lets these through', () => {
    const both = channel(route('critical', null), route('low', night));
    expect(mustWait(both, 'critical', midnight)).toBe(false);
    expect(mustWait(both, 'high', midnight)).toBe(true);
  });

  it('keeps quiet for what it no longer asks for', () => {
    expect(mustWait(channel(route('critical', night)), 'low', midnight)).toBe(true);
  });
});
