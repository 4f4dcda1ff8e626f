import { mayServeRange, precondition, strongEtag } from './preconditions.rules.js';

const ETAG = '"a1b2"';
const CHANGED_AT = '2026-11-24T12:00:00.750Z';
const CHANGED_ON = 'Tue, 24 Nov 2026 12:00:00 GMT';
const LATER = 'Tue, 24 Nov 2026 12:00:01 GMT';
const EARLIER = 'Tue, 24 Nov 2026 11:59:59 GMT';

describe('preconditions', () => {
  it.each([
    ['no condition', {}, 'holds'],
    ['If-Match of this object', { 'if-match': ETAG }, 'holds'],
    ['If-Match among others', { 'if-match': `"x", ${ETAG}` }, 'holds'],
    ['If-Match of any', { 'if-match': '*' }, 'holds'],
    ['If-Match of another', { 'if-match': '"x"' }, 'failed'],
    ['a weak If-Match', { 'if-match': `W/${ETAG}` }, 'failed'],
    ['If-Match without quotes', { 'if-match': 'a1b2' }, 'failed'],
    ['If-None-Match of this object', { 'if-none-match': ETAG }, 'not_modified'],
    ['a weak If-None-Match', { 'if-none-match': `W/${ETAG}` }, 'not_modified'],
    ['If-None-Match of any', { 'if-none-match': '*' }, 'not_modified'],
    ['If-None-Match of another', { 'if-none-match': '"x"' }, 'holds'],
    ['both, and If-Match fails', { 'if-match': '"x"', 'if-none-match': ETAG }, 'failed'],
    ['If-Unmodified-Since its very second', { 'if-unmodified-since': CHANGED_ON }, 'holds'],
    ['If-Unmodified-Since later', { 'if-unmodified-since': LATER }, 'holds'],
    ['If-Unmodified-Since earlier', { 'if-unmodified-since': EARLIER }, 'failed'],
    ['If-Unmodified-Since no date', { 'if-unmodified-since': '2026-11-24' }, 'holds'],
    [
      'If-Match of this object beside an earlier date',
      { 'if-match': ETAG, 'if-unmodified-since': EARLIER },
      'holds',
    ],
    [
      'an earlier date beside If-None-Match of this object',
      { 'if-none-match': ETAG, 'if-unmodified-since': EARLIER },
      'failed',
    ],
  ] as const)('%s: %j → %s', (_, headers, expected) => {
    expect(precondition(headers, { etag: ETAG, lastModified: CHANGED_AT })).toBe(expected);
  });

  it.each([
    ['is absent', undefined, true],
    ['is this ETag', ETAG, true],
    ['is another ETag', '"x"', false],
    ['is weak', `W/${ETAG}`, false],
    ['is a date', 'Tue, 24 Nov 2026 12:00:00 GMT', false],
  ])('If-Range that %s: range served is %s', (_, header, expected) => {
    expect(mayServeRange({ 'if-range': header }, ETAG)).toBe(expected);
  });

  it.each([
    ['"a"', '"a"'],
    ['a', '"a"'],
    ['W/"a"', '"a"'],
    ['a"\r\nx: y', '"ax:y"'],
  ])('writes the store’s ETag %j as %j', (given, expected) => {
    expect(strongEtag(given)).toBe(expected);
  });
});
