import { AIR_QUALITY_FIELDS } from '../seed-data/air-quality.js';
import { LIVE_PREFIX } from '../seed-data/hourly-readings.js';
import { waitFor } from '../processes/wait-for.js';
import { item, makeAgreement } from './agreement.js';
import { approveRequest, RESEARCH_PURPOSE } from './research.js';
import type { SeededShare, SeededStore } from './seeded.js';
import type { Ground, Identified } from './seeding.js';

const TITLE = 'Air quality in London, hour by hour';
const AGREEMENT_TITLE = 'Air quality as it is measured';
const WATCH_TIMEOUT_MS = 60_000;

/** A live feed with an agreement of its own, up to an approved access request. */
export async function seedFeed(
  ground: Ground,
  store: SeededStore,
  projectId: string,
): Promise<SeededShare> {
  const { callers, organisations, say } = ground;
  const fields = [...AIR_QUALITY_FIELDS];
  const { id } = await callers.owner.post<Identified>('/api/v1/datasets', {
    organisationId: organisations.city,
    title: TITLE,
    description:
      'One file for each hour, with the readings of all stations, as soon as it is there.',
    publisher: 'City Police Data Office',
    contact: 'data@city.example',
    access: 'shared',
    accessReason: 'Shared under an agreement, so that its uses are known.',
    sensitivity: 'internal',
    tags: [],
    kind: 'feed',
    fields: fields.map((name) => ({ name, type: 'text', description: name, class: 'other' })),
    storeId: store.id,
    prefix: LIVE_PREFIX,
    keywords: ['air quality', 'live'],
    themes: ['ENVI'],
    visibility: 'public',
    frequency: 'HOURLY',
    distributions: [{ title: 'Each hour', mediaType: 'text/csv', path: '' }],
  });
  await callers.owner.post(`/api/v1/datasets/${id}/publish`);
  say('Its owner publishes a live feed, one file for each hour');
  const dataset = { id, title: TITLE, fields };
  const agreement = await makeAgreement(ground, {
    title: AGREEMENT_TITLE,
    summary: 'Researchers of the university follow the hourly readings of the air quality network.',
    objective: 'To see what the air of the city does while it does it.',
    necessity: 'Hourly files tell of an episode while it lasts; a yearly file comes too late.',
    items: [
      {
        ...item(dataset, organisations.city, 'none', 'Nobody: readings of instruments.'),
        includeHistory: true,
      },
    ],
    modes: ['feed'],
    actions: ['dataset:request', 'feed:subscribe'],
  });
  const accessRequestId = await approveRequest(ground, {
    projectId,
    datasetId: id,
    agreement,
    purpose: RESEARCH_PURPOSE,
    delivery: 'feed',
  });
  await waitFor('The first look at the feed', WATCH_TIMEOUT_MS, async () => {
    const { feed } = await callers.owner.get<{ feed: { watchedAt: string | null } | null }>(
      `/api/v1/datasets/${id}`,
    );
    return typeof feed?.watchedAt === 'string';
  });
  return {
    dataset: { id, title: TITLE },
    agreement: { id: agreement.id, title: AGREEMENT_TITLE },
    accessRequestId,
  };
}
