import { checksumOf } from './checksum.rules.js';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e'.repeat(64);

it.each([
  [
    'the digest that was sealed',
    { sha256: SHA256, etag: `"${MD5}"` },
    { algorithm: 'sha256', hex: SHA256 },
  ],
  [
    'the ETag of an object put in one piece',
    { sha256: null, etag: `"${MD5}"` },
    { algorithm: 'md5', hex: MD5 },
  ],
  ['nothing for one put in pieces', { sha256: null, etag: `"${MD5}-3"` }, undefined],
  ['nothing for another ETag', { sha256: null, etag: '"v1"' }, undefined],
])('bytes are checked by %s', (_, object, expected) => {
  expect(checksumOf(object)).toEqual(expected);
});
