import { insertAgreement } from '../../test/support/agreement-in-force.js';
import {
  OWNER,
  PARTNER,
  STRANGER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../test/support/data-world.js';
import { EVERYTHING } from '../../test/support/searching.js';
import { startFaultyStore, type FaultyStore } from '../../test/support/faulty-store.js';
import { AuditService } from '../audit/audit.service.js';
import type { Principal } from '../identity/principal.js';
import { IdFactory } from '../kernel/ids.js';
import { StoreProbing } from '../stores/store-probing.service.js';
import { StoreRegistration } from '../stores/store-registration.service.js';
import { StoresService } from '../stores/stores.service.js';
import { DatasetRegistration } from './dataset-registration.service.js';
import type { DatasetDto } from './dataset.dto.js';
import { DatasetsService } from './datasets.service.js';
import { CatalogueSearch } from './search/catalogue-search.service.js';

const A_DAY = 24 * 3_600_000;
const ALL_OF_IT = { sort: 'title', after: null, limit: 1_000, isHighlighted: false } as const;

describe('datasets', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let storeId: string;
  let registration: DatasetRegistration;
  let datasets: DatasetsService;
  let catalogue: CatalogueSearch;

  beforeAll(async () => {
    world = await dataWorld();
    store = await startFaultyStore({ 'data/one.csv': 'a,b\n1,2\n' });
    registration = world.app.get(DatasetRegistration);
    datasets = world.app.get(DatasetsService);
    catalogue = world.app.get(CatalogueSearch);
    storeId = await aReadyStore('Ready');
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  beforeEach(() => {
    world.grants.applied.length = 0;
    world.grants.failsWith = undefined;
  });

  const owner = (): Principal => world.as(OWNER);
  const newStore = async (name: string): Promise<string> =>
    (await world.app.get(StoreRegistration).register(owner(), aStore(store.location, { name }))).id;
  const aReadyStore = async (name: string): Promise<string> => {
    const id = await newStore(name);
    await world.app.get(StoreProbing).probe(owner(), id);
    return id;
  };
  const register = (changes: Partial<DatasetDto> = {}): Promise<string> =>
    registration.register(owner(), aDataset({ storeId, ...changes }));
  const published = async (changes: Partial<DatasetDto> = {}): Promise<string> => {
    const id = await register(changes);
    await datasets.publish(owner(), id);
    return id;
  };

  describe('registering', () => {
    it('makes a draft, with its event', async () => {
      const id = await register();
      expect(await datasets.get(owner(), id)).toMatchObject({
        status: 'draft',
        licence: 'DATA_SHARE_AGREEMENT',
        populationId: id,
        storeId,
        prefix: 'data/',
        sealedVersion: null,
        isSealDue: false,
        manifest: null,
        distributions: [{ title: 'All files', disclosesLocation: false }],
      });
      expect(await world.eventsOf(id)).toEqual(['dataset.registered']);
    });

    it('answers the same for the same Idempotency-Key, and refuses another body under it', async () => {
      const dto = aDataset({ storeId });
      const id = await registration.register(owner(), dto, 'key-1');
      expect(await registration.register(owner(), dto, 'key-1')).toBe(id);
      await expect(
        registration.register(owner(), { ...dto, title: 'Other' }, 'key-1'),
      ).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    });

    it.each<[string, (base: DatasetDto) => Partial<DatasetDto>]>([
      ['/prefix', () => ({ prefix: 'data' })],
      ['/storeId', () => ({ storeId: STRANGER })],
      ['/populationId', () => ({ populationId: STRANGER })],
    ])('refuses a wrong %s', async (pointer, changes) => {
      const base = aDataset({ storeId });
      await expect(register(changes(base))).rejects.toMatchObject({
        code: 'input_invalid',
        fields: { errors: [{ pointer }] },
      });
    });

    it('gives a store of another organisation the answer of one that is not there', async () => {
      const [foreign, absent] = await Promise.allSettled([
        registration.register(world.as(PARTNER), aDataset({ storeId, organisationId: PARTNER })),
        registration.register(
          world.as(PARTNER),
          aDataset({ storeId: STRANGER, organisationId: PARTNER }),
        ),
      ]);
      expect(foreign).toMatchObject({ status: 'rejected', reason: { code: 'input_invalid' } });
      expect(foreign).toEqual(absent);
    });

    it('refuses a retired store', async () => {
      const retired = await newStore('Retired');
      await world.app.get(StoresService).retire(owner(), retired);
      await expect(register({ storeId: retired })).rejects.toMatchObject({
        fields: { errors: [{ pointer: '/storeId', reason: 'names a retired store' }] },
      });
    });

    it('takes a population that the organisation sees, and none that it does not', async () => {
      const first = await register();
      const second = await register({ populationId: first });
      expect(await datasets.get(owner(), second)).toMatchObject({ populationId: first });
      await expect(register({ populationId: second })).rejects.toMatchObject({
        code: 'input_invalid',
      });
    });

    it('is for data owners of the organisation only', async () => {
      const dto = aDataset({ storeId });
      await expect(registration.register(world.as(STRANGER), dto)).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(registration.register(world.as(OWNER, 'dpo'), dto)).rejects.toMatchObject({
        code: 'operation_denied',
      });
    });
  });

  describe('seeing', () => {
    const inForce = (
      datasetId: string,
      changes: Partial<Parameters<typeof insertAgreement>[3]> = {},
    ): Promise<void> =>
      insertAgreement(world.database, world.app.get(AuditService), world.app.get(IdFactory), {
        datasetId,
        providerId: OWNER,
        recipientId: PARTNER,
        endsAt: new Date(world.clock.now().getTime() + A_DAY),
        ...changes,
      });
    const seers = async (id: string): Promise<Record<string, string>> => {
      const seen: Record<string, string> = {};
      for (const [name, principal] of [
        ['owner', owner()],
        ['party', world.as(PARTNER, 'researcher')],
        ['stranger', world.as(STRANGER, 'researcher')],
      ] as const) {
        const isListed = (await catalogue.page(principal, EVERYTHING, ALL_OF_IT)).some(
          (row) => row.id === id,
        );
        const answer = await datasets.get(principal, id).catch((error: unknown) => error);
        const found = answer instanceof Error ? (answer as { code?: string }).code : 'seen';
        seen[name] = `${found ?? ''}${isListed ? ', listed' : ''}`;
      }
      return seen;
    };
    const SEEN = 'seen, listed';

    it.each([
      ['draft', 'public', { owner: SEEN, party: 'not_found', stranger: 'not_found' }],
      ['published', 'public', { owner: SEEN, party: SEEN, stranger: SEEN }],
      ['published', 'parties', { owner: SEEN, party: SEEN, stranger: 'not_found' }],
      ['published', 'owner', { owner: SEEN, party: 'not_found', stranger: 'not_found' }],
      ['frozen', 'public', { owner: SEEN, party: SEEN, stranger: SEEN }],
      ['frozen', 'parties', { owner: SEEN, party: SEEN, stranger: 'not_found' }],
      ['frozen', 'owner', { owner: SEEN, party: 'not_found', stranger: 'not_found' }],
      ['withdrawn', 'public', { owner: 'seen', party: 'seen', stranger: 'seen' }],
      ['withdrawn', 'parties', { owner: 'seen', party: 'seen', stranger: 'not_found' }],
      ['withdrawn', 'owner', { owner: 'seen', party: 'not_found', stranger: 'not_found' }],
    ] as const)('%s, %s: %j', async (status, visibility, expected) => {
      const id = await register({ visibility });
      await inForce(id);
      if (status !== 'draft') {
        await datasets.publish(owner(), id);
      }
      if (status === 'frozen') {
        await datasets.freeze(owner(), id, 'Wrong');
      }
      if (status === 'withdrawn') {
        await datasets.withdraw(owner(), id, 'See the open data portal');
      }
      expect(await seers(id)).toEqual(expected);
    });

    it.each<[string, Partial<Parameters<typeof insertAgreement>[3]>]>([
      ['suspended', { versionStatus: 'suspended' }],
      ['over, whatever its row says', { endsAt: new Date('2020-01-02') }],
      ['suspended for the party', { recipientStatus: 'suspended' }],
    ])('shows nothing to a party when the agreement is %s', async (_what, changes) => {
      const id = await published({ visibility: 'parties' });
      await inForce(id, changes);
      expect(await seers(id)).toEqual({
        owner: SEEN,
        party: 'not_found',
        stranger: 'not_found',
      });
    });

    it('R8.7: shows where it lies to nobody outside its organisation', async () => {
      const id = await published();
      const seen = JSON.stringify(await datasets.get(world.as(PARTNER), id));
      expect(seen).not.toMatch(/data\/|storeId|prefix|sealedVersion|path|127\.0\.0\.1|FAULTYKEY/);
      expect(seen).not.toContain(storeId);
      // A researcher of the owner sees no store either.
      expect(await datasets.get(world.as(OWNER, 'researcher'), id)).not.toHaveProperty('prefix');
    });

    it('shows no draft to a member without a role', async () => {
      const id = await register();
      const [membership] = owner().memberships;
      const idle = membership
        ? { ...owner(), memberships: [{ ...membership, roles: [] }] }
        : owner();
      await expect(datasets.get(idle, id)).rejects.toMatchObject({ code: 'not_found' });
    });

    it('tells whoever looks for a withdrawn dataset where to look', async () => {
      const id = await published();
      await datasets.withdraw(owner(), id, 'See the open data portal');
      expect(await datasets.get(world.as(STRANGER), id)).toMatchObject({
        status: 'withdrawn',
        forwardingNote: 'See the open data portal',
      });
    });
  });

  describe('its life', () => {
    it('publishes only what lies in a proven store', async () => {
      const id = await register({ storeId: await newStore('Unproven') });
      await expect(datasets.publish(owner(), id)).rejects.toMatchObject({
        code: 'store_not_ready',
      });
      expect(await datasets.get(owner(), id)).toMatchObject({ status: 'draft' });
    });

    it('publishes, and asks for a seal of files but of no feed', async () => {
      const files = await published();
      const feed = await published({ kind: 'feed' });
      expect(await datasets.get(owner(), files)).toMatchObject({
        status: 'published',
        isSealDue: true,
      });
      expect(await datasets.get(owner(), feed)).toMatchObject({ isSealDue: false });
      expect(await world.eventsOf(files)).toEqual(['dataset.published', 'dataset.registered']);
      await expect(datasets.seal(owner(), feed)).rejects.toMatchObject({
        code: 'transition_not_allowed',
      });
    });

    it.each(['freeze', 'withdraw'] as const)(
      '%s ends its grants in one transaction, or nothing happens (law 1)',
      async (move) => {
        const id = await published();
        world.grants.failsWith = new Error('a failing handler');
        await expect(datasets[move](owner(), id, 'Wrong')).rejects.toThrow('a failing handler');
        expect(await datasets.get(owner(), id)).toMatchObject({
          status: 'published',
          forwardingNote: null,
          isSealDue: true,
        });
        expect(await world.eventsOf(id)).toEqual(['dataset.published', 'dataset.registered']);
        world.grants.failsWith = undefined;
        await datasets[move](owner(), id, 'Wrong');
        expect(world.grants.applied).toEqual([{ code: 'dataset_stopped', datasetId: id }]);
      },
    );

    it('freezes and opens again, which ends no grant a second time', async () => {
      const id = await published();
      expect(await datasets.freeze(world.as(OWNER, 'ig_officer'), id, 'Leak')).toMatchObject({
        status: 'frozen',
      });
      world.grants.applied.length = 0;
      expect(await datasets.unfreeze(owner(), id, 'Mended')).toMatchObject({
        status: 'published',
      });
      expect(world.grants.applied).toEqual([]);
      expect(await world.eventsOf(id)).toEqual([
        'dataset.frozen',
        'dataset.published',
        'dataset.registered',
        'dataset.unfrozen',
      ]);
    });

    it('is withdrawn for good, and waits for no seal', async () => {
      const id = await published();
      expect(await datasets.withdraw(owner(), id, 'Gone')).toMatchObject({ isSealDue: false });
      const acts = await Promise.allSettled([
        datasets.unfreeze(owner(), id, 'x'),
        datasets.seal(owner(), id),
        datasets.publish(owner(), id),
      ]);
      const refused = { status: 'rejected', reason: { code: 'transition_not_allowed' } };
      expect(acts).toMatchObject([refused, refused, refused]);
    });

    it('law 3: of another organisation is absent, also when it can be seen', async () => {
      const id = await published();
      const absent = STRANGER;
      for (const target of [id, absent]) {
        const acts = await Promise.allSettled([
          datasets.publish(world.as(STRANGER), target),
          datasets.seal(world.as(STRANGER), target),
          datasets.freeze(world.as(STRANGER), target, 'x'),
          datasets.unfreeze(world.as(STRANGER), target, 'x'),
          datasets.withdraw(world.as(STRANGER), target, 'x'),
        ]);
        const absentNow = { status: 'rejected', reason: { code: 'not_found' } };
        expect(acts).toMatchObject(Array(5).fill(absentNow) as object[]);
      }
      await expect(datasets.withdraw(world.as(OWNER, 'researcher'), id, 'x')).rejects.toMatchObject(
        { code: 'operation_denied' },
      );
    });
  });
});
