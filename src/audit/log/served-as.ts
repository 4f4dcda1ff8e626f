/** How each kind of public object is served, by the broker and by whatever else holds the objects. @see C2SP tlog-tiles */
const TEXT = 'text/plain; charset=utf-8';

export const SERVED_AS = {
  checkpoint: { contentType: TEXT, cacheControl: 'public, max-age=2' },
  vkey: { contentType: TEXT, cacheControl: 'public, max-age=300' },
  tile: {
    contentType: 'application/octet-stream',
    cacheControl: 'public, max-age=31536000, immutable',
  },
} as const;
