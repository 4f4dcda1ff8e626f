import { parquetWriteBuffer } from 'hyparquet-writer';
import {
  OWNER,
  PARTNER,
  aDataset,
  aStore,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import { startFaultyStore, type FaultyStore } from '../../../test/support/faulty-store.js';
import { until } from '../../../test/support/policy-node.js';
import type { Principal } from '../../identity/principal.js';
import { StoreProbing } from '../../stores/store-probing.service.js';
import { StoreRegistration } from '../../stores/store-registration.service.js';
import { StoresService } from '../../stores/stores.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import type { DatasetDto } from '../dataset.dto.js';
import type { OwnDatasetView } from '../dataset.view.js';
import { DatasetsService } from '../datasets.service.js';
import type { ConfirmProfileDto } from './profile.dto.js';
import { ProfileRepository } from './profile.repository.js';
import { Profiles } from './profiles.service.js';
import { Profiling } from './profiling.service.js';
import { Sampling } from './sampling.service.js';

const FOOTFALL = 'day,site,count\n2026-03-01,Camden,12\n2026-02-01,Angel,\n';
const PEOPLE =
  'nhs_number,date_of_birth,Post Code,seen_on\n9434765919,1950-02-03,N1 9GU,2026-01-05\n9434765870,2001-12-31,EC1V 2NX,2026-01-07\n';

describe('profiles', () => {
  let world: DataWorld;
  let store: FaultyStore;
  let storeId: string;
  let profiles: Profiles;
  let profiling: Profiling;
  let datasets: DatasetsService;
  let prefixes = 0;

  beforeAll(async () => {
    world = await dataWorld();
    profiles = world.app.get(Profiles);
    profiling = world.app.get(Profiling);
    datasets = world.app.get(DatasetsService);
    store = await startFaultyStore({ 'probe.txt': 'probe' });
    storeId = (await world.app.get(StoreRegistration).register(owner(), aStore(store.location))).id;
    await world.app.get(StoreProbing).probe(owner(), storeId);
  });
  afterAll(async () => {
    await store.close();
    await world.close();
  });
  afterEach(async () => {
    store.faults = {};
    await world.database.manager.query('DELETE FROM dataset_profile');
  });

  const owner = (): Principal => world.as(OWNER);
  const described = async (
    objects: Readonly<Record<string, string | Buffer>>,
    changes: Partial<DatasetDto> = {},
  ) => {
    const prefix = `set-${String((prefixes += 1))}/`;
    for (const [name, body] of Object.entries(objects)) {
      store.objects.set(prefix + name, Buffer.from(body));
    }
    const dto = aDataset({ storeId, prefix, ...changes });
    return { id: await world.app.get(DatasetRegistration).register(owner(), dto), prefix };
  };
  /** Asks, and lets the worker look. */
  const profiled = async (id: string) => {
    await profiles.start(owner(), id);
    await profiling.profileDue();
    return profiles.get(owner(), id);
  };
  const refusalOf = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'nothing was refused',
      (error: unknown) => error,
    );
  const faultOf = async (objects: Readonly<Record<string, string | Buffer>>) => {
    const { id } = await described(objects);
    const { status, fault, proposal } = await profiled(id);
    expect({ status, proposal }).toEqual({ status: 'failed', proposal: null });
    return fault;
  };
  const view = async (id: string): Promise<OwnDatasetView> =>
    (await datasets.get(owner(), id)) as OwnDatasetView;
  const confirm = async (id: string, changes: Partial<ConfirmProfileDto> = {}) => {
    const { id: profileId } = await profiles.get(owner(), id);
    const { etag } = await view(id);
    await profiles.confirm(owner(), id, { profileId, columns: [], ...changes }, etag);
  };

  it('proposes columns, rows and days of a CSV file, and changes nothing', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL, 'readme.txt': 'words' });
    const before = await view(id);
    expect(await profiled(id)).toMatchObject({
      status: 'proposed',
      fault: null,
      missing: [],
      proposal: {
        format: 'csv',
        columns: [
          { name: 'day', type: 'date', nullable: false, class: 'direct', because: null },
          { name: 'site', type: 'text', nullable: false, class: 'direct' },
          // As the owner said before.
          { name: 'count', type: 'integer', nullable: true, class: 'other' },
        ],
        rows: { count: 2, isExact: true },
        temporal: { startsOn: '2026-02-01', endsOn: '2026-03-01' },
        sensitivity: null,
        sample: { objectsRead: 1, objectsListed: 2, rowsRead: 2, isWhole: true },
        notes: ['Not looked at, for they are of another kind or empty: 1.'],
      },
    });
    expect(await view(id)).toEqual(before);
    expect(await world.eventsOf(id)).toEqual(['dataset.profile-requested', 'dataset.registered']);
  });

  it('is more careful where names are of people, and keeps no value of theirs', async () => {
    const { id } = await described({ 'a.csv': PEOPLE });
    const { proposal } = await profiled(id);
    expect(proposal).toMatchObject({
      columns: [
        { name: 'nhs_number', class: 'direct', because: 'The name reads like an NHS number.' },
        { name: 'date_of_birth', type: 'date', class: 'quasi', days: null },
        { name: 'Post Code', class: 'quasi' },
        { name: 'seen_on', days: { startsOn: '2026-01-05', endsOn: '2026-01-07' } },
      ],
      temporal: { startsOn: '2026-01-05', endsOn: '2026-01-07' },
      sensitivity: 'special',
    });
    const [row] = await world.database.manager.query<{ text: string }[]>(
      'SELECT p::text AS text FROM dataset_profile p WHERE dataset_id = $1',
      [id],
    );
    expect(row?.text).toContain('nhs_number');
    expect(row?.text).not.toMatch(/9434765|1950-02-03|2001-12-31|9GU|2NX/);
  });

  it('becomes the description when the owner confirms it: one event, and it is gone', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiled(id);
    await confirm(id, {
      columns: [
        { name: 'site', class: 'other', description: 'Where' },
        { name: 'day', class: 'other' },
      ],
    });
    expect(await view(id)).toMatchObject({
      fields: [
        { name: 'day', type: 'date', nullable: false, description: '', class: 'other' },
        { name: 'site', type: 'text', nullable: false, description: 'Where', class: 'other' },
        { name: 'count', type: 'integer', nullable: true, description: 'People', class: 'other' },
      ],
      rowCount: { count: 2, isExact: true },
      temporal: { startsOn: '2026-02-01', endsOn: '2026-03-01' },
      sensitivity: 'internal',
    });
    const events = await world.eventsOf(id);
    expect(events.filter((type) => type === 'dataset.updated')).toHaveLength(1);
    expect(await refusalOf(profiles.get(owner(), id))).toMatchObject({ code: 'not_found' });
  });

  it('tells of columns that are described and were not found', async () => {
    const { id } = await described({ 'a.csv': 'day\n2026-01-01\n' });
    expect((await profiled(id)).missing).toEqual(['count']);
  });

  it.each([
    ['another state of the dataset', { etag: '"01990000-0000-7000-8000-00000000dead"' }],
    ['another proposal', { profileId: '01990000-0000-7000-8000-00000000dead' }],
  ])(
    'is not confirmed after %s was read',
    async (_, { etag, profileId }: { etag?: string; profileId?: string }) => {
      const { id } = await described({ 'a.csv': FOOTFALL });
      const { id: itself } = await profiled(id);
      const before = await view(id);
      const dto = { profileId: profileId ?? itself, columns: [] };
      const refusal = await refusalOf(profiles.confirm(owner(), id, dto, etag ?? before.etag));
      expect(refusal).toMatchObject({ code: 'precondition_failed' });
      expect(await view(id)).toEqual(before);
      expect(await profiles.get(owner(), id)).toMatchObject({ status: 'proposed' });
    },
  );

  it('is confirmed by one of two who do so at once', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiled(id);
    const results = await Promise.allSettled([confirm(id), confirm(id)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const events = await world.eventsOf(id);
    expect(events.filter((type) => type === 'dataset.updated')).toHaveLength(1);
  });

  it.each([
    ['a column that is not proposed', { columns: [{ name: 'colour' }] }, '/columns/0/name'],
    ['a column twice', { columns: [{ name: 'day' }, { name: 'day' }] }, '/columns/1/name'],
    ['a class that is none', { columns: [{ name: 'day', class: 'secret' }] }, '/fields/0/class'],
    ['a sensitivity that is none', { sensitivity: 'low' }, '/sensitivity'],
    [
      'days that go backwards',
      { temporal: { startsOn: '2026-02-01', endsOn: '2026-01-01' } },
      '/temporal/endsOn',
    ],
  ])('is not confirmed with %s', async (_, changes, pointer) => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiled(id);
    const before = await view(id);
    expect(await refusalOf(confirm(id, changes))).toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer }] },
    });
    expect(await view(id)).toEqual(before);
    expect(await profiles.get(owner(), id)).toMatchObject({ status: 'proposed' });
  });

  it("is the data owner's alone; for another organisation there is nothing", async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    const { id: profileId } = await profiled(id);
    const { etag } = await view(id);
    const dto = { profileId, columns: [] };
    const asked = (principal: Principal) => [
      profiles.start(principal, id),
      profiles.get(principal, id),
      profiles.confirm(principal, id, dto, etag),
    ];
    for (const attempt of asked(world.as(PARTNER))) {
      expect(await refusalOf(attempt)).toMatchObject({ code: 'not_found' });
    }
    for (const role of ['researcher', 'dpo', 'ig_officer', 'signatory'] as const) {
      for (const attempt of asked(world.as(OWNER, role))) {
        expect(await refusalOf(attempt)).toMatchObject({ code: 'operation_denied' });
      }
    }
    expect(await world.eventsOf(id)).toEqual(['dataset.profile-requested', 'dataset.registered']);
  });

  it('is gone after a week', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiled(id);
    world.clock.add(7 * 86_400_000);
    expect(await refusalOf(profiles.get(owner(), id))).toMatchObject({ code: 'not_found' });
    await profiling.profileDue();
    const [row] = await world.database.manager.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM dataset_profile',
    );
    expect(row?.count).toBe(0);
  });

  it('goes on when it is asked for twice; once it has ended, another takes its place', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    const first = await profiles.start(owner(), id);
    expect(first).toMatchObject({ status: 'due', proposal: null });
    expect(await profiles.start(owner(), id)).toEqual(first);
    expect(await world.eventsOf(id)).toHaveLength(2);
    await profiling.profileDue();
    expect((await profiles.start(owner(), id)).id).not.toBe(first.id);
    expect(await world.eventsOf(id)).toHaveLength(3);
  });

  it('is nothing that the broker makes of data it does not hold', async () => {
    const { id } = await described({}, {
      storeId: undefined,
      prefix: undefined,
      distributions: [],
    } as never);
    expect(await refusalOf(profiles.start(owner(), id))).toMatchObject({
      code: 'transition_not_allowed',
    });
  });

  it('is not made, nor becomes the description, of what is withdrawn meanwhile', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await datasets.publish(owner(), id);
    await profiled(id);
    await datasets.withdraw(owner(), id, 'Gone.');
    expect(await refusalOf(confirm(id))).toMatchObject({ code: 'transition_not_allowed' });
    expect(await refusalOf(profiles.start(owner(), id))).toMatchObject({
      code: 'transition_not_allowed',
    });
    const other = await described({ 'a.csv': FOOTFALL });
    await datasets.publish(owner(), other.id);
    await profiles.start(owner(), other.id);
    await datasets.withdraw(owner(), other.id, 'Gone.');
    const asked = store.requests.length;
    expect(await profiling.profileDue()).toBe(0);
    expect(store.requests.length).toBe(asked);
  });

  it('joins files, guesses rows from a sample of many, and dates them from the first to the last', async () => {
    const days = Array.from(
      { length: 28 },
      (_, at) => `2026-02-${String(at + 1).padStart(2, '0')}`,
    );
    const { id } = await described(
      Object.fromEntries(days.map((day) => [`${day}.csv`, `day,n\n${`${day},1\n`.repeat(100)}`])),
    );
    const { proposal } = await profiled(id);
    expect(proposal).toMatchObject({
      rows: { count: 2_800, isExact: false },
      temporal: { startsOn: '2026-02-01', endsOn: '2026-02-28' },
      sample: { objectsRead: 10, objectsListed: 28, rowsRead: 1_000, isWhole: false },
    });
  });

  it('widens what files disagree on', async () => {
    const { id } = await described({ 'a.csv': 'n,x\n1,a\n', 'b.csv': 'n\n1.5\n' });
    expect((await profiled(id)).proposal).toMatchObject({
      columns: [
        { name: 'n', type: 'decimal', nullable: false },
        { name: 'x', type: 'text', nullable: true },
      ],
      notes: ['Not all files have the same columns.'],
    });
  });

  it('reads no more of a large file than it may, and none of its later parts', async () => {
    const { id } = await described({ 'a.csv': `n\n${'123456789\n'.repeat(1_000_000)}` });
    const { proposal } = await profiled(id);
    expect(proposal?.sample).toMatchObject({ isWhole: false });
    expect(proposal?.rows?.isExact).toBe(false);
    expect(proposal?.rows?.count).toBeGreaterThan(990_000);
    expect(proposal?.rows?.count).toBeLessThan(1_010_000);
  });

  it('reads the description of a Parquet file and none of its data', async () => {
    const file = parquetWriteBuffer({
      columnData: [
        {
          name: 'seen',
          type: 'TIMESTAMP',
          data: Array.from(
            { length: 5_000 },
            (_, at) => new Date(Date.UTC(2026, 0, 1 + (at % 31))),
          ),
        },
        {
          name: 'note',
          type: 'STRING',
          data: Array.from({ length: 5_000 }, (_, at) => `note ${String(at)}`),
        },
      ],
    });
    const { id } = await described({ 'a.parquet': Buffer.from(file) });
    const asked = store.requests.length;
    expect((await profiled(id)).proposal).toMatchObject({
      format: 'parquet',
      columns: [
        { name: 'seen', type: 'timestamp' },
        { name: 'note', type: 'text' },
      ],
      rows: { count: 5_000, isExact: true },
      temporal: { startsOn: '2026-01-01', endsOn: '2026-01-31' },
    });
    // The list, the tail and the description.
    expect(store.requests.length - asked).toBe(3);
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    ['nothing', {}, 'No object under the prefix is a CSV or Parquet file with data in it.'],
    [
      'files of another kind',
      { 'a.txt': 'a,b' },
      'No object under the prefix is a CSV or Parquet file with data in it.',
    ],
    [
      'empty files',
      { 'a.csv': '' },
      'No object under the prefix is a CSV or Parquet file with data in it.',
    ],
    ['broken CSV', { 'a.csv': 'a,b\n1,"2\n' }, 'a.csv: after line 1: a quote is not closed'],
    [
      '10,000 columns',
      { 'a.csv': `${'c,'.repeat(9_999)}c\n` },
      'a.csv: has more than 1000 columns',
    ],
    [
      'one line and no end',
      { 'a.csv': Buffer.alloc(8 * 1024 * 1024, 'x') },
      'a.csv: after line 0: a line is longer than 1 MiB',
    ],
    [
      'a truncated Parquet file',
      { 'a.parquet': 'PAR1 and no more' },
      'a.parquet: does not end as a Parquet file does',
    ],
    ['a short Parquet file', { 'a.parquet': 'PAR1' }, 'a.parquet: is too short for a Parquet file'],
    [
      'a Parquet file that claims more than it is',
      { 'a.parquet': Buffer.from('PAR1....\u0000\u0001\u0000\u0000PAR1') },
      'a.parquet: is cut short',
    ],
    [
      'a Parquet bomb',
      {
        'a.parquet': Buffer.concat([
          Buffer.from('PAR1'),
          Buffer.alloc(0x100, 0x1c),
          Buffer.from([0, 1, 0, 0]),
          Buffer.from('PAR1'),
        ]),
      },
      'a.parquet: has no description that can be read',
    ],
  ])('says why not, of %s', async (_, objects, fault) => {
    expect(await faultOf(objects)).toBe(fault);
  });

  it('reads no description that is longer than it may be', async () => {
    const tail = Buffer.from('\u0000\u0000\u0000\u0000PAR1');
    tail.writeUInt32LE(3 * 1024 * 1024);
    const asked = store.requests.length;
    const large = Buffer.concat([Buffer.alloc(4 * 1024 * 1024), tail]);
    expect(await faultOf({ 'a.parquet': large })).toBe(
      'a.parquet: describes itself in more than 2 MiB',
    );
    expect(store.requests.length - asked).toBe(2);
  });

  it.each([
    ['goes', (key: string) => store.objects.delete(key)],
    ['is another one', (key: string) => store.objects.set(key, Buffer.from('a\nsecret\n'))],
  ])('says so when an object %s meanwhile', async (_, change) => {
    const { id, prefix } = await described({ 'a.csv': FOOTFALL });
    await profiles.start(owner(), id);
    store.faults = { delayMs: 200 };
    const done = profiling.profileDue();
    await until(() => Promise.resolve(store.requests.at(-1)?.endsWith(`${prefix}a.csv`) === true));
    change(`${prefix}a.csv`);
    await done;
    expect(await profiles.get(owner(), id)).toMatchObject({
      status: 'failed',
      fault: 'a.csv: changed or went while the sample was read; ask again',
    });
  });

  it.each([
    ['does not answer', { isDown: true }],
    ['fails', { status: 500 }],
    ['drops the connection', { dropsAfterBytes: 10 }],
    ['ignores what part was asked for', { ignoresRange: true }],
  ])(
    'says so when the store %s',
    async (_, faults) => {
      const { id } = await described({ 'a.csv': `n\n${'123456789\n'.repeat(1_000_000)}` });
      await profiles.start(owner(), id);
      store.faults = faults;
      await profiling.profileDue();
      const { status, fault } = await profiles.get(owner(), id);
      expect(status).toBe('failed');
      expect(fault).not.toContain('127.0.0.1');
    },
    30_000,
  );

  it('ends in time beside a store that answers drop by drop', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    const place = { storeId, prefix: (await view(id)).prefix ?? '' };
    store.faults = { trickle: { bytes: 1, everyMs: 1_000 } };
    const attempt = world.app
      .get(Sampling)
      .sample(place, { fields: [], sensitivity: 'internal' }, AbortSignal.timeout(1_000));
    expect(await refusalOf(attempt)).toMatchObject({ name: 'TimeoutError' });
  });

  it('is not asked of a store that is suspended; one under way waits for it', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiles.start(owner(), id);
    const stores = world.app.get(StoresService);
    await stores.suspend(owner(), storeId, 'Under repair.');
    await profiling.profileDue();
    expect(await profiles.get(owner(), id)).toMatchObject({ status: 'due' });
    const other = await described({ 'a.csv': FOOTFALL });
    expect(await refusalOf(profiles.start(owner(), other.id))).toMatchObject({
      code: 'store_not_ready',
    });
    await stores.resume(owner(), storeId, 'Repaired.');
    await world.app.get(StoreProbing).probe(owner(), storeId);
    await profiling.profileDue();
    expect(await profiles.get(owner(), id)).toMatchObject({ status: 'proposed' });
  });

  it('is taken by one worker of two, from one that died, and at last by none', async () => {
    const { id } = await described({ 'a.csv': FOOTFALL });
    await profiles.start(owner(), id);
    const repository = world.app.get(ProfileRepository);
    const claim = () =>
      world.database.transaction((tx) =>
        repository.claim(
          tx,
          '01990000-0000-7000-8000-00000000c1a1',
          world.clock.now(),
          new Date(world.clock.now().getTime() + 1_000),
        ),
      );
    expect(await Promise.all([claim(), claim()])).toContain(undefined);
    for (const attempts of [1, 2]) {
      world.clock.add(2_000);
      expect(await claim()).toMatchObject({ attempts });
    }
    world.clock.add(2_000);
    await profiling.profileDue();
    expect(await profiles.get(owner(), id)).toMatchObject({
      status: 'failed',
      fault: 'The sample could not be read at all.',
    });
  });
});
