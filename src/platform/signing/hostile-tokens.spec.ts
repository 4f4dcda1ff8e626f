import { createHmac, createSign, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import jose from 'node-jose';
import type { Clock } from '../../kernel/clock.js';
import { ForeignTokenVerifier, type ForeignProfile } from './foreign-token.js';
import type { KeyRing } from './key-ring.js';
import type { RemoteJwks } from './remote-jwks.js';
import type { SigningKeyRow } from './signing-key.repository.js';
import { importSigningKey, signCompact, type SigningKey } from './signing-key.js';
import { Signing } from './signing.service.js';

/** What this asks: does the library alone take it, as its users would call it? */
type Library = 'library accepts' | 'library refuses';

const NOW = new Date('2026-11-26T12:00:00Z');
const SECONDS = NOW.getTime() / 1000;
// P-256's order: RFC 6979 appendix A.2.5.
const ORDER = BigInt('0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551');

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function signed(header: string, payload: string, key: KeyObject = privateKey): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** The second signature that verifies: (r, n − s). */
function twin(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const s = ORDER - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = Buffer.concat([
    bytes.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]);
  return `${header}.${payload}.${other.toString('base64url')}`;
}

async function asTheLibraryTakesIt(token: unknown): Promise<Library> {
  const key = await jose.JWK.asKey({ ...publicKey.export({ format: 'jwk' }), kid: 'k' });
  try {
    await jose.JWS.createVerify(key).verify(token as string);
    return 'library accepts';
  } catch {
    return 'library refuses';
  }
}

describe('GD-7: a token of the broker', () => {
  let key: SigningKey;
  let signing: Signing;
  let header: string;
  const payload = JSON.stringify({ jti: 'one' });

  beforeAll(async () => {
    key = await importSigningKey(Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' }))));
    const row = { kid: key.kid, purpose: 'token', state: 'active', publicJwk: key.publicJwk };
    signing = new Signing({
      activeOf: () => key,
      published: () => [row as SigningKeyRow],
      lookAgain: () => Promise.resolve(),
    } as unknown as KeyRing);
    header = JSON.stringify({ typ: 'at+jwt', alg: 'ES256', kid: key.kid });
  });

  const verify = (token: string) => signing.verifyOwn(token, 'at+jwt');
  const good = (): string => signed(header, payload);
  const withHeader = (changes: object): string =>
    signed(JSON.stringify({ ...(JSON.parse(header) as object), ...changes }), payload);

  it('is what the broker signs, and what any ES256 signer with its key would', async () => {
    const own = await signCompact(key, 'at+jwt', Buffer.from(payload));
    expect(await verify(own)).toEqual({ jti: 'one' });
    expect(await verify(good())).toEqual({ jti: 'one' });
  });

  it('has a second valid signature, so that nothing may go by its text', async () => {
    const token = good();
    expect(twin(token)).not.toBe(token);
    expect(await verify(twin(token))).toEqual(await verify(token));
  });

  it.each<[string, () => string, Library]>([
    ['four segments', () => `${good()}.x`, 'library accepts'],
    ['five segments', () => `${good()}.x.y`, 'library accepts'],
    ['two segments', () => good().split('.').slice(0, 2).join('.'), 'library refuses'],
    ['padding behind it', () => `${good()}==`, 'library accepts'],
    [
      'junk inside the signature',
      () => good().replace(/.{10}$/, (tail) => `!${tail}`),
      'library accepts',
    ],
    ['spaces around it', () => ` ${good()} `, 'library refuses'],
    ['a signature whose last bits mean nothing', () => otherTail(good()), 'library accepts'],
    [
      'a member given twice',
      () => signed(header.replace('{', '{"alg":"none",'), payload),
      'library accepts',
    ],
    ['an empty crit', () => withHeader({ crit: [] }), 'library accepts'],
    ['a crit that names a member', () => withHeader({ crit: ['exp'], exp: 1 }), 'library refuses'],
    ['no kid', () => withHeader({ kid: undefined }), 'library accepts'],
    ['another kid', () => withHeader({ kid: 'other' }), 'library accepts'],
    ['another typ', () => withHeader({ typ: 'JWT' }), 'library accepts'],
    [
      'a key of its own',
      () => withHeader({ jwk: publicKey.export({ format: 'jwk' }) }),
      'library accepts',
    ],
    ['x5u', () => withHeader({ x5u: 'https://a.example' }), 'library accepts'],
    ['jku', () => withHeader({ jku: 'https://a.example' }), 'library accepts'],
    ['a space in its header', () => signed(header.replace(',', ', '), payload), 'library accepts'],
    ['alg none', () => `${encode('{"alg":"none"}')}.${encode(payload)}.`, 'library refuses'],
    [
      'HS256 by the public key',
      () => hmac(header.replace('ES256', 'HS256'), payload),
      'library refuses',
    ],
    [
      'a stranger’s signature',
      () => signed(header, payload, stranger.privateKey),
      'library refuses',
    ],
    ['a DER signature', () => der(header, payload), 'library refuses'],
    ['a payload that is no object', () => signed(header, '[1]'), 'library accepts'],
    ['a payload that is no JSON', () => signed(header, 'jti'), 'library accepts'],
    [
      'more than 8 KiB',
      () => signed(header, JSON.stringify({ x: 'x'.repeat(9_000) })),
      'library accepts',
    ],
    ['nothing', () => '', 'library refuses'],
  ])('is refused with %s', async (_, make, library) => {
    const token = make();
    expect(await verify(token)).toBeUndefined();
    expect(await asTheLibraryTakesIt(token)).toBe(library);
  });

  it.each<[string, () => unknown]>([
    ['in JSON', () => json(good(), {})],
    ['in JSON, with its alg unprotected', () => json(good(), { header: { alg: 'ES256' } })],
    ['in flattened JSON with several signatures', () => several(good())],
  ])('is refused %s, which the library accepts', async (_, make) => {
    const token = make();
    expect(await verify(JSON.stringify(token))).toBeUndefined();
    expect(await asTheLibraryTakesIt(token)).toBe('library accepts');
  });

  it('is not remembered for longer than its key is published', async () => {
    const rows: SigningKeyRow[] = [
      { kid: key.kid, purpose: 'token', publicJwk: key.publicJwk } as SigningKeyRow,
    ];
    const ring = { published: () => rows, lookAgain: () => Promise.resolve() };
    const node = new Signing(ring as unknown as KeyRing);
    const token = good();
    expect(await node.verifyOwn(token, 'at+jwt')).toBeDefined();
    rows.pop();
    expect(await node.verifyOwn(token, 'at+jwt')).toBeUndefined();
  });
});

describe('GD-7: a token of the OpenID provider', () => {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };
  const keys = { find: (kid: string) => Promise.resolve(kid === 'k' ? jwk : undefined) };
  const clock: Clock = { now: () => NOW };
  const verifier = new ForeignTokenVerifier(keys as unknown as RemoteJwks, clock);
  const profile: ForeignProfile = {
    issuer: 'https://id.example',
    audience: 'https://share.example',
    types: ['at+jwt'],
    skewSeconds: 30,
  };
  const header = { typ: 'at+jwt', alg: 'ES256', kid: 'k' };
  const claims = {
    iss: profile.issuer,
    aud: profile.audience,
    sub: 'one',
    iat: SECONDS,
    exp: SECONDS + 300,
  };
  const token = (changes: { header?: object; claims?: object } = {}): string =>
    signed(
      JSON.stringify({ ...header, ...changes.header }),
      JSON.stringify({ ...claims, ...changes.claims }),
    );

  it('is good when everything fits', async () => {
    expect(await verifier.verify(token(), profile)).toMatchObject({ sub: 'one' });
    const spaced = signed(JSON.stringify(header, null, 1), JSON.stringify(claims));
    expect(await verifier.verify(spaced, profile)).toMatchObject({ sub: 'one' });
  });

  it.each<[string, object]>([
    ['an empty crit', { crit: [] }],
    ['b64', { b64: false }],
    ['x5u', { x5u: 'https://a.example' }],
    ['x5c', { x5c: ['AAAA'] }],
    ['jku', { jku: 'https://a.example' }],
    ['a key of its own', { jwk: stranger.publicKey.export({ format: 'jwk' }) }],
    ['an unknown kid', { kid: 'other' }],
    ['no kid', { kid: undefined }],
    ['no typ', { typ: undefined }],
    ['another typ', { typ: 'JWT' }],
    ['alg none', { alg: 'none' }],
    ['alg HS256', { alg: 'HS256' }],
    ['alg ES384', { alg: 'ES384' }],
    ['alg EdDSA', { alg: 'EdDSA' }],
    ['alg RS256 for an EC key', { alg: 'RS256' }],
  ])('is refused with %s in its header', async (_, changes) => {
    expect(await verifier.verify(token({ header: changes }), profile)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['another issuer', { iss: 'https://other.example' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'https://other.example' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['a subject that is no text', { sub: 1 }],
    ['a subject without end', { sub: 'x'.repeat(256) }],
    ['its end 30 s ago', { exp: SECONDS - 30 }],
    ['no end', { exp: undefined }],
    ['its end in words', { exp: '9999999999' }],
    ['a beginning to come', { nbf: SECONDS + 31 }],
    ['a beginning in words', { nbf: 'now' }],
    ['an issue to come', { iat: SECONDS + 31 }],
    ['no time of issue', { iat: undefined }],
  ])('is refused with %s', async (_, changes) => {
    expect(await verifier.verify(token({ claims: changes }), profile)).toBeUndefined();
  });

  it.each<[string, (good: string) => string]>([
    [
      'a member given twice',
      () => signed('{"alg":"ES256","typ":"at+jwt","kid":"k","kid":"k"}', JSON.stringify(claims)),
    ],
    [
      'an escaped member',
      () => signed('{"\\u0061lg":"ES256","typ":"at+jwt","kid":"k"}', JSON.stringify(claims)),
    ],
    ['four segments', (good) => `${good}.x`],
    ['padding', (good) => `${good}=`],
    ['meaningless last bits', otherTail],
    [
      'HS256 by the public key',
      () => hmac(JSON.stringify({ ...header, alg: 'HS256' }), JSON.stringify(claims)),
    ],
    [
      'a stranger’s signature',
      () => signed(JSON.stringify(header), JSON.stringify(claims), stranger.privateKey),
    ],
    ['9 KiB', () => token({ claims: { x: 'x'.repeat(9_000) } })],
  ])('is refused with %s', async (_, make) => {
    expect(await verifier.verify(make(token()), profile)).toBeUndefined();
  });

  it('is refused by a key that serves another algorithm', async () => {
    const other = { find: () => Promise.resolve({ ...jwk, alg: 'ES384' }) };
    const strict = new ForeignTokenVerifier(other as unknown as RemoteJwks, clock);
    expect(await strict.verify(token(), profile)).toBeUndefined();
  });
});

// 86 characters hold 516 bits, the signature 512: the last character has four spare ones.
function otherTail(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.slice(-1));
  return `${token.slice(0, -1)}${alphabet[last ^ 1] ?? ''}`;
}

function hmac(header: string, payload: string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const secret = publicKey.export({ format: 'pem', type: 'spki' });
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function der(header: string, payload: string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createSign('sha256').update(input).sign(privateKey).toString('base64url')}`;
}

function json(token: string, more: object): object {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return { payload, protected: header, signature, ...more };
}

function several(token: string): object {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return {
    payload,
    signatures: [
      { protected: header, signature },
      { protected: header, signature: 'AAAA' },
    ],
  };
}
