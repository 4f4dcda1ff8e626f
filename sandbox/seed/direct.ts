import { item, makeAgreement } from './agreement.js';
import type { Dataset } from './data.js';
import { approveRequest, RESEARCH_PURPOSE } from './research.js';
import type { SeededShare } from './seeded.js';
import type { Ground } from './seeding.js';

const AGREEMENT_TITLE = 'Boundaries, straight from the store';

/** Files that researchers fetch from the partner's store itself, by URLs that live for two minutes. */
export async function seedDirect(
  ground: Ground,
  dataset: Dataset,
  projectId: string,
): Promise<SeededShare> {
  const agreement = await makeAgreement(ground, {
    title: AGREEMENT_TITLE,
    summary:
      'Researchers of the university fetch the boundaries of the boroughs from the store of the data office.',
    objective: 'To draw the maps of the study without a way round by the broker.',
    items: [item(dataset, ground.organisations.city, 'none', 'Nobody: boundaries.')],
    modes: ['presign', 'stream'],
    actions: ['dataset:request', 'dataset:read'],
    maxRevocationSeconds: 120,
  });
  const accessRequestId = await approveRequest(ground, {
    projectId,
    datasetId: dataset.id,
    agreement,
    purpose: RESEARCH_PURPOSE,
    delivery: 'presign',
  });
  const { id, title } = dataset;
  return {
    dataset: { id, title },
    agreement: { id: agreement.id, title: AGREEMENT_TITLE },
    accessRequestId,
  };
}
