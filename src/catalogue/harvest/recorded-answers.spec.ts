import { readFileSync } from 'node:fs';
import { OWNER } from '../../../test/support/data-world.js';
import { harvestWorld, type HarvestWorld } from '../../../test/support/harvest-world.js';
import { sendJson } from '../../../test/support/source-catalogue.js';
import { DatasetsService } from '../datasets.service.js';

const RECORDED = JSON.parse(
  readFileSync(new URL('../../../test/recorded/ckan-package-search.json', import.meta.url), 'utf8'),
) as { readonly result: { readonly results: readonly { readonly id: string }[] } };

describe('harvesting what a national CKAN answered', () => {
  let world: HarvestWorld;
  let sourceId: string;

  beforeAll(async () => {
    world = await harvestWorld();
    world.source.misbehave = (_, response) => {
      sendJson(response, RECORDED);
      return true;
    };
    sourceId = await world.register('ckan');
  }, 60_000);
  afterAll(() => world.close());

  it('takes in what may be, with whose it is, where it is about and under which licence', async () => {
    const run = await world.harvest(sourceId);
    expect(run).toMatchObject({ outcome: 'completed', seen: 3, added: 2, refused: 1, total: 3 });
    const [first = { id: '' }] = RECORDED.result.results;
    const dataset = await world.app
      .get(DatasetsService)
      .get(world.as(OWNER), await world.datasetOf(sourceId, first.id));
    expect(dataset).toMatchObject({
      title: 'Murray-Darling Basin Water Resource Plan Areas – Surface Water',
      publisher: 'Murray-Darling Basin Authority',
      access: 'open',
      licence: 'http://creativecommons.org/licenses/by/4.0',
      isInStore: false,
    });
    expect(dataset.bbox).toHaveLength(4);
    expect(dataset.distributions.length).toBeGreaterThan(0);
  });

  it('refuses the one whose files are at addresses without TLS, and says so', async () => {
    const run = await world.harvest(sourceId, true);
    expect(run).toMatchObject({
      outcome: 'completed',
      seen: 3,
      added: 0,
      unchanged: 2,
      refused: 1,
    });
    const refused = (await world.entriesOf(run)).filter(({ change }) => change === 'refused');
    expect(refused).toMatchObject([
      {
        title: expect.stringMatching(/^Integrated Marine/) as unknown,
        reasons: [
          {
            pointer: '/distributions',
            reason: 'must say where open data in no store is: downloadUrl or accessUrl',
          },
        ],
      },
    ]);
  });
});
