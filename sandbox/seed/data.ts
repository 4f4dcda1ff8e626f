import type { PersonaName } from '../personas.js';
import { REGION } from '../processes/partner-stores.js';
import { waitFor } from '../processes/wait-for.js';
import { COLLECTIONS, type CollectionName } from '../seed-data/collections.js';
import type { SeededStore } from './seeded.js';
import type { Ground, Identified } from './seeding.js';

const SEAL_TIMEOUT_MS = 60_000;

export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly string[];
}
export type Datasets = Readonly<Record<CollectionName, Dataset>>;

const STORES = [
  { name: 'City data store', organisation: 'city', persona: 'owner' },
  { name: 'University data store', organisation: 'university', persona: 'partnerSignatory' },
] as const;

interface Description {
  readonly title: string;
  readonly description: string;
  readonly theme: string;
  readonly mediaType: string;
  readonly keywords: readonly string[];
  /** The store it lies in, by its place in `STORES`. */
  readonly store: 0 | 1;
}

const DESCRIPTIONS: Readonly<Record<CollectionName, Description>> = {
  stopSearch: {
    title: 'Stop and search in London',
    description:
      'One row for each person or vehicle searched, with place, power, object and outcome.',
    theme: 'JUST',
    mediaType: 'text/csv',
    keywords: ['police', 'stop and search'],
    store: 0,
  },
  airQuality: {
    title: 'Hourly air quality in London, 2025',
    description: 'Hourly readings of pollutants at the stations of the monitoring network.',
    theme: 'ENVI',
    mediaType: 'text/csv',
    keywords: ['air quality', 'pollution'],
    store: 0,
  },
  boroughs: {
    title: 'Boundaries of the London boroughs',
    description: 'The 33 areas as GeoJSON polygons.',
    theme: 'REGI',
    mediaType: 'application/geo+json',
    keywords: ['boundaries', 'boroughs'],
    store: 0,
  },
  census: {
    title: 'Census 2011 teaching extract',
    description: 'Anonymised coded records of persons for teaching and for testing of methods.',
    theme: 'SOCI',
    mediaType: 'text/csv',
    keywords: ['census', 'population'],
    store: 1,
  },
};

const REAL = 'Contains public sector information licensed under the Open Government Licence.';
const MADE = 'Made from a seed for the sandbox: no row is about anything that happened.';

/** Registers and probes both partner stores; the broker gets keys that can only read. */
export async function registerStores({
  callers,
  organisations,
  stores,
  say,
}: Ground): Promise<readonly [SeededStore, SeededStore]> {
  const register = async (at: 0 | 1): Promise<SeededStore> => {
    const { name, organisation, persona } = STORES[at];
    const { endpoint, bucket, accessLog, keys } = stores[at];
    const caller = callers[persona];
    const { id } = await caller.post<Identified>('/api/v1/stores', {
      organisationId: organisations[organisation],
      name,
      endpoint,
      region: REGION,
      bucket,
      addressing: 'path',
      credentials: keys.broker,
      accessLog,
    });
    const probed = await caller.post<{ status?: string; checks?: unknown }>(
      `/api/v1/stores/${id}/probe`,
    );
    const store = await caller.get<{ status: string }>(`/api/v1/stores/${id}`);
    if (store.status !== 'ready') {
      throw new Error(`${name} failed its probe: ${JSON.stringify(probed)}`);
    }
    return { id, name, region: REGION, bucket };
  };
  const registered = [await register(0), await register(1)] as const;
  say('Their owners register two partner stores; the broker probes each and finds it strict');
  return registered;
}

/** Registers and publishes the datasets, and waits until the worker has sealed their manifests. */
export async function registerDatasets(
  ground: Ground,
  stores: readonly [SeededStore, SeededStore],
): Promise<Datasets> {
  const datasets: Partial<Record<CollectionName, Dataset>> = {};
  for (const name of Object.keys(COLLECTIONS) as CollectionName[]) {
    datasets[name] = await registerDataset(ground, name, stores);
  }
  await waitFor('Sealing the manifests', SEAL_TIMEOUT_MS, () => areSealed(ground, datasets));
  ground.say('Their owners publish four datasets; the worker seals the manifest of each');
  return datasets as Datasets;
}

async function registerDataset(
  { callers, organisations, isReal }: Ground,
  name: CollectionName,
  stores: readonly [SeededStore, SeededStore],
): Promise<Dataset> {
  const { title, description, theme, mediaType, keywords, store } = DESCRIPTIONS[name];
  const { prefix, fields } = COLLECTIONS[name];
  const { organisation } = STORES[store];
  const caller = callers[ownerOf(name)];
  const { id } = await caller.post<Identified>('/api/v1/datasets', {
    organisationId: organisations[organisation],
    title,
    description: `${description} ${isReal ? REAL : MADE}`,
    publisher: organisation === 'city' ? 'City Police Data Office' : 'Thames University',
    contact: `data@${organisation}.example`,
    access: 'shared',
    accessReason: 'Shared under an agreement, so that its uses are known.',
    sensitivity: 'internal',
    tags: [],
    kind: 'files',
    fields: fields.map((field) => ({
      name: field,
      type: 'text',
      description: field,
      class: 'other',
    })),
    storeId: stores[store].id,
    prefix,
    keywords,
    themes: [theme],
    visibility: 'public',
    // Where the boundaries lie is no secret: they may be fetched from the store itself.
    distributions: [
      { title: 'All files', mediaType, path: '', disclosesLocation: name === 'boroughs' },
    ],
  });
  await caller.post(`/api/v1/datasets/${id}/publish`);
  return { id, title, fields };
}

function ownerOf(name: CollectionName): PersonaName {
  return STORES[DESCRIPTIONS[name].store].persona;
}

async function areSealed(
  { callers }: Ground,
  datasets: Readonly<Partial<Record<CollectionName, Dataset>>>,
): Promise<boolean> {
  const views = await Promise.all(
    (Object.keys(datasets) as CollectionName[]).map((name) =>
      callers[ownerOf(name)].get<{ sealedVersion: string | null }>(
        `/api/v1/datasets/${datasets[name]?.id ?? ''}`,
      ),
    ),
  );
  return views.every(({ sealedVersion }) => typeof sealedVersion === 'string');
}
