import { KEY, LogKey, note, ORIGIN } from '../../../test/support/log/test-log.js';
import { leafHash } from '../tree/hash.js';
import { openCheckpoint } from './checkpoint.js';
import { openDisclosure } from './disclosure.js';
import { canonicalJson, readJson } from './json.js';
import { readLeaf } from './leaf.js';
import { believe, readNote } from './note.js';
import { readVerifierKey } from './verifier-key.js';

const key = readVerifierKey(KEY.vkey);
const EMPTY_ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const TEXT = `${ORIGIN}\n0\n${EMPTY_ROOT}\n`;
const refusalWith = (exitCode: number, reason = ''): Error =>
  expect.objectContaining({
    exitCode,
    message: expect.stringContaining(reason) as unknown,
  }) as Error;
const bytes = (text: string): Buffer => Buffer.from(text);

describe('a signed note', () => {
  it('is that of the published vector', () => {
    const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    const signature =
      'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=';
    const text = 'This is an example message.\n';
    const read = readNote(bytes(`${text}\n\u2014 example.com/foo ${signature}\n`));
    expect(read.text).toBe(text);
    expect(believe(read, [readVerifierKey(vkey)])).toHaveLength(1);
  });

  it.each([
    { wrong: 'a key name with a space', vkey: KEY.vkey.replace('log', 'l og') },
    { wrong: 'no key name', vkey: KEY.vkey.replace(ORIGIN, '') },
    { wrong: 'another id', vkey: KEY.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+') },
    { wrong: 'another name for the id', vkey: KEY.vkey.replace('log', 'dog') },
    {
      wrong: 'another algorithm',
      vkey: `${ORIGIN}+00000000+${Buffer.alloc(33, 2).toString('base64')}`,
    },
    { wrong: 'half a key', vkey: `${ORIGIN}+00000000+AQID` },
    { wrong: 'no base64', vkey: `${KEY.vkey}*` },
    { wrong: 'one part', vkey: 'log.example' },
  ])('is not verified by a verifier key with $wrong', ({ vkey }) => {
    expect(() => readVerifierKey(vkey)).toThrow('verifier key');
  });

  it('keeps empty lines of its text, and is signed by up to 100 keys of which one is known', () => {
    const strangers = Array.from({ length: 99 }, (_, i) => new LogKey('other.example', i + 2));
    const read = readNote(bytes(note('one\n\ntwo\n', [...strangers, KEY])));
    expect(read.text).toBe('one\n\ntwo\n');
    expect(believe(read, [key])).toEqual([key]);
  });

  it.each([
    { wrong: 'no signature', text: `${TEXT}\n` },
    { wrong: 'no blank line', text: `${TEXT}${KEY.line(TEXT)}` },
    { wrong: 'no last newline', text: note(TEXT).slice(0, -1) },
    { wrong: 'a control character', text: note('\u0001\n') },
    { wrong: 'a carriage return', text: note(TEXT).replace('\n', '\r\n') },
    { wrong: 'a hyphen for the dash', text: note(TEXT).replace('\u2014', '-') },
    { wrong: 'a plus in the name', text: note(TEXT).replace('\u2014 log', '\u2014 l+g') },
    { wrong: 'two spaces', text: note(TEXT).replace('\u2014 ', '\u2014  ') },
    { wrong: 'a short signature', text: `${TEXT}\n\u2014 ${ORIGIN} AAAA\n` },
    { wrong: 'padding left out', text: note(TEXT).replace(/=*\n$/, '\n') },
    {
      wrong: 'too many signatures',
      text: note(
        TEXT,
        Array.from({ length: 101 }, () => KEY),
      ),
    },
    { wrong: 'over a megabyte', text: note(`${'a'.repeat(1_000_000)}\n`) },
  ])('with $wrong is bad input', ({ text }) => {
    expect(() => readNote(bytes(text))).toThrow(refusalWith(2));
  });

  it('that is no UTF-8 is bad input', () => {
    expect(() => readNote(Buffer.of(0xff, 0x0a))).toThrow('no UTF-8');
  });

  it.each([
    { by: 'an unknown key', keys: [new LogKey(ORIGIN, 9)] },
    { by: 'a key of another name', keys: [new LogKey('other.example')] },
  ])('signed by $by alone is not verified', ({ keys }) => {
    expect(() => believe(readNote(bytes(note(TEXT, keys))), [key])).toThrow(
      'not signed by a known',
    );
  });

  it('with a signature that a known key made of another text is refused, though another one is right', () => {
    const text = `${TEXT}\n${KEY.line(TEXT)}${KEY.line(TEXT, 'another\n')}`;
    expect(() => believe(readNote(bytes(text)), [key])).toThrow('not of this text');
  });
});

describe('a checkpoint', () => {
  it('says origin, size and root, and who signed', () => {
    expect(openCheckpoint(bytes(note(TEXT)), [key])).toMatchObject({
      origin: ORIGIN,
      size: 0n,
      signedBy: [KEY.vkey.slice(0, KEY.vkey.lastIndexOf('+'))],
    });
  });

  it('is read as it is printed in the specification', () => {
    const text = [
      'example.com/behind-the-sofa',
      '20852163',
      'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
      '',
      '\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=',
      '',
    ].join('\n');
    expect(readNote(bytes(text)).signatures).toMatchObject([
      { name: 'example.com/behind-the-sofa', id: '033de0ae' },
    ]);
    expect(() => openCheckpoint(bytes(text), [key])).toThrow('not signed by a known key');
  });

  it('is believed with either key while the log changes its key', () => {
    const successor = new LogKey(ORIGIN, 2);
    const text = bytes(note(TEXT, [KEY, successor]));
    for (const keys of [[KEY], [successor], [KEY, successor]]) {
      const known = keys.map(({ vkey }) => readVerifierKey(vkey));
      expect(openCheckpoint(text, known).signedBy).toHaveLength(keys.length);
    }
  });

  it('that only a known witness signed is not the word of the log', () => {
    const witness = new LogKey('witness.example');
    const known = [key, readVerifierKey(witness.vkey)];
    expect(() => openCheckpoint(bytes(note(TEXT, [witness])), known)).toThrow(`no known key of`);
  });

  it.each([
    ['a leading zero', `${ORIGIN}\n01\n${EMPTY_ROOT}\n`],
    ['a negative size', `${ORIGIN}\n-1\n${EMPTY_ROOT}\n`],
    ['a size in hex', `${ORIGIN}\n0x1\n${EMPTY_ROOT}\n`],
    ['a size of 2^63', `${ORIGIN}\n9223372036854775808\n${EMPTY_ROOT}\n`],
    ['a size of a thousand digits', `${ORIGIN}\n${'9'.repeat(1000)}\n${EMPTY_ROOT}\n`],
    ['a short root', `${ORIGIN}\n1\nAAAA\n`],
    ['no origin', `\n1\n${EMPTY_ROOT}\n`],
    ['no root', `${ORIGIN}\n1\n`],
    ['an extension line', `${TEXT}more\n`],
  ])('with %s is bad input, whoever signed it', (_, text) => {
    expect(() => openCheckpoint(bytes(note(text)), [key])).toThrow(refusalWith(2));
  });

  it('takes the largest size there is, and refuses a root of nothing that is not that of nothing', () => {
    const text = `${ORIGIN}\n9223372036854775807\n${EMPTY_ROOT}\n`;
    expect(openCheckpoint(bytes(note(text)), [key]).size).toBe(2n ** 63n - 1n);
    const other = Buffer.alloc(32, 1).toString('base64');
    expect(() => openCheckpoint(bytes(note(`${ORIGIN}\n0\n${other}\n`)), [key])).toThrow(
      'empty log',
    );
  });
});

const LEAF =
  '{"c":"30jSjyEQuWAZwfaYUeob1Qp-OUUXT1svsk-Gp8mrYc8","k":"grant.issued","t":1795444800,"v":1}';

describe('a leaf', () => {
  it('is that of the published vector', () => {
    expect(readLeaf(bytes(LEAF))).toEqual({
      commitment: '30jSjyEQuWAZwfaYUeob1Qp-OUUXT1svsk-Gp8mrYc8',
      type: 'grant.issued',
      seconds: 1_795_444_800,
    });
    expect(leafHash(bytes(LEAF)).toString('hex')).toBe(
      '335e574717c85991d7ad081250c86f5b137d9d7d284bdb4e5d79c7150f9da2d2',
    );
  });

  it.each([
    ['another member', LEAF.replace(',"v"', ',"u":1,"v"'), 'unknown member "u"'],
    ['a member missing', LEAF.replace(',"v":1', ''), 'has no v'],
    ['a member twice', LEAF.replace('"v":1', '"v":1,"v":1'), 'twice'],
    ['a space', LEAF.replace(':1}', ': 1}'), 'canonical'],
    [
      'members in another order',
      `{"k":"a.b",${LEAF.slice(1).replace('"k":"grant.issued",', '')}`,
      'canonical',
    ],
    ['an escape that is none', LEAF.replace('grant', '\\u0067rant'), 'canonical'],
    ['a fraction', LEAF.replace('1795444800', '1.5'), 'integer'],
    ['an exponent', LEAF.replace('1795444800', '1e9'), 'canonical'],
    ['an unsafe integer', LEAF.replace('1795444800', '9007199254740993'), 'integer'],
    ['minus zero', LEAF.replace('1795444800', '-0'), 'canonical'],
    ['another version', LEAF.replace('"v":1', '"v":2'), 'v is not of its form'],
    [
      'a type of other letters',
      LEAF.replace('grant.issued', 'Grant Issued'),
      'k is not of its form',
    ],
    ['a commitment of other bits', LEAF.replace('rYc8', 'rYc9'), 'c is not of its form'],
    ['a short commitment', LEAF.replace('rYc8', ''), 'c is not of its form'],
    ['text after it', `${LEAF} `, 'canonical'],
    ['no JSON', 'leaf', 'no JSON'],
    ['nothing', '', 'no JSON'],
    ['an array', '[1]', 'no object'],
    ['a byte order mark', `\ufeff${LEAF}`, 'no JSON'],
    ['a kilobyte', LEAF.replace('issued', 'a'.repeat(1000)), '1,024'],
  ])('with %s is no leaf', (_, text, reason) => {
    expect(() => readLeaf(bytes(text))).toThrow(refusalWith(1, reason));
  });
});

describe('JSON', () => {
  it.each([
    ['{"a":1,"a":2}', 'twice'],
    ['{"a":{"b":1,"\\u0062":2}}', 'twice'],
    ['9007199254740992', 'integer'],
    ['1e400', 'integer'],
    ['"\\ud800"', 'Unicode'],
    ['['.repeat(100_000), 'deep'],
    ['"'.repeat(100_001), 'no JSON'],
    ['"\\'.repeat(100_001), 'no JSON'],
  ])('%.20s is refused', (text, reason) => {
    expect(() => readJson(bytes(text))).toThrow(reason);
  });

  it('is canonical in the order of UTF-16, whatever the order it was in (RFC 8785 section 3.2.3)', () => {
    const text =
      '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}';
    const names = Object.values(JSON.parse(canonicalJson(readJson(bytes(text)))) as object);
    expect(names.slice(-6)).toEqual(
      [
        'Carriage Return',
        'Control',
        'Latin Small Letter O With Diaeresis',
        'Euro Sign',
        'Emoji: Grinning Face',
        'Hebrew Letter Dalet With Dagesh',
      ].slice(-6),
    );
    expect(readJson(bytes('{"a:b":["}:{",":"]}'))).toEqual({ 'a:b': ['}:{', ':'] });
  });
});

describe('a disclosure', () => {
  const SALTS = [
    '83c714f74fdddf7872fd1cc91476be87fdb309d32d0894e1ed49c31acb594424',
    'b58f1c736754cb0ee48883f26d534178ff8c5c650a43ac9e385ead828684b772',
  ].map((hex) => Buffer.from(hex, 'hex').toString('base64url'));
  const DIGESTS = [
    '51000f532ce05ab1d0d808829d152839e95c78f935a86a8089fd620ce721c645',
    'b731767b4eeaa65d24cca20da430726228175d7f85d9ecfe75d8f3057666568c',
  ].map((hex) => Buffer.from(hex, 'hex').toString('base64url'));
  const decision = { i: 0, salt: SALTS[0], name: 'decision', value: 'allow' as unknown };
  const type = { i: 1, salt: SALTS[1], name: 'type', value: 'grant.issued' as unknown };
  const whole = {
    v: 1,
    leaf: bytes(LEAF).toString('base64url'),
    digests: DIGESTS,
    open: [decision, type],
  };
  const open = (disclosure: unknown, leaf = LEAF) =>
    openDisclosure(bytes(JSON.stringify(disclosure)), bytes(leaf), readLeaf(bytes(leaf)));

  it('opens the published vector', () => {
    expect(open(whole)).toEqual({
      fields: [
        { name: 'decision', value: 'allow' },
        { name: 'type', value: 'grant.issued' },
      ],
      closed: 0,
    });
    expect(open({ ...whole, open: [decision] })).toMatchObject({ closed: 1 });
    expect(open({ ...whole, open: [] })).toMatchObject({ fields: [], closed: 2 });
  });

  it.each([
    ['another value', { open: [{ ...decision, value: 'deny' }] }, 1, 'decision'],
    ['another name', { open: [{ ...decision, name: 'outcome' }] }, 1, 'outcome'],
    ['another salt', { open: [{ ...decision, salt: SALTS[1] }] }, 1, 'decision'],
    ['another place', { open: [{ ...decision, i: 1 }] }, 1, 'decision'],
    ['a place that is none', { open: [{ ...decision, i: 2 }] }, 1, 'no digest'],
    ['places that do not ascend', { open: [type, decision] }, 1, 'ascend'],
    ['a field twice', { open: [decision, decision] }, 1, 'ascend'],
    ['names that do not ascend', { open: [{ ...decision, name: 'z' }, type] }, 1, 'ascend'],
    ['a digest changed', { digests: [DIGESTS[1], DIGESTS[1]] }, 1, 'commitment'],
    ['a digest less', { digests: DIGESTS.slice(1) }, 1, 'commitment'],
    ['a digest more', { digests: [...DIGESTS, DIGESTS[0]] }, 1, 'commitment'],
    ['another leaf', { leaf: bytes(LEAF.replace('c8', 'c9')).toString('base64url') }, 1, 'leaf'],
    ['a short salt', { open: [{ ...decision, salt: 'AAAA' }] }, 2, '32 bytes'],
    ['a seed beside the salt', { open: [{ ...decision, seed: SALTS[0] }] }, 2, 'unknown member'],
    ['a negative place', { open: [{ ...decision, i: -1 }] }, 2, 'no index'],
    ['a place in words', { open: [{ ...decision, i: '0' }] }, 2, 'no index'],
    ['a name of other letters', { open: [{ ...decision, name: '__proto__' }] }, 2, 'form'],
    ['no value', { open: [{ i: 0, salt: SALTS[0], name: 'decision' }] }, 2, 'no value'],
    ['a value over 16 KiB', { open: [{ ...decision, value: 'a'.repeat(16_383) }] }, 2, '16 KiB'],
    ['nineteen digests', { digests: Array.from({ length: 19 }, () => DIGESTS[0]) }, 2, '18'],
    ['no digests', { digests: [] }, 2, '1 to'],
    ['a short digest', { digests: ['AAAA', DIGESTS[1]] }, 2, '32 bytes'],
    ['padding', { leaf: `${whole.leaf}==` }, 2, 'base64url'],
    ['another version', { v: 2 }, 2, 'version'],
    ['another member', { w: 1 }, 2, 'unknown member'],
    ['fields that are none', { open: {} }, 2, 'no array'],
  ])('with %s is refused', (_, change, exitCode, reason) => {
    expect(() => open({ ...whole, ...change })).toThrow(refusalWith(exitCode, reason));
  });
});
