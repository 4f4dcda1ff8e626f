import { fileURLToPath } from 'node:url';
import type { FolderPlace } from './config.js';
import type { EnvironmentReader } from './environment.js';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const PREFIX = /^(?:[\w-][\w.-]*\/)*$/;
const SHAPE = 's3+https://<host>/<bucket>[/<prefix>]?region=<region>[&addressing=virtual]';
const NOWHERE: FolderPlace = { kind: 'disk', path: '' };

/**
 * Reads where a folder is: `file:///var/lib/concordat/log`, or a bucket, whose key is in `<name>_ACCESS_KEY_ID` and
 * `<name>_SECRET_ACCESS_KEY`. Without TLS only outside production.
 */
export function folderPlace(
  env: EnvironmentReader,
  name: string,
  isProduction: boolean,
): FolderPlace {
  const schemes = isProduction ? ['file:', 's3+https:'] : ['file:', 's3+https:', 's3+http:'];
  const text = env.url(name, schemes);
  if (text === '') {
    return NOWHERE;
  }
  const place = text.startsWith('file:') ? disk(text) : bucket(env, name, text);
  if (!place) {
    env.fault(name, `must be file:///<folder> or ${SHAPE}`);
  }
  return Object.freeze(place ?? NOWHERE);
}

function disk(text: string): FolderPlace | undefined {
  try {
    return { kind: 'disk', path: fileURLToPath(text) };
  } catch {
    return undefined;
  }
}

function bucket(env: EnvironmentReader, name: string, text: string): FolderPlace | undefined {
  const address = text.replace(/^s3\+/, '');
  if (!URL.canParse(address)) {
    return undefined;
  }
  const { origin, pathname, searchParams, username, password, hash } = new URL(address);
  const [bucketName = '', ...folders] = pathname.slice(1).replace(/\/$/, '').split('/');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  const region = searchParams.get('region') ?? '';
  const addressing = searchParams.get('addressing') ?? 'path';
  const isShaped = BUCKET.test(bucketName) && PREFIX.test(prefix) && REGION.test(region);
  const isStray = [...searchParams.keys()].some((key) => !['region', 'addressing'].includes(key));
  if (
    !isShaped ||
    isStray ||
    (addressing !== 'path' && addressing !== 'virtual') ||
    username + password + hash !== ''
  ) {
    return undefined;
  }
  return {
    kind: 'bucket',
    endpoint: origin,
    region,
    bucket: bucketName,
    addressing,
    prefix,
    accessKeyId: env.required(`${name}_ACCESS_KEY_ID`),
    secretAccessKey: env.required(`${name}_SECRET_ACCESS_KEY`),
  };
}
