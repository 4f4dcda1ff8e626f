import {
  STANDINGS,
  type AgreementOnDataset,
  type DatasetFacts,
  type OpenLink,
  type OwnRequest,
  type Place,
  type Standing,
  type Way,
} from './ways.types.js';

const STANDING_OF: Readonly<Record<string, Standing>> = {
  active: 'covers',
  invited: 'joining',
  reviewed: 'joining',
  signed: 'joining',
  suspended: 'suspended',
};

/**
 * A place that only gives data opens none, and who has one cannot join again.
 * @returns undefined for an agreement that is no way for this reader.
 */
export function standingOf({ isPublished, places }: AgreementOnDataset): Standing | undefined {
  const held = new Set(receiving(places).map(({ status }) => STANDING_OF[status]));
  return (
    STANDINGS.find((standing) => held.has(standing)) ??
    (isPublished && places.length === 0 ? 'joinable' : undefined)
  );
}

/** In whose names the reader may ask under it. */
export function coveredIn({ places }: AgreementOnDataset): readonly string[] {
  return receiving(places)
    .filter(({ status }) => STANDING_OF[status] === 'covers')
    .map(({ organisationId }) => organisationId);
}

/** Of open data that lies elsewhere; of what is in a store nothing says where (R8.7). */
export function linksOf({ access, isInStore, status, distributions }: DatasetFacts): OpenLink[] {
  if (access !== 'open' || isInStore || status !== 'published') {
    return [];
  }
  return distributions.flatMap(({ id, title, mediaType, downloadUrl, accessUrl }) =>
    downloadUrl === null && accessUrl === null
      ? []
      : [{ distributionId: id, title, mediaType, downloadUrl, accessUrl }],
  );
}

/** The shortest of the ways there are. Nobody is granted what is in no store, or not published (R3.21). */
export function shortestWay(
  { status, isInStore }: Pick<DatasetFacts, 'status' | 'isInStore'>,
  links: readonly OpenLink[],
  standings: readonly Standing[],
  requests: readonly OwnRequest[],
): Way {
  if (status === 'withdrawn') {
    return 'none';
  }
  if (links.length > 0) {
    return 'open';
  }
  if (!isInStore || status !== 'published') {
    return 'ask';
  }
  if (requests.some(({ grantId }) => grantId !== null)) {
    return 'use';
  }
  if (standings.includes('covers')) {
    return 'request';
  }
  return standings.some((one) => one === 'joining' || one === 'joinable') ? 'join' : 'ask';
}

function receiving(places: readonly Place[]): readonly Place[] {
  return places.filter(({ dataRole }) => dataRole !== 'provider');
}
