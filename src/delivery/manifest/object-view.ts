import type { ObjectView } from '../delivery.dto.js';
import type { ManifestEntry } from '../delivery.types.js';
import { strongEtag } from '../stream/preconditions.rules.js';

/** @param url where its bytes are; @param urlExpiresAt when that ends if it does, as text: a page has one such instant. */
export function toObjectView(
  { name, size, etag, lastModified, sha256 }: ManifestEntry,
  url: string,
  urlExpiresAt: string | null,
): ObjectView {
  return {
    name,
    size,
    etag: strongEtag(etag),
    lastModified,
    sha256,
    url,
    urlExpiresAt,
  };
}

/** The broker's own address of an object: each segment encoded once, as `decodeObjectPath` decodes it. */
export function objectUrl(publicUrl: string, grantId: string, name: string): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `${publicUrl}/api/v1/grants/${grantId}/objects/${path}`;
}
