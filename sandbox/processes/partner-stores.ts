import { join } from 'node:path';
import { BucketFolder } from '../s3-server/bucket-folder.js';
import { startS3Server } from '../s3-server/s3-server.js';
import { filesOf, type CollectionName } from '../seed-data/collections.js';
import type { StoreKeys } from '../state/state.js';

export const REGION = 'eu-west-2';

/** The two stores: whose they are is the seed's affair, which of the data they hold is said here. */
const STORES = [
  { bucket: 'city-data', collections: ['stopSearch', 'airQuality', 'boroughs'] },
  { bucket: 'university-data', collections: ['census'] },
] as const satisfies readonly { bucket: string; collections: readonly CollectionName[] }[];

export interface PartnerStore {
  readonly endpoint: string;
  readonly bucket: string;
  /** Where it writes who read what. */
  readonly accessLog: { readonly bucket: string; readonly prefix: string };
  readonly keys: StoreKeys;
  /** Its objects, as whoever sits at the store's own machine has them. */
  readonly files: BucketFolder;
  close(): Promise<void>;
}

/** Puts the data into the stores' own folders, as their owners would, before anybody reads them. */
export async function fillStores(folder: string, dataDir: string | undefined): Promise<void> {
  for (const { bucket, collections } of STORES) {
    const store = await BucketFolder.open(join(folder, 'stores', bucket, bucket));
    for (const collection of collections) {
      for (const file of await filesOf(collection, dataDir)) {
        await store.put(file.key, file.open(), undefined);
      }
    }
  }
}

/** One store: its owner's key may write, the broker's key may only read. */
export async function startPartnerStore(
  folder: string,
  at: 0 | 1,
  port: number,
  keys: StoreKeys,
): Promise<PartnerStore> {
  const { bucket } = STORES[at];
  const accessLog = { bucket: `${bucket}-logs`, prefix: `${bucket}/` };
  const server = await startS3Server({
    dataDir: join(folder, 'stores', bucket),
    port,
    region: REGION,
    buckets: [bucket],
    credentials: [
      keys.owner,
      {
        ...keys.broker,
        readOnly: [
          { bucket, prefix: '' },
          { bucket: accessLog.bucket, prefix: accessLog.prefix },
        ],
      },
    ],
    accessLog,
  });
  const files = server.bucket(bucket);
  return { endpoint: server.endpoint, bucket, accessLog, keys, files, close: () => server.close() };
}
