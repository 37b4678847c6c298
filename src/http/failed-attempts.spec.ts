import { expect, test } from 'vitest';
import { FailedAttempts, networkOf } from './failed-attempts.js';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('a whole IPv6 network waits together', async () => {
  const attempts = new FailedAttempts({ most: 2, seconds: 60 });
  await attempts.count('2001:db8::1');
  expect(await attempts.wait('2001:db8::1')).toBeNull();
  await attempts.count('2001:db8::2');
  expect(await attempts.wait('2001:db8::3')).toBe(60);
  expect(await attempts.wait('2001:db8:0:1::3')).toBeNull();
});
