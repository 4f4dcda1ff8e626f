import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { KEY } from '../support/log/test-log.js';
import { bagOf, packFiles, zipOfFiles, type Files } from '../support/log/test-pack.js';
import { Desk, run } from './running.js';

const DOCUMENT = 'data/agreement/2/document.json';
const SIGN_OFFS = 'data/agreement/2/sign-offs.txt';
const KEYS = 'data/jwks.json';
const TEXT = '{"objective":"Fewer falls"}';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const JWK = { ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' };

const segment = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');
const hashOf = (text: string): string =>
  `sha-256:${createHash('sha256').update(text).digest('hex')}`;

function signOff(of: { header?: object; hash?: string; key?: KeyObject } = {}): string {
  const header = { typ: 'concordat-signoff', alg: 'ES256', kid: 'k1', ...of.header };
  const input = `${segment(header)}.${segment({ v: 1, hash: of.hash ?? hashOf(TEXT) })}`;
  const options = { key: of.key ?? privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), options).toString('base64url')}\n`;
}

describe('the sign-offs of a pack', () => {
  let desk: Desk;

  beforeAll(() => {
    desk = new Desk();
  });
  afterAll(() => {
    desk.clear();
  });

  const right: Files = {
    ...packFiles(),
    [DOCUMENT]: TEXT,
    [SIGN_OFFS]: signOff() + signOff(),
    [KEYS]: JSON.stringify({ keys: [JWK] }),
  };
  const verifyWith = (changes: Files) =>
    run(
      'pack',
      desk.write('pack.zip', zipOfFiles(bagOf({ ...right, ...changes }))),
      '--vkey',
      KEY.vkey,
      '--json',
    );

  it('are of the text that lies with them, by keys of the pack', async () => {
    const { code, out } = await verifyWith({});
    expect(code).toBe(0);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ verified: true, signOffs: 2 });
  });

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each<[string, Files, number, string]>([
    ['another text', { [DOCUMENT]: `${TEXT} ` }, 1, SIGN_OFFS],
    ['a sign-off of another text', { [SIGN_OFFS]: signOff({ hash: hashOf('x') }) }, 1, SIGN_OFFS],
    ['another hand', { [SIGN_OFFS]: signOff({ key: stranger }) }, 1, SIGN_OFFS],
    ['a key that is not there', { [SIGN_OFFS]: signOff({ header: { kid: 'k2' } }) }, 1, SIGN_OFFS],
    ['no signature', { [SIGN_OFFS]: signOff().replace(/\.[^.]*$/, '.\n') }, 1, SIGN_OFFS],
    ['the algorithm none', { [SIGN_OFFS]: signOff({ header: { alg: 'none' } }) }, 2, SIGN_OFFS],
    [
      'a token of another kind',
      { [SIGN_OFFS]: signOff({ header: { typ: 'at+jwt' } }) },
      2,
      SIGN_OFFS,
    ],
    ['words', { [SIGN_OFFS]: 'signed, honestly\n' }, 2, SIGN_OFFS],
    ['no keys', { [KEYS]: '[]' }, 2, KEYS],
    ['a key off the curve', { [KEYS]: JSON.stringify({ keys: [{ ...JWK, x: JWK.y }] }) }, 2, KEYS],
  ])('are found out with %s', async (_what, changes, code, file) => {
    const ran = await verifyWith(changes);
    expect(ran.code).toBe(code);
    expect(ran.out.concat(ran.said).join()).toContain(file);
  });

  it('must be there with a version', async () => {
    const files = Object.fromEntries(Object.entries(right).filter(([path]) => path !== SIGN_OFFS));
    const zip = desk.write('pack.zip', zipOfFiles(bagOf(files)));
    expect(await run('pack', zip, '--vkey', KEY.vkey)).toMatchObject({ code: 1 });
  });
});
