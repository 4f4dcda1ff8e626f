import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../kernel/canonical-json.js';
import { commitFields, fieldText, leafOf } from './commitment.js';
import { discloseFields, type ClearPayload, type Disclosure } from './disclosure.js';
import { NOBODY } from './event-preparation.js';

const SOMEBODY = '01990000-0000-7000-8000-0000000000a1';
const ONES = Buffer.alloc(32, 1);
const TWOS = Buffer.alloc(32, 2);

const rowOf = (
  subjectId: string,
  seed: Buffer,
  fields: readonly [string, Json][],
): ClearPayload => ({
  subjectId,
  body: Buffer.concat([seed, Buffer.from(canonicalJson(fields))]),
});

// As a stranger checks it, from the published text alone: digests, then c, then the leaf.
function check({ leaf, digests, open }: Disclosure): void {
  const bytes = digests.map((digest) => Buffer.from(digest, 'base64url'));
  for (const { i, salt, name, value } of open) {
    const digest = createHash('sha256')
      .update('concordat/field/v1\0')
      .update(Buffer.from(salt, 'base64url'))
      .update(canonicalJson([name, value]))
      .digest();
    expect(digest).toEqual(bytes[i]);
  }
  const c = createHash('sha256')
    .update('concordat/event/v1\0')
    .update(Buffer.from([0, bytes.length]))
    .update(Buffer.concat(bytes))
    .digest('base64url');
  expect(JSON.parse(Buffer.from(leaf, 'base64url').toString())).toMatchObject({ c });
  const names = open.map(({ name }) => name);
  expect(names).toEqual([...names].sort());
}

describe('a disclosure', () => {
  const fields: [string, Json][] = [
    ['type', 'grant.issued'],
    ['decision', 'allow'],
  ];
  const digests = commitFields(
    fields.map(([name, value]) => ({ name, text: fieldText(name, value), seed: ONES })),
  );
  const leaf = leafOf('grant.issued', new Date(1795444800_000), digests);
  const payload = rowOf(NOBODY, ONES, fields);

  it('of the published vector is that of the published text', () => {
    expect(discloseFields({ leaf, digests }, [payload], (name) => name === 'decision')).toEqual({
      v: 1,
      leaf: Buffer.from(
        '{"c":"30jSjyEQuWAZwfaYUeob1Qp-OUUXT1svsk-Gp8mrYc8","k":"grant.issued","t":1795444800,"v":1}',
      ).toString('base64url'),
      digests: [
        Buffer.from(
          '51000f532ce05ab1d0d808829d152839e95c78f935a86a8089fd620ce721c645',
          'hex',
        ).toString('base64url'),
        Buffer.from(
          'b731767b4eeaa65d24cca20da430726228175d7f85d9ecfe75d8f3057666568c',
          'hex',
        ).toString('base64url'),
      ],
      open: [
        {
          i: 0,
          salt: Buffer.from(
            '83c714f74fdddf7872fd1cc91476be87fdb309d32d0894e1ed49c31acb594424',
            'hex',
          ).toString('base64url'),
          name: 'decision',
          value: 'allow',
        },
      ],
    });
  });

  describe('of an event with a person in it', () => {
    const personal: [string, Json][] = [['actorPersonId', SOMEBODY]];
    const both = [payload, rowOf(SOMEBODY, TWOS, personal)];
    const all = [
      ...fields.map(([name, value]) => ({ name, text: fieldText(name, value), seed: ONES })),
      ...personal.map(([name, value]) => ({ name, text: fieldText(name, value), seed: TWOS })),
    ];
    const committed = commitFields(all);
    const commitment = {
      leaf: leafOf('grant.issued', new Date(1795444800_000), committed),
      digests: committed,
    };

    it('verifies, opens in the order of names and gives no seed', () => {
      const disclosure = discloseFields(commitment, both, () => true);
      check(disclosure);
      expect(disclosure.open.map(({ name }) => name)).toEqual([
        'actorPersonId',
        'decision',
        'type',
      ]);
      const text = JSON.stringify(disclosure);
      expect(text).not.toContain(ONES.toString('base64url'));
      expect(text).not.toContain(TWOS.toString('base64url'));
    });

    it('verifies with some fields, with none, and when the person’s row is gone', () => {
      for (const opened of [
        discloseFields(commitment, both, (_, subjectId) => subjectId === NOBODY),
        discloseFields(commitment, both, () => false),
        discloseFields(commitment, both.slice(0, 1), () => true),
      ]) {
        check(opened);
        expect(opened.digests).toHaveLength(3);
        expect(JSON.stringify(opened)).not.toContain(SOMEBODY);
      }
    });

    it('of a row that was changed is refused', () => {
      const changed = rowOf(NOBODY, ONES, [['decision', 'deny']]);
      expect(() => discloseFields(commitment, [changed], () => true)).toThrow('did not commit');
      expect(() => discloseFields(commitment, [changed], () => false)).not.toThrow();
    });
  });
});
