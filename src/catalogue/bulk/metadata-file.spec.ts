import { readMetadataFile } from './metadata-file.js';

const faultsOf = (text: string): unknown => {
  try {
    return readMetadataFile(text);
  } catch (error) {
    return (error as { fields: { errors: unknown } }).fields.errors;
  }
};

describe('a file of descriptions', () => {
  it('has rows by the names of its columns, in any order, without blank lines', () => {
    const text = '\uFEFFtitle, id\r\n"a, b",1\r\n,\r\n\r\nshort\r\n"two\nlines",2\r\n';
    expect(readMetadataFile(text)).toEqual([
      {
        line: 2,
        cells: new Map([
          ['title', 'a, b'],
          ['id', '1'],
        ]),
      },
      { line: 5, cells: undefined },
      {
        line: 7,
        cells: new Map([
          ['title', 'two\nlines'],
          ['id', '2'],
        ]),
      },
    ]);
  });

  it.each([
    ['nothing', '', [{ pointer: '', reason: 'has no header' }]],
    [
      'an unknown column',
      'title,colour\na,b\n',
      [{ pointer: '/columns/1', reason: '"colour" is no column of a metadata file' }],
    ],
    [
      'another separator',
      'title;id\na;b\n',
      [{ pointer: '/columns/0', reason: '"title;id" is no column of a metadata file' }],
    ],
    [
      'a column twice',
      'title,id,title\na,b,c\n',
      [{ pointer: '/columns/2', reason: '"title" stands twice' }],
    ],
    [
      'a column without a name',
      'title,\na,b\n',
      [{ pointer: '/columns/1', reason: '"" is no column of a metadata file' }],
    ],
    [
      'a quote that is not closed',
      'title\n"secret\n',
      [{ pointer: '', reason: 'is no CSV: look for a quote that is not closed' }],
    ],
    [
      'too many rows',
      `title\n${'a\n'.repeat(501)}`,
      [{ pointer: '', reason: 'has more than 500 rows: import it in parts' }],
    ],
  ])('is refused as a whole with %s', (_, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('names at most a hundred columns that are wrong', () => {
    expect(faultsOf(`${'colour,'.repeat(10_000)}\n`)).toHaveLength(100);
  });
});
