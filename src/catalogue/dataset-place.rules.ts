import type { FieldError } from '../kernel/errors.js';
import { prefixFault } from '../platform/object-store/object-name.rules.js';
import type { DatasetAccess } from './dataset.types.js';
import { publicAddressFault } from './public-address.rules.js';

/** Where a dataset says that its data is. */
export interface PlaceFacts {
  readonly access: DatasetAccess;
  readonly storeId?: string;
  readonly prefix?: string;
  readonly landingPage?: string;
  readonly distributions: readonly DistributionPlace[];
}

interface DistributionPlace {
  readonly path?: string;
  readonly downloadUrl?: string;
  readonly accessUrl?: string;
  readonly disclosesLocation?: boolean;
}

/** Data lies in one store of its owner, or it is open and lies elsewhere, or it is only described. */
export function placeFaults(facts: PlaceFacts): FieldError[] {
  return [
    ...storeFaults(facts),
    ...addressFault('/landingPage', facts.landingPage),
    ...facts.distributions.flatMap((distribution, at) =>
      distributionFaults(distribution, `/distributions/${String(at)}`, facts),
    ),
    ...numberFaults(facts),
  ];
}

/** Where its bytes or the way to them are, if that is said. */
function isElsewhere({ downloadUrl, accessUrl }: DistributionPlace): boolean {
  return downloadUrl !== undefined || accessUrl !== undefined;
}

function storeFaults({ storeId, prefix }: PlaceFacts): FieldError[] {
  if (storeId === undefined) {
    return prefix === undefined ? [] : [{ pointer: '/storeId', reason: 'is required with prefix' }];
  }
  const reason = prefix === undefined ? 'is required with storeId' : prefixFault(prefix);
  return reason === undefined ? [] : [{ pointer: '/prefix', reason }];
}

function numberFaults({ access, storeId, distributions }: PlaceFacts): FieldError[] {
  const pointer = '/distributions';
  if (storeId !== undefined) {
    return distributions.length > 0 ? [] : [{ pointer, reason: 'must name at least one' }];
  }
  return access !== 'open' || distributions.some(isElsewhere)
    ? []
    : [{ pointer, reason: 'must say where open data in no store is: downloadUrl or accessUrl' }];
}

function distributionFaults(
  distribution: DistributionPlace,
  base: string,
  facts: PlaceFacts,
): FieldError[] {
  const { path, downloadUrl, accessUrl, disclosesLocation } = distribution;
  return [
    ...pathFaults(distribution, base, facts),
    ...addressFault(`${base}/downloadUrl`, downloadUrl),
    ...addressFault(`${base}/accessUrl`, accessUrl),
    ...(isElsewhere(distribution) && facts.access !== 'open'
      ? [{ pointer: base, reason: 'lies elsewhere, which only open data may' }]
      : []),
    ...(disclosesLocation === true && path === undefined
      ? [{ pointer: `${base}/disclosesLocation`, reason: 'has no location to disclose' }]
      : []),
  ];
}

function pathFaults(
  distribution: DistributionPlace,
  base: string,
  { storeId, prefix }: PlaceFacts,
): FieldError[] {
  const pointer = `${base}/path`;
  const { path } = distribution;
  if (path === undefined) {
    return storeId === undefined || isElsewhere(distribution)
      ? []
      : [{ pointer, reason: 'is required where the data is in a store' }];
  }
  if (storeId === undefined) {
    return [{ pointer, reason: 'is of a store, and the dataset names none' }];
  }
  if (isElsewhere(distribution)) {
    return [{ pointer, reason: 'is not for what lies elsewhere' }];
  }
  const reason =
    prefix === undefined || prefixFault(prefix) !== undefined
      ? undefined
      : prefixFault(prefix + path);
  return reason === undefined ? [] : [{ pointer, reason }];
}

function addressFault(pointer: string, address: string | undefined): FieldError[] {
  const reason = address === undefined ? undefined : publicAddressFault(address);
  return reason === undefined ? [] : [{ pointer, reason }];
}
