import type { LogLine, LogQuery } from './access-log.rules.js';
import {
  citedIdOf,
  judge,
  readOf,
  sessionGrantOf,
  type CitedEvent,
  type Doings,
  type StoreRead,
} from './matching.rules.js';

const STORE = 'store-1';
const GRANT = '01990000-0000-7000-8000-000000000001';
const OTHER_GRANT = '01990000-0000-7000-8000-000000000002';
const OPENED = '01990000-0000-7000-8000-0000000000a1';
const URLS = '01990000-0000-7000-8000-0000000000a2';
const ONE_URL = '01990000-0000-7000-8000-0000000000a3';
const ELSEWHERE = '01990000-0000-7000-8000-0000000000a4';
const NOW = new Date('2026-11-27T02:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

const PLAIN: LogQuery = { mark: null, signedAt: null, expiresSeconds: null, accessKeyId: null };
const SIGNED: LogQuery = { mark: URLS, signedAt: NOW, expiresSeconds: 120, accessKeyId: 'KEY' };
const SESSION = `arn:aws:sts::123456789012:assumed-role/concordat-read/${GRANT}`;

function anEvent(id: string, type: string, changes: Partial<CitedEvent> = {}): CitedEvent {
  return { id, type, occurredAt: NOW, grantId: GRANT, objectId: 'a.csv', bytes: null, ...changes };
}

const EVENTS = [
  anEvent(OPENED, 'object.opened', { bytes: 100 }),
  anEvent(URLS, 'object.url-issued', { objectId: null }),
  anEvent(ONE_URL, 'object.url-issued'),
  anEvent(ELSEWHERE, 'object.opened', { grantId: OTHER_GRANT, bytes: 100 }),
];

function doings(changes: Partial<Doings> = {}): Doings {
  return {
    storeId: STORE,
    accessKeyId: 'KEY',
    rotatedAt: new Date('2026-01-01T00:00:00Z'),
    events: new Map(EVENTS.map((event) => [event.id, event])),
    grants: new Map([
      [GRANT, { id: GRANT, storeId: STORE, prefix: 'data/' }],
      [OTHER_GRANT, { id: OTHER_GRANT, storeId: 'store-2', prefix: 'data/' }],
    ]),
    credentialsIssued: new Map([[GRANT, [NOW]]]),
    taken: new Map(),
    isOwn: () => false,
    ...changes,
  };
}

function aRead(changes: Partial<StoreRead> = {}): StoreRead {
  return {
    requestId: 'r1',
    at: after(1),
    key: 'data/a.csv',
    bytes: 100,
    requester: 'arn:aws:iam::123456789012:user/broker',
    query: PLAIN,
    ...changes,
  };
}
const marked = (mark: string): LogQuery => ({ ...PLAIN, mark });

describe('a read that a store tells of', () => {
  it.each<[string, Partial<StoreRead>, Partial<Doings>, object]>([
    ['nothing names it', {}, {}, { kind: 'unmatched', reason: 'no_grant', unexplainedBytes: 100 }],
    ['nobody signed it', { requester: null }, {}, { kind: 'unmatched', reason: 'no_grant' }],
    ['the broker made it for itself', {}, { isOwn: () => true }, { kind: 'own' }],
    ['its stream was opened', { query: marked(OPENED) }, {}, { kind: 'stream', grantId: GRANT }],
    [
      'its stream took less than was opened',
      { query: marked(OPENED), bytes: 7 },
      {},
      { kind: 'stream', grantId: GRANT },
    ],
    [
      'its stream took more than was opened',
      { query: marked(OPENED), bytes: 130 },
      {},
      { kind: 'unmatched', reason: 'more_than_opened', unexplainedBytes: 30 },
    ],
    [
      'its stream had taken all before',
      { query: marked(OPENED) },
      { taken: new Map([[OPENED, 100]]) },
      { kind: 'unmatched', reason: 'more_than_opened', unexplainedBytes: 100 },
    ],
    [
      'its stream had taken most before',
      { query: marked(OPENED), bytes: 60 },
      { taken: new Map([[OPENED, 60]]) },
      { kind: 'unmatched', reason: 'more_than_opened', unexplainedBytes: 20 },
    ],
    [
      'its stream was of another object',
      { query: marked(OPENED), key: 'data/b.csv' },
      {},
      { kind: 'unmatched', reason: 'other_object' },
    ],
    [
      'its stream was long over',
      { query: marked(OPENED), at: after(600) },
      {},
      { kind: 'unmatched', reason: 'other_time' },
    ],
    [
      'clocks are two minutes apart',
      { query: marked(OPENED), at: after(-119) },
      {},
      { kind: 'stream' },
    ],
    [
      'it names an event of another store',
      { query: marked(ELSEWHERE) },
      {},
      { kind: 'unmatched', reason: 'event_unknown' },
    ],
    [
      'it names an event that is none',
      { query: marked(GRANT) },
      {},
      { kind: 'unmatched', reason: 'event_unknown' },
    ],
    [
      'it names what is no id',
      { query: marked("'; DROP TABLE grants") },
      {},
      { kind: 'unmatched', reason: 'no_grant' },
    ],
    ['its URL was one of a page', { query: SIGNED }, {}, { kind: 'observed', grantId: GRANT }],
    [
      'its URL was one of a page, of another dataset',
      { query: SIGNED, key: 'data2/a.csv' },
      {},
      { kind: 'unmatched', reason: 'other_object' },
    ],
    [
      'its URL was for it alone',
      { query: { ...SIGNED, mark: ONE_URL } },
      {},
      { kind: 'observed', eventId: ONE_URL },
    ],
    [
      'its URL was for another object',
      { query: { ...SIGNED, mark: ONE_URL }, key: 'data/b.csv' },
      {},
      { kind: 'unmatched', reason: 'other_object' },
    ],
    [
      'its URL is named, and it is none',
      { query: marked(URLS) },
      {},
      { kind: 'unmatched', reason: 'event_unknown' },
    ],
    [
      'its URL was signed at another time than the event',
      { query: { ...SIGNED, signedAt: after(900) }, at: after(901) },
      {},
      { kind: 'unmatched', reason: 'other_time' },
    ],
    [
      'the store served its URL after its end',
      { query: SIGNED, at: after(120 + 121) },
      {},
      { kind: 'unmatched', reason: 'other_time' },
    ],
    [
      'its URL was signed with a key that is not the broker’s',
      { query: { ...SIGNED, accessKeyId: 'STOLEN' } },
      {},
      { kind: 'unmatched', reason: 'other_key' },
    ],
    [
      'its URL was signed with the key before the last rotation',
      { query: { ...SIGNED, accessKeyId: 'EARLIER' } },
      { rotatedAt: after(60) },
      { kind: 'observed', grantId: GRANT },
    ],
    [
      'its session has the grant’s name',
      { requester: SESSION },
      {},
      { kind: 'observed', eventId: null },
    ],
    [
      'its session left the prefix',
      { requester: SESSION, key: 'other/a.csv' },
      {},
      { kind: 'unmatched', reason: 'other_object' },
    ],
    [
      'its session has the name, and no credentials were given out',
      { requester: SESSION },
      { credentialsIssued: new Map() },
      { kind: 'unmatched', reason: 'session_not_issued' },
    ],
    [
      'its session read after its end',
      { requester: SESSION, at: after(900 + 121) },
      {},
      { kind: 'unmatched', reason: 'session_not_issued' },
    ],
    [
      'its session has the name of a grant on another store',
      { requester: SESSION.replace(GRANT, OTHER_GRANT) },
      { credentialsIssued: new Map([[OTHER_GRANT, [NOW]]]) },
      { kind: 'unmatched', reason: 'session_not_issued' },
    ],
  ])('%s', (_what, read, known, verdict) => {
    expect(judge(aRead(read), doings(known))).toMatchObject(verdict);
  });

  it('names what it may be explained by', () => {
    expect(citedIdOf(aRead({ query: marked(OPENED) }))).toBe(OPENED);
    expect(citedIdOf(aRead({ query: marked('own-1-ff') }))).toBeUndefined();
    expect(sessionGrantOf(aRead({ requester: SESSION }))).toBe(GRANT);
    expect(sessionGrantOf(aRead({ requester: `${SESSION}-and-more` }))).toBeUndefined();
  });
});

describe('a line that is a read', () => {
  const line: LogLine = {
    bucket: 'b',
    at: NOW,
    requester: null,
    requestId: 'r1',
    operation: 'REST.GET.OBJECT',
    key: 'data/a.csv',
    status: 200,
    bytesSent: 10,
    objectSize: 10,
    query: PLAIN,
  };

  it.each<[string, Partial<LogLine>, number | undefined]>([
    ['of a whole object', {}, 10],
    ['of a part', { status: 206, bytesSent: 3 }, 3],
    ['by a website', { operation: 'WEBSITE.GET.OBJECT' }, 10],
    ['by a copy', { operation: 'REST.COPY.OBJECT_GET', bytesSent: null }, 10],
    ['whose bytes the store does not say', { bytesSent: null }, 10],
    ['is none: of nothing', { bytesSent: null, objectSize: 0 }, undefined],
    ['is none: no byte was sent', { bytesSent: 0 }, undefined],
    ['is none: refused', { status: 403 }, undefined],
    ['is none: not changed', { status: 304 }, undefined],
    ['is none: of a list', { operation: 'REST.GET.BUCKET', key: null }, undefined],
    ['is none: of its head', { operation: 'REST.HEAD.OBJECT' }, undefined],
    ['is none: a write', { operation: 'REST.PUT.OBJECT' }, undefined],
    ['is none: of another bucket', { bucket: 'other' }, undefined],
  ])('%s', (_what, changes, bytes) => {
    expect(readOf({ ...line, ...changes }, 'b', 'line-1')?.bytes).toBe(bytes);
  });

  it('is known by its line where the request has no id', () => {
    expect(readOf({ ...line, requestId: null }, 'b', 'line-1')?.requestId).toBe('line-1');
  });
});
