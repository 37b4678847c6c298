import { expect, it } from 'vitest';
import { Endpoint } from './endpoint.js';

it.each<[string, string, boolean]>([
  ['https://hub.docker.com', 'https://hub.docker.com/v2/orgs/acme/members?page=2', true],
  ['https://hub.docker.com/', 'https://hub.docker.com:443/v2/x', true],
  ['https://hub.docker.com', 'http://hub.docker.com/v2/x', false],
  ['https://hub.docker.com', 'https://hub.docker.com:444/v2/x', false],
  ['https://hub.docker.com', 'https://hub.docker.com.evil.example/v2/x', false],
  ['https://hub.docker.com', 'https://hub.docker.com@evil.example/v2/x', false],
  ['https://hub.docker.com', 'https://someone@hub.docker.com/v2/x', false],
  ['https://hub.docker.com', '//evil.example/v2/x', false],
  ['https://hub.docker.com', 'page=2', false],
  ['https://proxy.acme.com/docker', 'https://proxy.acme.com/docker/v2/x', true],
  ['https://proxy.acme.com/docker', 'https://proxy.acme.com/v2/x', false],
  ['https://proxy.acme.com/docker', 'https://proxy.acme.com/docker/../v2/x', false],
  ['https://proxy.acme.com/docker', 'https://proxy.acme.com/docker2/v2/x', false],
])('%s holds %s: %s', (base, address, expected) => {
  expect(new Endpoint(base).holds(address) !== null).toBe(expected);
});

it.each([
  ['https://hub.docker.com', true],
  ['http://hub.docker.com', false],
  ['http://localhost:8080', true],
  ['http://127.0.0.1:8080', true],
  ['http://[::1]:8080', true],
  ['http://127.0.0.1.evil.example', false],
  ['http://10.0.0.1', false],
  ['ftp://hub.docker.com', false],
])('%s may be sent secrets: %s', (base, expected) => {
  expect(new Endpoint(base).isSafe).toBe(expected);
});

it.each<[string, string, string | null]>([
  ['https://hub.docker.com', '/v2/x?y=1', 'https://hub.docker.com/v2/x?y=1'],
  ['https://proxy.acme.com/docker', '/v2/x', 'https://proxy.acme.com/docker/v2/x'],
  ['https://proxy.acme.com/docker', '/../secret', null],
  ['https://hub.docker.com/v2/scim/2.0/', '/Users', 'https://hub.docker.com/v2/scim/2.0/Users'],
  ['https://user:word@hub.docker.com/?a=1#b', '/v2/x', 'https://hub.docker.com/v2/x'],
])('below %s, %s is %s', (base, path, expected) => {
  const endpoint = new Endpoint(base);
  const url = endpoint.below(path);
  expect(url?.href ?? null).toBe(expected);
  expect(url && endpoint.below(endpoint.relative(url))?.href).toBe(expected);
});

it('does not name the credentials of an address in sentences', () => {
  expect(new Endpoint('https://user:word@hub.docker.com:8443/x').host).toBe('hub.docker.com:8443');
});
