import { londonDay } from '../../src/kernel/london-day.js';
import { systemClock } from '../../src/kernel/clock.js';
import { AGREEMENT_TITLE, makeAgreement, sharedFiles } from './agreement.js';
import { seedDirect } from './direct.js';
import { registerDatasets, registerStores } from './data.js';
import { seedFeed } from './feed.js';
import { registerMembers, registerOrganisations, vouchForResearcher } from './people.js';
import { approveRequest, makeProject, RESEARCH_PURPOSE } from './research.js';
import type { Seeded } from './seeded.js';
import type { Ground, Seeding } from './seeding.js';

/** Brings a bootstrapped broker from empty to an approved access request, through its API alone. */
export async function seed(seeding: Seeding): Promise<Seeded> {
  const { say, isReal } = seeding;
  say(`Seeding it with ${isReal ? 'the files of SANDBOX_DATA' : 'data made from a seed'}`);
  const organisations = await registerOrganisations(seeding);
  const people = await registerMembers(seeding, organisations);
  const today = londonDay(systemClock.now());
  const ground: Ground = { ...seeding, organisations, people, today };
  await vouchForResearcher(ground);
  const stores = await registerStores(ground);
  const datasets = await registerDatasets(ground, stores);
  const shared = [datasets.stopSearch, datasets.airQuality, datasets.boroughs];
  const agreement = await makeAgreement(ground, sharedFiles(ground, datasets));
  const projectId = await makeProject(ground);
  const accessRequestId = await approveRequest(ground, {
    projectId,
    datasetId: datasets.stopSearch.id,
    agreement,
    purpose: RESEARCH_PURPOSE,
  });
  const hasAll = seeding.hasEveryMode === true;
  const feed = hasAll ? await seedFeed(ground, stores[0], projectId) : null;
  const direct = hasAll ? await seedDirect(ground, datasets.boroughs, projectId) : null;
  const files = [...shared, datasets.census].map(({ id, title }) => ({ id, title }));
  return {
    stores,
    datasets: [...files, ...(feed ? [feed.dataset] : [])],
    agreements: [
      { id: agreement.id, title: AGREEMENT_TITLE },
      ...(feed ? [feed.agreement] : []),
      ...(direct ? [direct.agreement] : []),
    ],
    projectId,
    accessRequestId,
    feed,
    direct,
  };
}
