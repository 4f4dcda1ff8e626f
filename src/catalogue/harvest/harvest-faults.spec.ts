import type { Socket } from 'node:net';
import { waitFor } from '../../../sandbox/processes/wait-for.js';
import { aPackage } from '../../../test/support/ckan-packages.js';
import { OWNER, PARTNER } from '../../../test/support/data-world.js';
import { harvestWorld, type HarvestWorld } from '../../../test/support/harvest-world.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { DatasetsService } from '../datasets.service.js';
import { HarvestReports } from './harvest-reports.service.js';
import { HarvestSources } from './harvest-sources.service.js';
import { Harvesting } from './harvesting.service.js';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const NASTY = `'); DROP TABLE dataset; --<script>alert(1)</script>{{ 7 * 7 }}\u0000\u202e`;
const SHOWN = `'); DROP TABLE dataset; --<script>alert(1)</script>{{ 7 * 7 }}`;

describe('harvesting when things go wrong', () => {
  let world: HarvestWorld;
  let sourceId: string;

  beforeAll(async () => {
    world = await harvestWorld();
  }, 60_000);
  afterAll(async () => {
    await world.close();
  });
  beforeEach(async () => {
    world.source.packages.clear();
    world.source.misbehave = undefined;
    world.source.asked.length = 0;
    sourceId = await world.register('ckan');
  });

  const put = (count: number): void => {
    Array.from({ length: count }, (_, at) => aPackage(at + 1)).forEach((one) => {
      world.source.put(one);
    });
  };
  async function countOf(sql: string): Promise<number> {
    const [row] = await world.database.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM ${sql}`,
      [sourceId],
    );
    return row?.count ?? -1;
  }
  const taken = (): Promise<number> => countOf('dataset WHERE origin_source_id = $1');
  const registered = (): Promise<number> =>
    countOf(
      `audit_event e JOIN dataset d ON d.id = e.target_id::uuid WHERE d.origin_source_id = $1 AND e.type = 'dataset.registered'`,
    );
  const sources = (): HarvestSources => world.app.get(HarvestSources);
  const get = async (number: number) =>
    world.app
      .get(DatasetsService)
      .get(world.as(OWNER), await world.datasetOf(sourceId, aPackage(number).id));

  it('shows SQL, markup and templates of every field as the text that they are', async () => {
    const nasty = (value: unknown): unknown => (typeof value === 'string' ? NASTY : value);
    const fields = Object.entries(aPackage(1)).map(([name, value]) => [name, nasty(value)]);
    world.source.put({
      ...(Object.fromEntries(fields) as Record<string, unknown>),
      ...{ id: NASTY, state: 'active', type: 'dataset', tags: [{ name: NASTY }] },
      organization: { title: NASTY },
      extras: ['spatial_text', 'language', 'frequency', 'spatial', 'theme'].map((key) => ({
        key,
        value: NASTY,
      })),
      resources: [
        {
          name: NASTY,
          url: 'https://portal.example/a.csv',
          format: NASTY,
          mimetype: NASTY,
          size: NASTY,
        },
        { name: 'Elsewhere', url: NASTY },
      ],
    });
    expect(await world.harvest(sourceId)).toMatchObject({ outcome: 'completed', added: 1 });
    const id = await world.datasetOf(sourceId, SHOWN);
    const shown = await world.app.get(DatasetsService).get(world.as(OWNER), id);
    expect(shown).toMatchObject({
      ...{ title: SHOWN, description: SHOWN, publisher: SHOWN, contact: SHOWN, keywords: [SHOWN] },
      ...{ spatial: SHOWN, licence: SHOWN, languages: ['ENG'], bbox: null },
      distributions: [{ title: SHOWN, mediaType: 'application/octet-stream' }],
    });
    expect(await taken()).toBe(1);
  });

  it('goes on after a crash where the last page ended, once the claim is old', async () => {
    world.source.maxRows = 10;
    put(25);
    let hanging: Socket | undefined;
    world.source.misbehave = (request) => {
      hanging ??= request.url?.includes('start=20') === true ? request.socket : undefined;
      return hanging !== undefined;
    };
    const dying = world.harvest(sourceId).catch(() => undefined);
    await waitFor('The third page to be asked for', 20_000, () =>
      Promise.resolve(hanging !== undefined),
    );
    world.source.misbehave = undefined;
    expect(await taken()).toBe(20);
    await world.app.get(Harvesting).harvestDue();
    expect(await taken()).toBe(20);
    world.clock.add(4 * MINUTE_MS);
    world.source.asked.length = 0;
    await world.app.get(Harvesting).harvestDue();
    expect(world.source.asked).toEqual([expect.stringContaining('start=20')]);
    const runs = await world.app.get(HarvestReports).list(world.as(OWNER), sourceId, null, 10);
    expect(runs).toMatchObject([{ outcome: 'completed', added: 25, seen: 25, vanished: 0 }]);
    expect([await taken(), await registered()]).toEqual([25, 25]);
    hanging?.destroy();
    await dying;
  }, 60_000);

  it('reads a source once, however many workers there are', async () => {
    put(2);
    const harvesting = world.app.get(Harvesting);
    world.clock.add(1_000);
    await Promise.all([harvesting.harvestDue(), harvesting.harvestDue(), harvesting.harvestDue()]);
    const runs = await world.app.get(HarvestReports).list(world.as(OWNER), sourceId, null, 10);
    expect(runs).toMatchObject([{ added: 2, outcome: 'completed' }]);
  });

  it('law 1: a page whose event fails leaves nothing, and is taken in when it no longer does', async () => {
    put(2);
    await asSuperuser(
      world.db,
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$;
       CREATE TRIGGER fails BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.type = 'dataset.published')
       EXECUTE FUNCTION fail()`,
    );
    const failed = await world.harvest(sourceId);
    expect(failed).toMatchObject({ outcome: null, seen: 0, added: 0, pages: 0 });
    expect(await world.datasetOf(sourceId, aPackage(1).id)).toBe('');
    await asSuperuser(world.db, 'DROP TRIGGER fails ON audit_event');
    world.clock.add(11 * MINUTE_MS);
    expect(await world.harvest(sourceId)).toMatchObject({
      id: failed.id,
      added: 2,
      outcome: 'completed',
    });
  });

  it('keeps the records of a source that is gone, marked, and takes the marks away when it is back', async () => {
    put(2);
    await world.harvest(sourceId);
    world.source.misbehave = (_, response) => {
      response.writeHead(410).end();
      return true;
    };
    for (const failures of [1, 2]) {
      world.clock.add(DAY_MS);
      expect(await world.harvest(sourceId)).toMatchObject({ outcome: 'failed', vanished: 0 });
      expect(await sources().get(world.as(OWNER), sourceId)).toMatchObject({ failures });
    }
    world.clock.add(DAY_MS);
    const run = await world.harvest(sourceId);
    expect(run).toMatchObject({ outcome: 'failed', vanished: 2, fault: 'answers with status 410' });
    expect((await world.entriesOf(run))[0]?.reasons).toEqual([
      { pointer: '', reason: 'is of a source that cannot be read any more' },
    ]);
    expect((await get(1)).origin?.vanishedAt).not.toBeNull();
    world.source.misbehave = undefined;
    world.clock.add(8 * DAY_MS);
    expect(await world.harvest(sourceId)).toMatchObject({ returned: 2, changed: 0, added: 0 });
    expect((await get(1)).origin?.vanishedAt).toBeNull();
  });

  it('does not bring back what its owner withdrew', async () => {
    put(2);
    await world.harvest(sourceId);
    const id = await world.datasetOf(sourceId, aPackage(1).id);
    await world.app.get(DatasetsService).withdraw(world.as(OWNER), id, 'It is wrong.');
    world.source.put(aPackage(1, { title: 'Wrong again' }));
    world.source.packages.delete(aPackage(2).id);
    expect(await world.harvest(sourceId, true)).toMatchObject({
      changed: 0,
      unchanged: 1,
      vanished: 1,
    });
    expect(await get(1)).toMatchObject({ status: 'withdrawn', title: 'Air quality 1' });
  });

  it('stops in the middle when its owner stops it', async () => {
    const stop = () => sources().edit(world.as(OWNER), sourceId, { status: 'stopped' });
    world.source.misbehave = (_, response) => {
      void stop().then(() => {
        world.source.misbehave = undefined;
        response.writeHead(200, { 'content-type': 'application/json' });
        const result = { count: 1, results: [aPackage(1)] };
        response.end(JSON.stringify({ success: true, result }));
      });
      return true;
    };
    expect(await world.harvest(sourceId)).toMatchObject({ outcome: null, added: 0 });
    expect(await world.datasetOf(sourceId, aPackage(1).id)).toBe('');
  });

  it('law 3: a source of another organisation is as if it were not there', async () => {
    put(2);
    const run = await world.harvest(sourceId);
    const partner = world.as(PARTNER);
    const reports = world.app.get(HarvestReports);
    const page = { after: 0, limit: 10 };
    const asked = [
      () => sources().get(partner, sourceId),
      () => sources().edit(partner, sourceId, { everyHours: 1 }),
      () => sources().ask(partner, sourceId),
      () => reports.list(partner, sourceId, null, 10),
      () => reports.get(partner, sourceId, run.id),
      () => reports.entries(partner, { sourceId, runId: run.id }, null, page),
    ];
    for (const ask of asked) {
      await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
    }
    const dpo = world.as(OWNER, 'dpo');
    await expect(sources().ask(dpo, sourceId)).rejects.toMatchObject({ code: 'operation_denied' });
    expect((await sources().get(world.as(OWNER, 'ig_officer'), sourceId)).id).toBe(sourceId);
  });
});
