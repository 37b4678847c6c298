import type { Answer, HubRequest } from './answers.js';
import { scimAnswer, scimRefusal } from './answers.js';
import { slice } from './paging.js';
import { resourceTypes, schemas, serviceProviderConfig, userSchema } from './scim-documents.js';
import { scimFilter } from './scim-filter.js';
import type { HubScimUser } from './world.js';

const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** Everything under /v2/scim/2.0; the SCIM token says which organization's connection it is. */
export function scimRoute(request: HubRequest): Answer {
  const connection = request.world.organizations.find(
    (one) => one.scim !== null && request.bearer !== null && one.scim.token === request.bearer,
  )?.scim;
  if (!connection) return scimRefusal(401, 'Unauthorized');
  const [, , resource = '', id, ...more] = request.segments;
  if (more.length > 0) return scimRefusal(404, 'Not found');
  switch (resource) {
    case 'ServiceProviderConfig':
      return id === undefined ? scimAnswer(serviceProviderConfig) : scimRefusal(404, 'Not found');
    case 'ResourceTypes':
      return document(resourceTypes, id);
    case 'Schemas':
      return document(schemas, id);
    case 'Users': {
      if (id === undefined) return listUsers(request, connection.users);
      const user = connection.users.find((one) => one.id === id);
      return user ? scimAnswer(userBody(request.base, user)) : scimRefusal(404, 'User not found');
    }
    default:
      return scimRefusal(404, 'Not found');
  }
}

function document(documents: readonly { readonly id: string }[], id: string | undefined): Answer {
  if (id === undefined) {
    return scimAnswer({ schemas: [listSchema], totalResults: documents.length, Resources: documents });
  }
  const found = documents.find((one) => one.id === id);
  return found ? scimAnswer(found) : scimRefusal(404, 'Not found');
}

function listUsers(request: HubRequest, users: readonly HubScimUser[]): Answer {
  const { query } = request;
  const startIndex = wholeNumber(query.get('startIndex'), 1);
  const count = wholeNumber(query.get('count'), 100);
  const sortOrder = query.get('sortOrder') ?? 'ascending';
  if (startIndex === null || count === null || !['ascending', 'descending'].includes(sortOrder)) {
    return scimRefusal(400, 'Invalid query parameter', 'invalidValue');
  }
  const filter = query.get('filter');
  const keep = filter === null ? () => true : scimFilter(filter);
  if (!keep) return scimRefusal(400, 'Invalid filter', 'invalidFilter');
  let bodies = users.map((one) => userBody(request.base, one)).filter((one) => keep(one));
  const sortBy = query.get('sortBy');
  if (sortBy !== null) bodies = sorted(bodies, sortBy, sortOrder === 'descending');
  const from = Math.max(startIndex, 1) - 1;
  const page = slice(bodies, from, Math.min(count, 2 * request.largestPage), request.drift);
  const attributes = query.get('attributes');
  return scimAnswer({
    schemas: [listSchema],
    totalResults: bodies.length,
    startIndex: from + 1,
    itemsPerPage: page.length,
    Resources: attributes === null ? page : page.map((one) => narrowed(one, attributes)),
  });
}

function wholeNumber(text: string | null, otherwise: number): number | null {
  if (text === null) return otherwise;
  return /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

function sorted(bodies: Record<string, unknown>[], attribute: string, descending: boolean) {
  const key = (body: Record<string, unknown>) => {
    const name = Object.keys(body).find((one) => one.toLowerCase() === attribute.toLowerCase());
    return String(name === undefined ? '' : body[name]).toLowerCase();
  };
  const direction = descending ? -1 : 1;
  return [...bodies].sort((one, other) => (key(one) < key(other) ? -direction : direction));
}

/** `schemas` and `id` come whatever was asked for. */
function narrowed(body: Record<string, unknown>, attributes: string): Record<string, unknown> {
  const wanted = new Set(['schemas', 'id', ...attributes.split(',').map((one) => one.trim().toLowerCase())]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => wanted.has(name.toLowerCase())));
}

function userBody(base: string, user: HubScimUser): Record<string, unknown> {
  return {
    schemas: [userSchema],
    id: user.id,
    userName: user.userName,
    name: { givenName: user.givenName, familyName: user.familyName },
    displayName: user.displayName,
    active: user.active,
    emails: [{ value: user.userName, display: user.userName, primary: true }],
    groups: user.groups.map((one) => ({ value: one, display: one })),
    meta: {
      resourceType: 'User',
      location: `${base}/v2/scim/2.0/Users/${user.id}`,
      created: user.createdAt,
      lastModified: user.modifiedAt ?? user.createdAt,
    },
    ...user.wire,
  };
}
