import { MAX_LINE_CHARACTERS, parseLogLine, type LogLine } from './access-log.rules.js';

const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const TAIL =
  '- s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader amzn-s3-demo-bucket1.s3.us-west-1.amazonaws.com TLSV1.2';
const HEAD = `${OWNER} amzn-s3-demo-bucket1 [06/Feb/2019:00:00:38 +0000] 192.0.2.3 ${OWNER}`;
const URL_DATE = 'X-Amz-Date=20261127T020304Z';

/** A line as AWS documents it, of one read. */
function aLine(
  parts: {
    readonly key?: string;
    readonly uri?: string;
    readonly numbers?: string;
    readonly headers?: string;
    readonly rest?: string;
    readonly time?: string;
    readonly requester?: string;
  } = {},
): string {
  const { key = 'data/a.csv', numbers = '200 - 113 2000 7 6', rest = TAIL } = parts;
  const { uri = `"GET /b/${key} HTTP/1.1"`, headers = '"-" "S3Console/0.4"' } = parts;
  const { time = '[06/Feb/2019:00:00:38 +0000]', requester = OWNER } = parts;
  return `${OWNER} b ${time} 192.0.2.3 ${requester} 3E57427F3EXAMPLE REST.GET.OBJECT ${key} ${uri} ${numbers} ${headers} ${rest}`;
}

const keyIn = (parts: Parameters<typeof aLine>[0]): string | null | undefined =>
  parseLogLine(aLine(parts))?.key;

