import { describe, expect, it } from 'vitest';
import { addOrganizationToken, hubMember, hubOrganization, hubRepository } from '../src/demo/build-world.js';
import { startHub } from '../src/demo/hub.js';
import type { HubOrganization } from '../src/demo/world.js';
import type { HubPage } from './support/ask-hub.js';
import { askHub, everyRow, signInToHub } from './support/ask-hub.js';

function sized(members: number): HubOrganization {
  const organization = hubOrganization('sized');
  for (let place = 0; place < members; place += 1) organization.members.push(hubMember(`user${place}`));
  addOrganizationToken(organization, 'reader');
  return organization;
}

describe('pages', () => {
  it.each([
    [0, 1, 0],
    [1, 1, 1],
    [25, 1, 25],
    [26, 1, 26],
    [100, 1, 100],
    [101, 2, 1],
  ])('of 100 hold %i members on %i pages', async (members, pages, onTheLast) => {
    const other = await startHub({ organizations: [sized(members)] });
    const bearer = await signInToHub(other.url, 'sized', 'reader');
    const rows = await everyRow(other.url, '/v2/orgs/sized/members?page_size=100&type=member', bearer);
    expect(new Set(rows.map((one) => one['id'])).size).toBe(members);
    expect(other.count('/members')).toBe(pages);
    const last = await askHub<HubPage>(other.url, `/v2/orgs/sized/members?page_size=100&page=${pages}`, bearer);
    expect(last.body).toMatchObject({ count: members, next: null });
    expect(last.body.results).toHaveLength(onTheLast);
    const beyond = await askHub<HubPage>(other.url, `/v2/orgs/sized/members?page_size=100&page=${pages + 1}`, bearer);
    expect(beyond.body.results).toEqual([]);
    await other.stop();
  });

  it('hold no more than 100 rows, whatever was asked for, and link absolutely with the same query', async () => {
    const other = await startHub({ organizations: [sized(150)] });
    const bearer = await signInToHub(other.url, 'sized', 'reader');
    const first = await askHub<HubPage>(other.url, '/v2/orgs/sized/members/?page_size=500&role=member', bearer);
    expect(first.body.results).toHaveLength(100);
    expect(first.body.next).toBe(`${other.url}/v2/orgs/sized/members/?page_size=500&role=member&page=2`);
    const second = await askHub<HubPage>(other.url, first.body.next ?? '', bearer);
    expect(second.body.results).toHaveLength(50);
    expect(second.body.previous).toBe(`${other.url}/v2/orgs/sized/members/?page_size=500&role=member&page=1`);
    await other.stop();
  });

  it('behind the end are 404 for repositories, and an empty listing has a first one', async () => {
    const other = await startHub({ organizations: [sized(0)] });
    const bearer = await signInToHub(other.url, 'sized', 'reader');
    const beyond = await askHub(other.url, '/v2/namespaces/sized/repositories?page=2', bearer);
    expect([beyond.status, beyond.body]).toEqual([404, { message: 'not found', errinfo: null }]);
    const empty = await askHub(other.url, '/v2/namespaces/sized/repositories', bearer);
    expect(empty.body).toEqual({ count: 0, next: null, previous: null, results: [] });
    await other.stop();
  });

  it('are 10 rows of repositories where nobody asks for more', async () => {
    const organization = sized(0);
    for (let place = 0; place < 11; place += 1) organization.repositories.push(hubRepository(`repository-${place}`));
    const other = await startHub({ organizations: [organization] });
    const bearer = await signInToHub(other.url, 'sized', 'reader');
    const { body } = await askHub<HubPage>(other.url, '/v2/namespaces/sized/repositories', bearer);
    expect([body.count, body.results.length]).toEqual([11, 10]);
    expect(await everyRow(other.url, '/v2/namespaces/sized/repositories', bearer)).toHaveLength(11);
    await other.stop();
  });
});
