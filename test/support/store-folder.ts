import type { Config, FolderPlace } from '../../src/config/config.js';
import { openFolder } from '../../src/platform/object-folder/open-folder.js';
import type { ObjectFolder } from '../../src/platform/object-folder/object-folder.js';
import type { StoreLocation } from '../../src/platform/object-store/store-location.js';
import { testConfig } from './config.js';

/** A folder of the log in the bucket of a store. @param prefix empty, or ends with a slash. */
export function placeIn(location: StoreLocation, prefix: string): FolderPlace {
  const { endpoint, region, bucket, addressing, accessKeyId, secretAccessKey } = location;
  return {
    kind: 'bucket',
    endpoint,
    region,
    bucket,
    addressing,
    prefix,
    accessKeyId,
    secretAccessKey,
  };
}

/** No host of it is on the list of partners' stores. */
export function storeFolder(
  location: StoreLocation,
  prefix = 'log/',
  overrides: Partial<Config> = {},
): ObjectFolder {
  return openFolder(
    placeIn(location, prefix),
    testConfig({ storeEndpointHosts: [], ...overrides }),
  );
}
