import type { BucketFolder, ObjectMeta } from './bucket-folder.js';
import { escapeXml, S3Error } from './s3-error.js';

const MAX_KEYS = 1000;

/** Answers ListObjectsV2: prefix, delimiter, start-after, continuation-token, max-keys, encoding-type. */
export function listXml(
  bucket: BucketFolder,
  bucketName: string,
  query: ReadonlyMap<string, string>,
): string {
  if (query.get('list-type') !== '2') {
    throw new S3Error('NotImplemented', 'Only ListObjectsV2 is supported');
  }
  const limit = maxKeys(query.get('max-keys'));
  const prefix = query.get('prefix') ?? '';
  const page = listPage(bucket, prefix, query.get('delimiter') ?? '', startOf(query), limit);
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`;
  const contents = page.objects.map(
    ({ key, size, etag, lastModified }) =>
      `<Contents>${element('Key', encode(key))}${element('LastModified', lastModified)}` +
      `${element('ETag', etag)}${element('Size', String(size))}<StorageClass>STANDARD</StorageClass></Contents>`,
  );
  const prefixes = page.prefixes.map(
    (common) => `<CommonPrefixes>${element('Prefix', encode(common))}</CommonPrefixes>`,
  );
  const next =
    page.last === undefined
      ? ''
      : element('NextContinuationToken', Buffer.from(page.last).toString('base64url'));
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    element('Name', bucketName) +
    element('Prefix', encode(prefix)) +
    element('MaxKeys', String(limit)) +
    element('KeyCount', String(page.objects.length + page.prefixes.length)) +
    element('IsTruncated', String(page.last !== undefined)) +
    next +
    contents.join('') +
    prefixes.join('') +
    '</ListBucketResult>'
  );
}

interface Page {
  readonly objects: readonly ObjectMeta[];
  readonly prefixes: readonly string[];
  /** Where the next page starts; undefined on the last page. */
  readonly last: string | undefined;
}

function listPage(
  bucket: BucketFolder,
  prefix: string,
  delimiter: string,
  after: string,
  limit: number,
): Page {
  const objects: ObjectMeta[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const meta of bucket.keys(prefix, after)) {
    const common = commonPrefix(meta.key, prefix, delimiter);
    if (common !== undefined && (common === prefixes.at(-1) || after.startsWith(common))) {
      last = meta.key;
      continue;
    }
    if (objects.length + prefixes.length === limit) {
      return { objects, prefixes, last };
    }
    if (common === undefined) {
      objects.push(meta);
    } else {
      prefixes.push(common);
    }
    last = meta.key;
  }
  return { objects, prefixes, last: undefined };
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

function startOf(query: ReadonlyMap<string, string>): string {
  const token = query.get('continuation-token');
  return token === undefined
    ? (query.get('start-after') ?? '')
    : Buffer.from(token, 'base64url').toString();
}

function maxKeys(text: string | undefined): number {
  const limit = Number(text ?? MAX_KEYS);
  if (!Number.isInteger(limit) || limit < 0) {
    throw new S3Error('InvalidArgument', 'max-keys must be a whole number');
  }
  return Math.min(limit, MAX_KEYS);
}
