import { createHash } from 'node:crypto';
import { commitFields, fieldDigest, fieldSalt, fieldText, leafOf } from './commitment.js';
import { EVENT_TYPES, GENERATED_FIELDS, MAX_EVENT_FIELDS } from './event-types.js';

describe('the commitment to an event', () => {
  const seed = Buffer.alloc(32, 1);
  const decision = { name: 'decision', text: '["decision","allow"]', seed };
  const type = { name: 'type', text: fieldText('type', 'grant.issued'), seed };
  const hex = (bytes: Buffer): string => bytes.toString('hex');

  it('is that of the published vector', () => {
    expect(hex(fieldSalt(seed, 'decision'))).toBe(
      '83c714f74fdddf7872fd1cc91476be87fdb309d32d0894e1ed49c31acb594424',
    );
    expect(hex(fieldSalt(seed, 'type'))).toBe(
      'b58f1c736754cb0ee48883f26d534178ff8c5c650a43ac9e385ead828684b772',
    );
    expect(hex(fieldDigest(decision))).toBe(
      '51000f532ce05ab1d0d808829d152839e95c78f935a86a8089fd620ce721c645',
    );
    expect(hex(fieldDigest(type))).toBe(
      'b731767b4eeaa65d24cca20da430726228175d7f85d9ecfe75d8f3057666568c',
    );
    const leaf = leafOf('grant.issued', new Date(1795444800_999), commitFields([type, decision]));
    expect(leaf.toString()).toBe(
      '{"c":"30jSjyEQuWAZwfaYUeob1Qp-OUUXT1svsk-Gp8mrYc8","k":"grant.issued","t":1795444800,"v":1}',
    );
    const hash = createHash('sha256')
      .update(Buffer.from([0]))
      .update(leaf)
      .digest('hex');
    expect(hash).toBe('335e574717c85991d7ad081250c86f5b137d9d7d284bdb4e5d79c7150f9da2d2');
  });
});

describe.each(Object.entries(EVENT_TYPES))('the event type %s', (name, fields) => {
  it('is named, and takes at most 18 fields, each once', () => {
    expect(name).toMatch(/^[a-z]+\.[a-z]+(-[a-z]+)*$/);
    expect(fields.length + GENERATED_FIELDS.length).toBeLessThanOrEqual(MAX_EVENT_FIELDS);
    expect(new Set<string>(fields).size).toBe(fields.length);
  });
});
