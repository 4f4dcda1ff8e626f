import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { Ed25519Key } from '../../platform/signing/ed25519-key.js';
import { checkpointText, readCheckpoint } from './checkpoint.js';
import { keyId, signNote, verifierKey } from './note.js';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const NAME = 'example.com/foo';

describe('a signed note (C2SP signed-note)', () => {
  it('names a key by the first bytes of its hash', () => {
    const published = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    const raw = Buffer.from(published.split('+').slice(2).join('+'), 'base64').subarray(1);
    expect(keyId({ name: NAME, publicKey: raw }).toString('hex')).toBe('530d903a');
    expect(verifierKey({ name: NAME, publicKey: raw })).toBe(published);
  });

  it('is its text under one line for each signer, each a signature of the text', () => {
    const text = 'example.com/log\n1\nAAAA\n';
    const keys = [new Ed25519Key(randomBytes(32)), new Ed25519Key(randomBytes(32))];
    const signers = keys.map((key) => ({
      name: 'example.com/log',
      publicKey: key.publicKey,
      sign: (bytes: Buffer) => key.sign(bytes),
    }));
    const note = signNote(text, signers);
    const [body = '', signatures = ''] = note.split('\n\n');
    expect(`${body}\n`).toBe(text);
    const lines = signatures.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const [at, line] of lines.entries()) {
      const [dash, name, encoded = ''] = line.split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      const signer = signers[at] ?? { name: '', publicKey: Buffer.alloc(0) };
      expect([dash, name]).toEqual(['—', 'example.com/log']);
      expect(bytes.subarray(0, 4)).toEqual(keyId(signer));
      const key = createPublicKey({
        key: Buffer.concat([SPKI, signer.publicKey]),
        format: 'der',
        type: 'spki',
      });
      expect(verify(null, Buffer.from(text), key, bytes.subarray(4))).toBe(true);
    }
    expect(signNote(text, signers)).toBe(note);
  });
});

describe('a checkpoint (C2SP tlog-checkpoint)', () => {
  const PUBLISHED =
    'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

  it('is read from its note and written as it was', () => {
    const checkpoint = readCheckpoint(`${PUBLISHED}\n— example.com/behind-the-sofa Az3grg==\n`);
    expect(checkpoint.size).toBe(20_852_163n);
    expect(checkpointText(checkpoint)).toBe(PUBLISHED);
  });

  it.each([
    ['nothing', ''],
    ['a size with a zero before it', PUBLISHED.replace('2085', '02085')],
    ['a negative size', PUBLISHED.replace('2085', '-2085')],
    ['a short root', PUBLISHED.replace('CsUY', '')],
    ['no origin', PUBLISHED.replace('example.com/behind-the-sofa', '')],
  ])('that has %s is refused', (_, text) => {
    expect(() => readCheckpoint(text)).toThrow(RangeError);
  });
});
