import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { HmacKey } from './hmac-key.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((held) => Buffer.from(held));

describe('a key of HMAC-SHA-256', () => {
  it('signs one message after the other as Node does', () => {
    fc.assert(
      fc.property(bytes(64), fc.array(fc.string({ unit: 'grapheme' })), (secret, messages) => {
        const key = new HmacKey(secret);
        for (const message of messages) {
          const expected = createHmac('sha256', secret).update(message).digest();
          expect(key.sign(message, 'hex')).toBe(expected.toString('hex'));
          expect(Buffer.from(key.sign(message, 'binary'), 'binary')).toEqual(expected);
        }
      }),
    );
  });

  // RFC 4231, test case 2.
  it('signs the published message', () => {
    expect(new HmacKey(Buffer.from('Jefe')).sign('what do ya want for nothing?', 'hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is no longer than a block', () => {
    expect(() => new HmacKey(Buffer.alloc(65))).toThrow(RangeError);
  });
});
