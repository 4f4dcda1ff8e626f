import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { deriveKey, openEnvelope, sealEnvelope } from './envelope.js';

const kek = randomBytes(32);
const opens = (key: Buffer, aad: string, sealed: Buffer): boolean => {
  try {
    openEnvelope(key, aad, sealed);
    return true;
  } catch {
    return false;
  }
};

describe('an envelope', () => {
  it('opens to what was sealed, for its own name and key only', () => {
    const sealed = sealEnvelope(kek, 'tenant|store|1|s3', Buffer.from('secret'));
    expect(openEnvelope(kek, 'tenant|store|1|s3', sealed).toString()).toBe('secret');
    expect(opens(kek, 'tenant|store|2|s3', sealed)).toBe(false);
    expect(opens(randomBytes(32), 'tenant|store|1|s3', sealed)).toBe(false);
  });

  it('shows nothing of the secret and never twice the same text', () => {
    const one = sealEnvelope(kek, 'a', Buffer.from('secret'));
    const two = sealEnvelope(kek, 'a', Buffer.from('secret'));
    expect(one.includes('secret')).toBe(false);
    expect(one.equals(two)).toBe(false);
  });

  it('is refused after any change of a byte', () => {
    const sealed = sealEnvelope(kek, 'a', Buffer.from('secret'));
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ change, at);
        return !opens(kek, 'a', changed);
      }),
    );
  });
});

it('derived keys differ by purpose', () => {
  expect(deriveKey(kek, 'page-token').equals(deriveKey(kek, 'pairwise'))).toBe(false);
  expect(deriveKey(kek, 'page-token')).toHaveLength(32);
});
