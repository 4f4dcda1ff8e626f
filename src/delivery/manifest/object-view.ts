import type { ObjectView } from '../delivery.dto.js';
import type { ManifestEntry } from '../delivery.types.js';
import { strongEtag } from '../stream/preconditions.rules.js';

/** @param url where its bytes are, and when that ends if it does. */
export function toObjectView(
  { name, size, etag, lastModified }: ManifestEntry,
  url: string,
  urlExpiresAt: Date | null,
): ObjectView {
  return {
    name,
    size,
    etag: strongEtag(etag),
    lastModified: lastModified.toISOString(),
    url,
    urlExpiresAt: urlExpiresAt?.toISOString() ?? null,
  };
}

/** The broker's own address of an object: each segment encoded once, as `decodeObjectPath` decodes it. */
export function objectUrl(publicUrl: string, grantId: string, name: string): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `${publicUrl}/api/v1/grants/${grantId}/objects/${path}`;
}
