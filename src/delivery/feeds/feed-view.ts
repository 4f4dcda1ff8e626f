import { objectUrl } from '../manifest/object-view.js';
import { strongEtag } from '../stream/preconditions.rules.js';
import type { FeedEntry } from './feed-entries.repository.js';

/** What happened in a feed, as its follower sees it. Sizes are bytes. */
export type FeedEntryView =
  | {
      readonly type: 'object.available';
      readonly name: string;
      readonly size: number;
      readonly etag: string;
      readonly lastModified: string;
      readonly noticedAt: string;
      readonly url: string;
    }
  | { readonly type: 'object.withdrawn'; readonly name: string; readonly noticedAt: string };

export function toFeedEntryView(
  { change, name, size, etag, lastModified, noticedAt }: FeedEntry,
  { publicUrl, grantId }: { readonly publicUrl: string; readonly grantId: string },
): FeedEntryView {
  if (change === 'withdrawn') {
    return { type: 'object.withdrawn', name, noticedAt };
  }
  return {
    type: 'object.available',
    name,
    size,
    etag: strongEtag(etag),
    lastModified,
    noticedAt,
    url: objectUrl(publicUrl, grantId, name),
  };
}

/** Which numbers an event is about: `12-15`; nothing where there is none. */
export function numbersText(after: number, last: number): string | undefined {
  return last > after ? `${String(after + 1)}-${String(last)}` : undefined;
}
