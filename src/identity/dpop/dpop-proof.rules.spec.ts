import { createHash } from 'node:crypto';
import { proofUse } from './dpop-proof.rules.js';

const NOW = 1_795_444_800;
const REQUEST = {
  method: 'GET',
  url: 'https://share.example.org/api/v1/grants/1/objects/a%20b?page=2',
  token: 'the token',
};
const ath = createHash('sha256').update(REQUEST.token).digest('base64url');
const claims = {
  jti: 'one',
  htm: 'GET',
  htu: 'https://share.example.org/api/v1/grants/1/objects/a%20b',
  iat: NOW,
  ath,
};
const use = (changes: object, request = REQUEST) =>
  proofUse({ ...claims, ...changes }, request, NOW);

describe('GD-11: what a DPoP proof says', () => {
  it('is good for one use until its minute is over', () => {
    expect(use({})).toEqual({ jti: 'one', usableUntil: NOW + 60 });
  });

  it.each<[string, object]>([
    ['a query and a fragment', { htu: `${claims.htu}?x=1#y` }],
    ['another case of scheme and host', { htu: claims.htu.replace('https://s', 'HTTPS://S') }],
    ['the default port', { htu: claims.htu.replace('.org', '.org:443') }],
    ['a clock a minute behind', { iat: NOW - 60 }],
    ['a clock a minute ahead', { iat: NOW + 60 }],
  ])('may have %s', (_, changes) => {
    expect(use(changes)).toBeDefined();
  });

  it.each<[string, object]>([
    ['another method', { htm: 'HEAD' }],
    ['the method in small letters', { htm: 'get' }],
    ['another path', { htu: `${claims.htu}c` }],
    ['another host', { htu: claims.htu.replace('share', 'other') }],
    ['http for https', { htu: claims.htu.replace('https', 'http') }],
    ['a user in the address', { htu: claims.htu.replace('share', 'me@share') }],
    ['no address', { htu: undefined }],
    ['a relative address', { htu: '/api/v1/grants/1/objects/a%20b' }],
    ['an address without end', { htu: claims.htu + 'c'.repeat(5_000) }],
    ['another token', { ath: createHash('sha256').update('other').digest('base64url') }],
    ['no token', { ath: undefined }],
    ['the token itself', { ath: REQUEST.token }],
    ['a time long past', { iat: NOW - 61 }],
    ['a time to come', { iat: NOW + 61 }],
    ['no time', { iat: undefined }],
    ['a time in words', { iat: String(NOW) }],
    ['no name', { jti: undefined }],
    ['an empty name', { jti: '' }],
    ['a name without end', { jti: 'x'.repeat(256) }],
  ])('is refused with %s', (_, changes) => {
    expect(use(changes)).toBeUndefined();
  });

  it('is refused for a request that has no address', () => {
    const request = { ...REQUEST, url: 'http://a:b:c' };
    expect(use({ htu: request.url }, request)).toBeUndefined();
  });
});
