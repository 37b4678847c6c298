import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationFile } from '../../../test/support/configuration-file.js';

let file: ConfigurationFile;
beforeAll(async () => {
  file = await ConfigurationFile.create();
});
afterAll(() => file.remove());

const head =
  'organizations:\n  - name: acme\n    hub: { identifier: acme, secret: s }\nroster:\n  source: people.csv\napi:\n';

describe('the origins that may read the API', () => {
  test.each([
    ['https://dashboard.example.com', 'https://dashboard.example.com'],
    [' HTTPS://Dashboard.Example.com:443 ', 'https://dashboard.example.com'],
    ['https://dashboard.example.com:8443', 'https://dashboard.example.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%j is %s', async (text, origin) => {
    expect(await file.load(`${head}  corsOrigins: ["${text}"]\n`)).toMatchObject({
      configuration: { api: { corsOrigins: [origin], trustedProxies: [] } },
    });
  });

  test.each([
    '*',
    'https://*',
    'https://*.example.com',
    'https://dashboard.example.com/',
    'https://dashboard.example.com/app',
    'https://dashboard.example.com?x=1',
    'https://dashboard.example.com#x',
    'https://jane@dashboard.example.com',
    'http://dashboard.example.com',
    'dashboard.example.com',
    'ws://localhost',
    'null',
    'https://',
  ])('%j is none', async (text) => {
    expect(await file.mistakes(`${head}  corsOrigins: ["https://a.example.com", "${text}"]\n`)).toEqual([
      `7: \`api.corsOrigins[1]\` is \`${text}\`; expected a list of origins such as https://dashboard.example.com (http only on this machine)`,
    ]);
  });
});

describe('the proxies that are believed', () => {
  test.each(['10.0.0.1', '10.0.0.0/8', '192.168.1.7/32', '::1', 'fd00::/8', '2001:db8::1/128'])('%s', async (text) => {
    expect(await file.load(`${head}  trustedProxies: ["${text}"]\n`)).toMatchObject({
      configuration: { api: { corsOrigins: [], trustedProxies: [text] } },
    });
  });

  test.each([
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'fd00::/129',
    'fe80::1%eth0',
    'proxy.example.com',
    'true',
  ])('%s is none', async (text) => {
    expect(await file.mistakes(`${head}  trustedProxies: ["${text}"]\n`)).toEqual([
      `7: \`api.trustedProxies[0]\` is \`${text}\`; expected a list of addresses and networks such as 10.0.0.0/8`,
    ]);
  });
});

test('empty lists are none, and an unknown key is a mistake', async () => {
  expect(await file.load(`${head}  corsOrigins: []\n  trustedProxies:\n`)).toMatchObject({
    configuration: { api: { corsOrigins: [], trustedProxies: [] } },
  });
  expect(await file.mistakes(`${head}  corsOrigin: []\n`)).toEqual([
    '7: `api.corsOrigin` is not a key that is known here; did you mean `corsOrigins`?',
  ]);
});
