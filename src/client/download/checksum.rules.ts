const MD5_ETAG = /^"([0-9a-f]{32})"$/;

/** What an object's bytes must hash to. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'md5';
  readonly hex: string;
}

/**
 * The SHA-256 that was sealed; else the MD5 that the ETag of an object put in one piece is; else nothing, and the size
 * alone is checked.
 */
export function checksumOf({
  sha256,
  etag,
}: {
  readonly sha256: string | null;
  readonly etag: string;
}): Checksum | undefined {
  if (sha256 !== null) {
    return { algorithm: 'sha256', hex: sha256 };
  }
  const [, md5] = MD5_ETAG.exec(etag) ?? [];
  return md5 === undefined ? undefined : { algorithm: 'md5', hex: md5 };
}
