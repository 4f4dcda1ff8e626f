import fc from 'fast-check';
import { RecordSplitter } from './record-splitter.js';

const MIB = 1_048_576;

function split(text: string, sizes: readonly number[] = [], maxBytes = MIB): unknown[] {
  const splitter = new RecordSplitter('dataset', maxBytes);
  const bytes = Buffer.from(text);
  const found: string[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    found.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  splitter.end();
  return found.map((one) => JSON.parse(one) as unknown);
}

describe('cutting a document into records', () => {
  it('finds what JSON.parse finds, wherever the document is cut', () => {
    const document = fc.record({
      before: fc.jsonValue(),
      dataset: fc.array(fc.jsonValue(), { maxLength: 6 }),
      after: fc.jsonValue(),
    });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(document, sizes, fc.constantFrom(undefined, 2), (value, cuts, indent) => {
        expect(split(JSON.stringify(value, null, indent), cuts)).toEqual(
          JSON.parse(JSON.stringify(value.dataset)),
        );
        expect(split(JSON.stringify(value.dataset, null, indent), cuts)).toEqual(
          JSON.parse(JSON.stringify(value.dataset)),
        );
      }),
    );
  });

  it.each([
    ['a list of the name deeper down', '{"a":{"dataset":[1]},"dataset":[2]}', [2]],
    ['text that looks like the list', '{"a":"\\"dataset\\":[1]","dataset":[2]}', [2]],
    ['a name in a list before', '{"a":["dataset",[1]],"dataset":[2]}', [2]],
    ['a byte order mark', '\ufeff{"dataset":["}"]}', ['}']],
    ['an empty list', ' {"dataset":[ ]} ', []],
  ])('is not led astray by %s', (_, text, expected) => {
    expect(split(text, [3])).toEqual(expected);
  });

  it.each([
    ['<!doctype html><html>', 'answers with HTML or XML, and not with JSON'],
    ['Not found', 'answers with what is no JSON'],
    ['{"dataset":[{"title":"a"', 'stops in the middle of its answer'],
    ['{"dataset":[{"title":"a', 'stops in the middle of its answer'],
    ['{"datasets":[]}', 'has no list "dataset"'],
    ['{"dataset":{}}', 'has no list "dataset"'],
    ['', 'has no list "dataset"'],
    [`{"dataset":["${'a'.repeat(MIB)}"]}`, 'has a record of more than 1 MiB'],
  ])('refuses %.30s', (text, reason) => {
    expect(() => split(text, [65_536])).toThrow(reason);
  });
});
