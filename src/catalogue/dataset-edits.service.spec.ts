import {
  OWNER,
  PARTNER,
  STRANGER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../test/support/data-world.js';
import { fieldOfLast } from '../../test/support/last-event.js';
import { startFaultyStore, type FaultyStore } from '../../test/support/faulty-store.js';
import { asSuperuser } from '../../test/support/superuser.js';
import type { Principal } from '../identity/principal.js';
import { StoreProbing } from '../stores/store-probing.service.js';
import { StoreRegistration } from '../stores/store-registration.service.js';
import { DatasetEdits } from './dataset-edits.service.js';
import { DatasetRegistration } from './dataset-registration.service.js';
import type { DatasetDto } from './dataset.dto.js';
import type { OwnDatasetView } from './dataset.view.js';
import { DatasetsService } from './datasets.service.js';
import { Sealing } from './sealing/sealing.service.js';

const OPEN: Partial<DatasetDto> = {
  access: 'open',
  licence: 'OGL-UK-3.0',
  distributions: [
    {
      title: 'CSV',
      mediaType: 'text/csv',
      downloadUrl: 'https://data.example.org/trees.csv',
      disclosesLocation: false,
    },
  ],
};

describe('what a dataset says of itself', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let storeId: string;
  let datasets: DatasetsService;

  beforeAll(async () => {
    world = await dataWorld();
    store = await startFaultyStore({ 'data/one.csv': 'a,b\n1,2\n' });
    datasets = world.app.get(DatasetsService);
    const registered = await world.app
      .get(StoreRegistration)
      .register(owner(), aStore(store.location));
    storeId = registered.id;
    await world.app.get(StoreProbing).probe(owner(), storeId);
    await world.db.dataSource.query(
      `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
       SELECT gen_random_uuid(), $1, $1, 'Steward', '2020-01-01', audit_event_id FROM organisation WHERE id = $1`,
      [OWNER],
    );
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });

  const owner = (): Principal => world.as(OWNER);
  const register = (changes: Partial<DatasetDto> = {}): Promise<string> =>
    world.app.get(DatasetRegistration).register(owner(), aDataset(changes));
  const published = async (changes: Partial<DatasetDto> = {}): Promise<string> => {
    const id = await register(changes);
    await datasets.publish(owner(), id);
    return id;
  };
  const view = (id: string): Promise<OwnDatasetView> =>
    datasets.get(owner(), id) as Promise<OwnDatasetView>;
  const edit = async (
    id: string,
    changes: Readonly<Record<string, unknown>>,
    by: Principal = owner(),
  ): Promise<void> => {
    const { etag } = await view(id);
    await world.app.get(DatasetEdits).edit(by, id, changes, etag);
  };
  const faultsOf = async (work: Promise<unknown>): Promise<unknown> => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { fields } = error as { fields: { errors?: readonly { pointer: string }[] } };
    return fields.errors?.map(({ pointer }) => pointer);
  };

  it('is kept whole, and comes back as it was said', async () => {
    const related = await register({ title: 'Older counts' });
    const said: Partial<DatasetDto> = {
      themes: ['ENVI', 'TRAN'],
      languages: ['ENG', 'CYM'],
      places: ['E09000007', 'E09000033'],
      spatial: 'Camden and Westminster',
      temporal: { startsOn: '2025-01-01' },
      frequency: '15MIN',
      qualityNotes: 'Sensors at two corners were blind in May.',
      landingPage: 'https://example.org/footfall',
      steward: { personId: OWNER, contact: 'Data team <data@northbank.example>' },
      fields: [
        { name: 'pm10', type: 'decimal', unit: 'µg/m3', description: 'Dust', class: 'other' },
      ],
      related: [{ datasetId: related, kind: 'replaces' }],
    };
    const seen = await view(await register({ storeId, ...said }));
    expect(seen).toMatchObject({
      ...said,
      bbox: [-0.217, 51.483, -0.105, 51.573],
      places: [
        { code: 'E09000007', name: 'Camden' },
        { code: 'E09000033', name: 'Westminster' },
      ],
      steward: { contact: 'Data team <data@northbank.example>', person: { id: OWNER } },
      related: [{ datasetId: related, title: 'Older counts', kind: 'replaces' }],
      isInStore: true,
      publishedAt: null,
      origin: null,
    });
    expect((await view(related)).related).toMatchObject([{ kind: 'replaced_by' }]);
  });

  it('names its steward’s person to members alone, and while they are one', async () => {
    const id = await published({ steward: { personId: OWNER, contact: 'Data team' } });
    expect((await view(id)).steward).toEqual({
      contact: 'Data team',
      person: { id: OWNER, name: null },
    });
    const other = await datasets.get(world.as(PARTNER), id);
    expect(other.steward).toEqual({ contact: 'Data team', person: null });
    await world.db.dataSource.query('UPDATE membership SET ended_at = now() WHERE person_id = $1', [
      OWNER,
    ]);
    expect((await view(id)).steward).toEqual({ contact: 'Data team', person: null });
    await world.db.dataSource.query('UPDATE membership SET ended_at = NULL WHERE person_id = $1', [
      OWNER,
    ]);
  });

  describe('changing it', () => {
    it('changes what is named, with an event that says which', async () => {
      const id = await published({ storeId, spatial: 'London', themes: ['ENVI'] });
      await edit(id, { title: 'Steps', spatial: null, themes: ['TRAN'], places: ['E12000007'] });
      const seen = await view(id);
      expect(seen).toMatchObject({
        title: 'Steps',
        spatial: null,
        themes: ['TRAN'],
        status: 'published',
      });
      expect(seen.bbox).toEqual([-0.511, 51.286, 0.334, 51.692]);
      expect(await fieldOfLast(world.database, 'dataset.updated', 'changedPaths')).toEqual([
        '/title',
        '/themes',
        '/places',
        '/spatial',
      ]);
    });

    it('writes nothing where nothing changes', async () => {
      const id = await register({
        storeId,
        places: ['E09000001'],
        ...{ temporal: { endsOn: '2026-01-01' } },
      });
      const { etag, title } = await view(id);
      await edit(id, { title });
      expect((await view(id)).etag).toBe(etag);
      expect(await world.eventsOf(id)).toEqual(['dataset.registered']);
    });

    it('lets one of two win, and tells the other', async () => {
      const id = await register();
      const { etag } = await view(id);
      const edits = world.app.get(DatasetEdits);
      const both = await Promise.allSettled([
        edits.edit(owner(), id, { title: 'One' }, etag),
        edits.edit(owner(), id, { title: 'Two' }, etag),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'precondition_failed' },
      });
    });

    it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
      ['whose it is', { organisationId: PARTNER }, ['/organisationId']],
      ['what it is', { kind: 'feed' }, ['/kind']],
      ['about whom', { populationId: STRANGER }, ['/populationId']],
      ['its store', { storeId: STRANGER, prefix: 'other/' }, ['/storeId', '/prefix']],
      ['its store to none', { storeId: null }, ['/storeId']],
      ['a member that is none', { seal_due_at: 'now' }, ['/seal_due_at']],
      [
        'a name that reaches further',
        JSON.parse('{"__proto__":{"a":1}}') as object as never,
        ['/__proto__'],
      ],
      ['its title to nothing', { title: null }, ['/title', '/title']],
      [
        'a form of another',
        { distributions: [{ id: STRANGER, title: 'x', mediaType: 'text/csv', path: '' }] },
        ['/distributions/0/id'],
      ],
      [
        'a link to itself',
        { related: [{ datasetId: 'self', kind: 'replaces' }] },
        ['/related/0/datasetId'],
      ],
      ['a link of no kind', { related: [{ datasetId: STRANGER, kind: 'x' }] }, ['/related/0/kind']],
      ['a steward who is no member', { steward: { personId: STRANGER } }, ['/steward/personId']],
    ])('refuses %s', async (_what, changes, pointers) => {
      const id = await register({ storeId });
      const text = JSON.stringify(changes).replace('"self"', JSON.stringify(id));
      const asked = JSON.parse(text) as Readonly<Record<string, unknown>>;
      expect(await faultsOf(edit(id, asked))).toEqual(pointers);
      expect(await world.eventsOf(id)).toEqual(['dataset.registered']);
    });

    it('links to what is hidden as to what is not there, and shows no link to it', async () => {
      const hidden = await published({ title: 'Hidden', visibility: 'owner' });
      const id = await published({ related: [{ datasetId: hidden, kind: 'derived_from' }] });
      expect((await view(id)).related).toHaveLength(1);
      expect((await datasets.get(world.as(PARTNER), id)).related).toEqual([]);
      const foreign = aDataset({
        organisationId: PARTNER,
        related: [{ datasetId: hidden, kind: 'see_also' }],
      });
      const absent = { ...foreign, related: [{ datasetId: STRANGER, kind: 'see_also' as const }] };
      const registration = world.app.get(DatasetRegistration);
      const [one, other] = await Promise.allSettled([
        registration.register(world.as(PARTNER), foreign),
        registration.register(world.as(PARTNER), absent),
      ]);
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'input_invalid' } });
      expect(one).toEqual(other);
    });

    it('is for data owners of the organisation: others who see it hear that it is absent', async () => {
      const id = await published();
      await expect(edit(id, { title: 'x' }, world.as(OWNER, 'dpo'))).rejects.toMatchObject({
        code: 'operation_denied',
      });
      await expect(edit(id, { title: 'x' }, world.as(PARTNER))).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    it('is over when it is withdrawn', async () => {
      const id = await published();
      await datasets.withdraw(owner(), id, 'Gone');
      await expect(edit(id, { title: 'x' })).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
    });

    it('adds, changes and takes out its forms, each with an event', async () => {
      const id = await register({
        storeId,
        distributions: [
          { title: 'All', mediaType: 'text/csv', path: '', disclosesLocation: false },
          { title: 'Old', mediaType: 'text/csv', path: 'old/', disclosesLocation: false },
        ],
      });
      const [all, old] = (await view(id)).distributions;
      await edit(id, {
        distributions: [
          { id: all?.id, title: 'Everything', mediaType: 'text/csv', path: '' },
          { title: 'Parquet', mediaType: 'application/vnd.apache.parquet', path: 'pq/' },
        ],
      });
      const after = (await view(id)).distributions;
      expect(after.map(({ title }) => title)).toEqual(['Everything', 'Parquet']);
      expect(after[0]?.id).toBe(all?.id);
      expect(after.map((one) => one.id)).not.toContain(old?.id);
      expect(await world.eventsOf(id)).toEqual([
        'dataset.distribution-added',
        'dataset.distribution-changed',
        'dataset.distribution-removed',
        'dataset.registered',
        'dataset.updated',
      ]);
    });

    it('changes nothing when an event cannot be written', async () => {
      const id = await register(OPEN);
      await asSuperuser(
        world.db,
        `ALTER TABLE audit_event ADD CONSTRAINT no_forms CHECK (type <> 'dataset.distribution-removed') NOT VALID`,
      );
      const change = { title: 'Half', access: 'closed', accessReason: 'Law', distributions: [] };
      await expect(edit(id, change)).rejects.toThrow();
      await asSuperuser(world.db, 'ALTER TABLE audit_event DROP CONSTRAINT no_forms');
      expect(await view(id)).toMatchObject({
        title: 'Footfall',
        access: 'open',
        distributions: [{}],
      });
    });
  });

  describe('in no store', () => {
    it('is published as open data elsewhere, and is not sealed', async () => {
      const id = await published(OPEN);
      expect(await view(id)).toMatchObject({
        status: 'published',
        isInStore: false,
        isSealDue: false,
        storeId: null,
        distributions: [{ downloadUrl: 'https://data.example.org/trees.csv', accessUrl: null }],
      });
      await expect(datasets.seal(owner(), id)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
    });

    it('is published as a description of what is shared', async () => {
      expect(await view(await published())).toMatchObject({ isInStore: false, distributions: [] });
    });

    it('gets a store once, and is sealed from it', async () => {
      const id = await published();
      const distributions = [{ title: 'All', mediaType: 'text/csv', path: '' }];
      expect(await faultsOf(edit(id, { storeId, prefix: 'data/' }))).toEqual(['/distributions']);
      await edit(id, { storeId, prefix: 'data/', distributions });
      expect(await view(id)).toMatchObject({
        isInStore: true,
        storeId,
        prefix: 'data/',
        isSealDue: true,
      });
      await world.app.get(Sealing).sealDue();
      expect(await view(id)).toMatchObject({ manifest: { objectCount: 1 } });
      expect(await faultsOf(edit(id, { storeId: null, prefix: null }))).toEqual([
        '/storeId',
        '/prefix',
      ]);
    });

    it('gets no store that is not proven, and none of somebody else', async () => {
      const id = await published();
      const stores = world.app.get(StoreRegistration);
      const unproven = await stores.register(owner(), aStore(store.location, { name: 'Unproven' }));
      const foreign = await stores.register(
        world.as(PARTNER),
        aStore(store.location, { organisationId: PARTNER }),
      );
      const place = {
        prefix: 'data/',
        distributions: [{ title: 'A', mediaType: 'text/csv', path: '' }],
      };
      await expect(edit(id, { ...place, storeId: unproven.id })).rejects.toMatchObject({
        code: 'store_not_ready',
      });
      expect(await faultsOf(edit(id, { ...place, storeId: foreign.id }))).toEqual(['/storeId']);
      expect(await view(id)).toMatchObject({ isInStore: false });
    });

    it.each([
      ['by path', (at: URL, bucket: string) => `https://${at.hostname}/${bucket}/x.csv`],
      ['by host', (at: URL, bucket: string) => `https://${bucket}.${at.hostname}/x.csv`],
    ])('R8.7: names no place in a store of its owner, %s', async (_how, addressOf) => {
      await world.db.dataSource.query(
        `UPDATE partner_store SET public_endpoint = 'https://s3.example.org' WHERE id = $1`,
        [storeId],
      );
      const { bucket } = store.location;
      const downloadUrl = addressOf(new URL('https://s3.example.org'), bucket);
      const form = { title: 'CSV', mediaType: 'text/csv', disclosesLocation: false };
      const at = (url: string): Promise<unknown> =>
        register({ ...OPEN, distributions: [{ ...form, downloadUrl: url }] });
      expect(await faultsOf(at(downloadUrl))).toEqual(['/distributions/0/downloadUrl']);
      expect(await faultsOf(register({ landingPage: downloadUrl }))).toEqual(['/landingPage']);
      await at('https://s3.example.org/another-bucket/x.csv');
    });
  });
});