describe('a line of a server access log', () => {
  it.each<[string, string, Partial<LogLine>]>([
    [
      'VERSIONING',
      `${HEAD} 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /amzn-s3-demo-bucket1?versioning HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" ${TAIL} arn:aws:s3:us-west-1:123456789012:accesspoint/example-AP Yes`,
      { operation: 'REST.GET.VERSIONING', key: null, status: 200, bytesSent: 113 },
    ],
    [
      'BUCKETPOLICY',
      `${HEAD} A1206F460EXAMPLE REST.GET.BUCKETPOLICY - "GET /amzn-s3-demo-bucket1?policy HTTP/1.1" 404 NoSuchBucketPolicy 297 - 38 - "-" "S3Console/0.4" ${TAIL} - Yes`,
      { requestId: 'A1206F460EXAMPLE', status: 404, bytesSent: 297, objectSize: null },
    ],
    [
      'OBJECT',
      `${HEAD} DD6CC733AEXAMPLE REST.PUT.OBJECT s3-dg.pdf "PUT /amzn-s3-demo-bucket1/s3-dg.pdf HTTP/1.1" 200 - - 4406583 41754 28 "-" "S3Console/0.4" ${TAIL} - Yes us-east-1 and more`,
      { key: 's3-dg.pdf', bytesSent: null, objectSize: 4406583 },
    ],
    [
      'of 2006, with fewer fields',
      `${OWNER} mybucket [04/Aug/2006:22:34:02 +0000] 72.21.206.5 ${OWNER} 3E57427F33A59F07 REST.GET.OBJECT photos/2006/08/puppy.jpg "GET /mybucket/photos/2006/08/puppy.jpg?x-foo=bar HTTP/1.1" 200 - 2662992 3462992 70 10 "http://www.amazon.com/webservices" "curl/7.15.1"`,
      { at: new Date('2006-08-04T22:34:02Z'), bytesSent: 2662992, objectSize: 3462992 },
    ],
  ])('is read as AWS documents it: %s', (_what, text, line) => {
    expect(parseLogLine(text)).toMatchObject(line);
  });

  it('is read as Ceph writes it: keys as they are, no quotes about the referrer', () => {
    const text =
      'owner b [27/Nov/2026:02:03:04 +0000] 10.0.0.1 arn:aws:sts:::assumed-role/reader/s tx000 REST.GET.OBJECT counts/a b "c" - 1.csv ' +
      '"GET /b/counts/a%20b%20%22c%22%20-%201.csv?x-id=GetObject HTTP/1.1" 200 - - 900 - 3ms - "agent" - - - SigV4 - AuthHeader h - -';
    expect(parseLogLine(text)).toMatchObject({
      key: 'counts/a b "c" - 1.csv',
      status: 200,
      bytesSent: null,
      objectSize: 900,
    });
  });

  it('is at the instant that its zone says', () => {
    expect(parseLogLine(aLine({ time: '[06/Feb/2019:00:30:38 +0130]' }))?.at).toEqual(
      new Date('2019-02-05T23:00:38Z'),
    );
    expect(parseLogLine(aLine({ time: '[06/Feb/2019:00:30:38 -0130]' }))?.at).toEqual(
      new Date('2019-02-06T02:00:38Z'),
    );
  });

  it('has null where the log has a dash', () => {
    const line = parseLogLine(aLine({ requester: '-', uri: '-', numbers: '- - - - - -' }));
    expect(line).toMatchObject({
      requester: null,
      status: null,
      bytesSent: null,
      objectSize: null,
    });
  });

  it.each([
    ['once', 'a%20b%2Bc.csv', '/b/a%20b%2Bc.csv', 'a b+c.csv'],
    ['twice', 'a%2520b%252Bc.csv', '/b/a%20b%2Bc.csv', 'a b+c.csv'],
    ['with a plus for a space', 'a+b%2Bc.csv', '/b/a%20b%2Bc.csv', 'a b+c.csv'],
    ['in a virtual-hosted request', 'a%20b.csv', '/a%20b.csv', 'a b.csv'],
    ['where it looks encoded and is not', 'per%2541.csv', '/b/per%2541.csv', 'per%41.csv'],
    ['where nothing says how', 'a%2520b.csv', '/elsewhere', 'a%20b.csv'],
    ['that is no UTF-8', 'a%ff.csv', '/b/a%ff.csv', 'a%ff.csv'],
  ])('has the key, encoded %s', (_how, key, path, wanted) => {
    expect(keyIn({ key, uri: `"GET ${path}?x-id=GetObject HTTP/1.1"` })).toBe(wanted);
  });

  it('takes from the query what the broker wrote, and no signature', () => {
    const uri = `"GET /b/data/a.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=KEY%2F20261127%2Feu-west-2%2Fs3%2Faws4_request&${URL_DATE}&X-Amz-Expires=120&X-Amz-Security-Token=topsecrettoken&x-concordat-read=0199&X-Amz-Signature=topsecretsignature HTTP/1.1"`;
    const line = parseLogLine(aLine({ uri }));
    expect(line?.query).toEqual({
      mark: '0199',
      accessKeyId: 'KEY',
      signedAt: new Date('2026-11-27T02:03:04Z'),
      expiresSeconds: 120,
    });
    expect(JSON.stringify(line)).not.toContain('topsecret');
  });

  it.each([
    ['given twice', 'x-concordat-read=1&x-concordat-read=2', 'mark'],
    ['a day that no calendar has', 'X-Amz-Date=20260230T000000Z', 'signedAt'],
    ['a lifetime that is no number', 'X-Amz-Expires=1e9', 'expiresSeconds'],
  ] as const)('believes no parameter that is %s', (_what, query, name) => {
    const line = parseLogLine(aLine({ uri: `"GET /b/data/a.csv?${query} HTTP/1.1"` }));
    expect(line?.query[name]).toBeNull();
  });

  it('is not led astray by what a caller sends: a quote in a URI, quotes and fields in an agent', () => {
    const line = parseLogLine(
      aLine({
        uri: '"GET /b/data/a.csv?x="%20404%20NoSuchKey%20- HTTP/1.1"',
        headers: '"" 404 NoSuchKey - - - - "x" "y" 403 AccessDenied - - 1 1 "-" "-"',
      }),
    );
    expect(line).toMatchObject({ status: 200, bytesSent: 113, key: 'data/a.csv' });
  });

  const whole = aLine();
  it.each([
    ['nothing', ''],
    ['prose', 'Somebody read something.'],
    ['JSON', '{"bucket":"b","operation":"REST.GET.OBJECT"}'],
    ['a line cut in its time', whole.slice(0, 80)],
    ['a line cut in its URI', whole.slice(0, whole.indexOf('HTTP'))],
    ['a line cut in its numbers', whole.slice(0, whole.indexOf(' 2000 '))],
    ['a month that is none', aLine({ time: '[06/Foo/2019:00:00:38 +0000]' })],
    ['a day that is none', aLine({ time: '[31/Feb/2019:00:00:38 +0000]' })],
    ['an hour that is none', aLine({ time: '[06/Feb/2019:25:00:38 +0000]' })],
    ['bytes that are no number', aLine({ numbers: '200 - -5 2000 7 6' })],
    ['bytes past all numbers', aLine({ numbers: '200 - 9999999999999999 2000 7 6' })],
    ['a line that is too long', aLine({ headers: `"${'a'.repeat(MAX_LINE_CHARACTERS)}" "-"` })],
  ])('is no line: %s', (_what, text) => {
    expect(parseLogLine(text)).toBeUndefined();
  });

  it('is read, or not, in a time that grows with its length', () => {
    for (const hostile of [
      'a '.repeat(32_000),
      '" '.repeat(32_000),
      `${HEAD} x REST.GET.OBJECT ${'a" "'.repeat(15_000)}`,
    ]) {
      expect(parseLogLine(hostile)).toBeUndefined();
    }
  });
});
