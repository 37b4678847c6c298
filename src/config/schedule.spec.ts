import { describe, expect, it } from 'vitest';
import { nextSlot, previousSlot, slotsBetween } from './schedule.js';

const nightly = { evaluation: '0 2 * * *', timeZone: 'UTC' };
const instant = (text: string): Date => new Date(text);

describe('previousSlot', () => {
  it.each([
    ['0 2 * * *', 'UTC', '2026-11-21T02:00:00.000Z', '2026-11-21T02:00:00.000Z'],
    ['0 2 * * *', 'UTC', '2026-11-21T02:00:00.999Z', '2026-11-21T02:00:00.000Z'],
    ['0 2 * * *', 'UTC', '2026-11-21T01:59:59.999Z', '2026-11-20T02:00:00.000Z'],
    ['0 2 * * *', 'Europe/Berlin', '2026-11-21T12:00:00.000Z', '2026-11-21T01:00:00.000Z'],
    ['*/10 * * * * *', 'UTC', '2026-11-21T12:00:09.500Z', '2026-11-21T12:00:00.000Z'],
    ['0 3 * * 1', 'UTC', '2026-11-21T12:00:00.000Z', '2026-11-16T03:00:00.000Z'],
    ['0 0 29 2 *', 'UTC', '2026-11-21T12:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ])('of %s in %s at %s is %s', (evaluation, timeZone, at, slot) => {
    expect(previousSlot({ evaluation, timeZone }, instant(at))?.toISOString()).toBe(slot);
  });
});

describe('slotsBetween', () => {
  it('leaves out the first instant and takes the last', () => {
    const slots = slotsBetween(nightly, instant('2026-11-18T02:00:00Z'), instant('2026-11-21T02:00:00Z'), 10);
    expect(slots.map((slot) => slot.toISOString().slice(0, 10))).toEqual(['2026-11-19', '2026-11-20', '2026-11-21']);
  });

  it('stops at the number asked for', () => {
    expect(slotsBetween(nightly, instant('2020-01-01T00:00:00Z'), instant('2026-01-01T00:00:00Z'), 3)).toHaveLength(3);
  });

  it('has one slot in a night that has the hour twice, and one in a night that lacks it', () => {
    const berlin = { evaluation: '30 2 * * *', timeZone: 'Europe/Berlin' };
    expect(slotsBetween(berlin, instant('2026-10-24T12:00:00Z'), instant('2026-10-25T12:00:00Z'), 5)).toHaveLength(1);
    expect(slotsBetween(berlin, instant('2026-03-28T12:00:00Z'), instant('2026-03-29T12:00:00Z'), 5)).toHaveLength(1);
  });
});

it('nextSlot is after the instant, also where that is a slot', () => {
  expect(nextSlot(nightly, instant('2026-11-21T02:00:00.000Z')).toISOString()).toBe('2026-11-22T02:00:00.000Z');
});
