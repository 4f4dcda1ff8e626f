import type { FolderPlace } from '../../config/config.js';
import { EgressGuard, type EgressRules } from '../object-store/egress-guard.js';
import { FolderClient } from '../object-store/folder-client.js';
import { StoreBreakers } from '../object-store/store-breakers.js';
import { StoreFolder } from '../object-store/store-folder.js';
import { FileFolder } from './file-folder.js';
import type { ObjectFolder } from './object-folder.js';

/**
 * Opens a place that the configuration names. A bucket's host is the operator's own word, so that it need not be one where
 * partners may have stores; its addresses are as bounded as theirs.
 * @throws Error for an address that it may not have.
 */
export function openFolder(place: FolderPlace, rules: EgressRules): ObjectFolder {
  if (place.kind === 'disk') {
    return new FileFolder(place.path);
  }
  const { prefix, ...location } = place;
  const storeEndpointHosts = [new URL(place.endpoint).hostname];
  const guard = new EgressGuard({ ...rules, storeEndpointHosts });
  const fault = guard.endpointFault(place.endpoint);
  if (fault !== undefined) {
    throw new Error(`The host of the log's bucket ${fault}`);
  }
  const client = new FolderClient(guard, new StoreBreakers());
  return new StoreFolder(client, { ...location, publicEndpoint: place.endpoint }, prefix);
}
