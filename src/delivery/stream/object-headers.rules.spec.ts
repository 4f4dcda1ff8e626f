import type { ManifestEntry } from '../delivery.types.js';
import { contentRange, objectHeaders, validatorHeaders } from './object-headers.rules.js';

const ENTRY: ManifestEntry = {
  name: 'counts/2026.csv',
  size: 100,
  etag: 'abc',
  lastModified: '2026-11-24T12:00:00.000Z',
  versionId: null,
  sha256: null,
};
const SHARED = {
  ETag: '"abc"',
  'Last-Modified': 'Tue, 24 Nov 2026 12:00:00 GMT',
  'Accept-Ranges': 'bytes',
  'Cache-Control': 'private, no-store',
  'X-Content-Type-Options': 'nosniff',
};

describe('the headers of an object', () => {
  it('come from the sealed entry', () => {
    expect(objectHeaders(ENTRY, undefined)).toEqual({
      ...SHARED,
      'Content-Type': 'application/octet-stream',
      'Content-Length': '100',
      'Content-Disposition': 'attachment; filename="2026.csv"',
    });
  });

  it('name the part of it that is sent', () => {
    expect(objectHeaders(ENTRY, { first: 10, last: 19 })).toMatchObject({
      'Content-Length': '10',
      'Content-Range': 'bytes 10-19/100',
    });
  });

  it('say what a 304 needs', () => {
    expect(validatorHeaders(ENTRY)).toEqual(SHARED);
  });

  it('tell the size when no range fits', () => {
    expect(contentRange(100, undefined)).toBe('bytes */100');
  });
});
