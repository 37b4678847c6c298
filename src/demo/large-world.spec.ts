import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { largeWorld } from './large-world.js';
import type { RosterLine } from './roster-file.js';

const size = { members: 500, teams: 20, repositories: 100, seed: 7, now: '2026-11-21T02:00:00.000Z' };
const company = largeWorld(size);
const [large] = company.world.organizations;
if (!large) throw new Error('there is one organization');

describe('largeWorld', () => {
  it('is as large as it was asked to be', () => {
    expect([large.members.length, large.teams.length, large.repositories.length]).toEqual([500, 20, 100]);
    expect(new Set(large.members.map((one) => one.id)).size).toBe(500);
    expect(large.members.every((one) => /^[0-9a-f]{32}$/.test(one.id))).toBe(true);
    expect(large.members.filter((one) => one.role === 'Owner')).toHaveLength(3);
  });

  it('puts everybody into one to four teams that exist, and permissions on every repository', () => {
    const teams = new Set(large.teams.map((one) => one.name));
    const counts = large.members.map((one) => one.groups.length);
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 4]);
    expect(large.members.flatMap((one) => one.groups).every((one) => teams.has(one))).toBe(true);
    expect(new Set(large.members.flatMap((one) => one.groups)).size).toBe(20);
    const permissions = large.repositories.map((one) => one.teams.length);
    expect([Math.min(...permissions), Math.max(...permissions)]).toEqual([1, 3]);
    expect(large.repositories.flatMap((one) => one.teams).every((one) => teams.has(one.team))).toBe(true);
  });

  it('has a roster with a line for every member, a hundredth of them gone', () => {
    const lines = parse<RosterLine>(company.roster, { columns: true });
    expect(lines.map((one) => one.work_email)).toEqual(large.members.map((one) => one.email));
    expect(lines.filter((one) => one.status === 'terminated')).toHaveLength(5);
    expect(company.configuration('http://127.0.0.1:1')).toContain('approvedOn: 2026-09-22');
  });

  it('follows from its seed', () => {
    expect(largeWorld(size).world).toEqual(company.world);
    expect(largeWorld({ ...size, seed: 8 }).world.organizations[0]?.members[0]).not.toEqual(large.members[0]);
  });
});
