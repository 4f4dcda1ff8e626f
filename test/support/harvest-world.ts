import { HarvestReports } from '../../src/catalogue/harvest/harvest-reports.service.js';
import { HarvestSources } from '../../src/catalogue/harvest/harvest-sources.service.js';
import type { HarvestLimits } from '../../src/catalogue/harvest/harvest-limits.js';
import type { HarvestFormat } from '../../src/catalogue/harvest/harvest.types.js';
import type { HarvestEntryView, HarvestRunView } from '../../src/catalogue/harvest/harvest.view.js';
import { Harvesting } from '../../src/catalogue/harvest/harvesting.service.js';
import { OWNER, dataWorld, type DataWorld } from './data-world.js';
import { startSourceCatalogue, type SourceCatalogue } from './source-catalogue.js';

/** The catalogue, and another one that it reads. */
export interface HarvestWorld extends DataWorld {
  readonly source: SourceCatalogue;
  /** Has it read from now on, and no other. @returns the source's id. */
  register(format: HarvestFormat, path?: string): Promise<string>;
  /** One turn, an instant later than anything before. @returns the run that it began or went on with. */
  harvest(sourceId: string, isAsked?: boolean): Promise<HarvestRunView>;
  entriesOf(run: HarvestRunView): Promise<HarvestEntryView[]>;
  /** The dataset of a record; empty where there is none. */
  datasetOf(sourceId: string, identifier: string): Promise<string>;
}

export async function harvestWorld(limits: Partial<HarvestLimits> = {}): Promise<HarvestWorld> {
  const world = await dataWorld({}, {}, limits);
  const source = await startSourceCatalogue();
  const owner = world.as(OWNER);
  const { manager } = world.database;
  const sources = world.app.get(HarvestSources);
  const reports = world.app.get(HarvestReports);
  let names = 0;
  return {
    ...world,
    source,
    register: async (format, path = '') => {
      await manager.query(`UPDATE harvest_source SET status = 'stopped', claim = NULL`);
      const name = `Source ${String((names += 1))}`;
      // The same place under another name, so that each test has a source of its own.
      const url = `${source.url}${path === '' ? `/${String(names)}` : path}`;
      const common = { organisationId: OWNER, everyHours: 24, visibility: 'public' as const };
      return (await sources.register(owner, { ...common, name, format, url })).id;
    },
    harvest: async (sourceId, isAsked = false) => {
      world.clock.add(1_000);
      if (isAsked) {
        await sources.ask(owner, sourceId);
      }
      await world.app.get(Harvesting).harvestDue();
      const [run] = await reports.list(owner, sourceId, null, 1);
      if (!run) {
        throw new Error('There is no run');
      }
      return run;
    },
    entriesOf: ({ sourceId, id: runId }) =>
      reports.entries(owner, { sourceId, runId }, null, { after: 0, limit: 1_000 }),
    datasetOf: async (sourceId, identifier) => {
      const [row] = await manager.query<{ id: string }[]>(
        'SELECT id FROM dataset WHERE origin_source_id = $1 AND origin_identifier = $2',
        [sourceId, identifier],
      );
      return row?.id ?? '';
    },
    close: async () => {
      await source.close();
      await world.close();
    },
  };
}
