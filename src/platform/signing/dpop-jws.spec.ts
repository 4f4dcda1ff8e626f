import { proofKey } from '../../../test/support/proof-key.js';
import { verifyProofSignature } from './dpop-jws.js';

describe('GD-11: the signature of a DPoP proof', () => {
  const key = proofKey();
  const request = { method: 'GET', url: 'https://a.example/b', token: 't', iat: 1 };
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk };
  const { x, y } = key.jwk;

  it('names the thumbprint of the key that made it', async () => {
    const proof = await verifyProofSignature(key.prove(request));
    expect(proof).toMatchObject({ jkt: key.jkt, claims: { htm: 'GET', iat: 1 } });
  });

  it('may come with the spaces that some JSON writers leave', async () => {
    const spaced = key.signText(JSON.stringify(header, null, 1), '{"htm": "GET"}');
    expect(await verifyProofSignature(spaced)).toMatchObject({ jkt: key.jkt });
  });

  it.each<[string, object]>([
    ['another typ', { typ: 'at+jwt' }],
    ['no typ', { typ: undefined }],
    ['alg none', { alg: 'none' }],
    ['alg HS256', { alg: 'HS256' }],
    ['a kid', { kid: 'k' }],
    ['crit', { crit: [] }],
    ['b64', { b64: false }],
    ['x5c', { x5c: [] }],
    ['x5u', { x5u: 'https://a.example' }],
    ['jku', { jku: 'https://a.example' }],
    ['no key', { jwk: undefined }],
    ['text for a key', { jwk: 'key' }],
    ['a private key', { jwk: key.privateJwk }],
    ['a symmetric key', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['another curve', { jwk: { ...key.jwk, crv: 'P-384' } }],
    ['a key with a name', { jwk: { ...key.jwk, kid: 'k' } }],
    ['a point off the curve', { jwk: { ...key.jwk, x: y, y: x } }],
    ['another’s key', { jwk: proofKey().jwk }],
    ['a padded coordinate', { jwk: { ...key.jwk, x: `${x}=` } }],
  ])('is refused with %s', async (_, changes) => {
    expect(await verifyProofSignature(key.prove({ ...request, header: changes }))).toBeUndefined();
  });

  it.each<[string, string]>([
    ['a member given twice', JSON.stringify(header).replace('{', '{"alg":"none",')],
    ['an escaped member', JSON.stringify(header).replace('"alg"', '"\\u0061lg"')],
    ['a list', '[]'],
    ['no JSON', 'typ=dpop+jwt'],
  ])('is refused with %s in its header', async (_, text) => {
    expect(await verifyProofSignature(key.signText(text, '{}'))).toBeUndefined();
  });

  it.each<[string, (proof: string) => string]>([
    ['four segments', (proof) => `${proof}.x`],
    ['a changed payload', (proof) => proof.replace(/\.[\w-]+\./, '.e30.')],
    ['padding', (proof) => `${proof}==`],
    ['a second proof behind a comma', (proof) => `${proof}, ${proof}`],
    ['nothing', () => ''],
  ])('is refused with %s', async (_, change) => {
    expect(await verifyProofSignature(change(key.prove(request)))).toBeUndefined();
  });
});
