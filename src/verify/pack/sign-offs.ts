import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { arrayOf, objectOf, readJson, type JsonObject } from '../formats/json.js';
import { base64url, utf8 } from '../formats/text.js';
import { badInput, failed, within } from '../refusal.js';
import type { Bag } from './bag.js';

const KEYS = 'data/jwks.json';
const DOCUMENT = /^data\/agreement\/(\d{1,6})\/document\.json$/;
const MAX_KEYS_BYTES = 1_048_576;
const MAX_DOCUMENT_BYTES = 16_777_216;
const MAX_SIGN_OFFS_BYTES = 4_194_304;
const TYPE = 'concordat-signoff';

/**
 * The versions of agreements in a pack: each sign-off is of the very text that is there, by a key of the pack. Whose key
 * that is, the pack cannot prove: it says so of itself.
 * @returns how many sign-offs there are.
 */
export async function verifySignOffs(bag: Bag): Promise<number> {
  const documents = bag.paths.filter((path) => DOCUMENT.test(path));
  if (documents.length === 0) {
    return 0;
  }
  const keys = await readKeys(bag);
  let count = 0;
  for (const path of documents) {
    const document = await need(bag, path, MAX_DOCUMENT_BYTES);
    const hash = `sha-256:${createHash('sha256').update(document).digest('hex')}`;
    const object = path.replace(/document\.json$/, 'sign-offs.txt');
    const signOffs = await need(bag, object, MAX_SIGN_OFFS_BYTES);
    const lines = within(object, () => utf8(signOffs)).split('\n');
    for (const [at, jws] of lines.entries()) {
      if (jws !== '') {
        within({ object, index: String(at) }, () => {
          verifyOne(jws, keys, hash);
        });
        count += 1;
      }
    }
  }
  return count;
}

function verifyOne(jws: string, keys: ReadonlyMap<string, KeyObject>, hash: string): void {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  const { typ, alg, kid } = read(header, 'the header');
  if (more.length > 0 || typ !== TYPE || alg !== 'ES256' || typeof kid !== 'string') {
    throw badInput('it is no sign-off, a compact JWS with ES256');
  }
  const key = keys.get(kid);
  if (!key) {
    throw failed(`its key is not in ${KEYS}`, { field: 'kid' });
  }
  const bytes = base64url(signature, 'the signature');
  const input = Buffer.from(`${header}.${payload}`);
  if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, bytes)) {
    throw failed('the signature is not of this text by its key');
  }
  if (read(payload, 'the payload')['hash'] !== hash) {
    throw failed('it is of another text than document.json', { field: 'hash' });
  }
}

function read(segment: string, what: string): JsonObject {
  return objectOf(readJson(base64url(segment, what)), what);
}

async function readKeys(bag: Bag): Promise<ReadonlyMap<string, KeyObject>> {
  const bytes = await need(bag, KEYS, MAX_KEYS_BYTES);
  return within(KEYS, () => {
    const keys = arrayOf(objectOf(readJson(bytes), 'it')['keys'] ?? null, 'keys');
    return new Map(keys.map((one) => toKey(objectOf(one, 'a key'))));
  });
}

function toKey({ kty, crv, x, y, kid }: JsonObject): readonly [string, KeyObject] {
  const isEc = kty === 'EC' && crv === 'P-256' && typeof x === 'string' && typeof y === 'string';
  if (!isEc || typeof kid !== 'string') {
    throw badInput('a key is none of P-256 with a kid');
  }
  try {
    return [kid, createPublicKey({ format: 'jwk', key: { kty, crv, x, y } })];
  } catch {
    throw badInput('a key is no point of P-256', { field: kid });
  }
}

async function need(bag: Bag, path: string, maxBytes: number): Promise<Buffer> {
  const bytes = await bag.read(path, maxBytes);
  if (!bytes) {
    throw failed('it is not in the pack', { object: path });
  }
  return bytes;
}
