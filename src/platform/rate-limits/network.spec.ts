import { networkOf } from './network.js';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['2001:db8:1:3::', '2001:db8:1:3'],
  ['', ''],
])('%s shares its limit with all of %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});
