import { parse } from 'csv-parse/sync';
import {
  OWNER,
  PARTNER,
  aDataset,
  dataWorld,
  type DataWorld,
} from '../../../test/support/data-world.js';
import type { Principal } from '../../identity/principal.js';
import { csvLine } from '../../platform/web/csv/csv.rules.js';
import { DatasetEdits } from '../dataset-edits.service.js';
import { DatasetRegistration } from '../dataset-registration.service.js';
import { DatasetsService } from '../datasets.service.js';
import { MetadataExport } from './metadata-export.service.js';
import { MetadataImport } from './metadata-import.service.js';

const ABSENT = '01990000-0000-7000-8000-00000000dead';
const NEW = {
  title: 'Bins',
  description: 'Where they are.',
  publisher: 'Northbank Borough',
  contact: 'data@northbank.example',
  access: 'closed',
  accessReason: 'Not yet shared.',
  sensitivity: 'internal',
  visibility: 'public',
  kind: 'files',
  keywords: 'bins|waste',
};

type Row = Readonly<Record<string, string>>;

/** A file with every column that a row names. */
function aFile(...rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))].map(csvLine).join('');
}

describe('descriptions as a table', () => {
  let world: DataWorld;
  let importing: MetadataImport;
  let exporting: MetadataExport;
  let datasets: DatasetsService;

  beforeEach(async () => {
    world = await dataWorld();
    importing = world.app.get(MetadataImport);
    exporting = world.app.get(MetadataExport);
    datasets = world.app.get(DatasetsService);
  });
  afterEach(async () => {
    await world.close();
  });

  const owner = (): Principal => world.as(OWNER);
  const exported = async (principal = owner()): Promise<Row[]> => {
    const { columns, batches } = await exporting.begin(principal, OWNER);
    let text = csvLine(columns);
    for await (const rows of batches) {
      text += rows.map(csvLine).join('');
    }
    return parse(text, { columns: true });
  };
  const imported = (
    text: string,
    {
      isDryRun = false,
      key,
      principal = owner(),
    }: { isDryRun?: boolean; key?: string; principal?: Principal } = {},
  ) => importing.import(text, { principal, organisationId: OWNER, isDryRun, key });
  const described = (title: string): Promise<string> =>
    world.app.get(DatasetRegistration).register(owner(), aDataset({ title }));
  const count = async (table: string): Promise<number> => {
    const [row] = await world.database.manager.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM ${table}`,
    );
    return row?.count ?? -1;
  };

  it('leaves with every dataset of the organisation that is not withdrawn, by title, and an event', async () => {
    await described('B');
    await described('=A');
    await world.app
      .get(DatasetRegistration)
      .register(world.as(PARTNER), { ...aDataset({ title: 'C' }), organisationId: PARTNER });
    const rows = await exported();
    expect(rows.map(({ title, status, keywords }) => [title, status, keywords])).toEqual([
      ["'=A", 'draft', 'footfall'],
      ['B', 'draft', 'footfall'],
    ]);
    const [event] = await world.database.manager.query<{ payload: unknown }[]>(
      `SELECT target_id FROM audit_event WHERE type = 'dataset.metadata-exported'`,
    );
    expect(event).toEqual({ target_id: OWNER });
  });

  it('comes back and changes nothing: no row, no event', async () => {
    await described('B');
    await described('=A');
    const rows = await exported();
    const events = await count('audit_event');
    expect(await imported(aFile(...rows))).toMatchObject({
      counts: { created: 0, updated: 0, unchanged: 2, refused: 0 },
    });
    expect(await count('audit_event')).toBe(events);
  });

  it('creates, changes and refuses row by row, each with its event', async () => {
    const [first, second] = [await described('A'), await described('B')];
    const [a, b] = await exported();
    const done = await imported(
      aFile(
        { ...a, description: 'New words.', keywords: 'x|y' },
        { ...b, sensitivity: 'low', temporalStartsOn: 'May' },
        NEW,
      ),
    );
    expect(done).toMatchObject({
      isDryRun: false,
      counts: { created: 1, updated: 1, unchanged: 0, refused: 1 },
      rows: [
        { line: 2, id: first, outcome: 'updated', faults: [] },
        {
          line: 3,
          id: second,
          outcome: 'refused',
          faults: [
            { column: 'sensitivity', reason: 'is no term of the vocabulary' },
            { column: 'temporalStartsOn', reason: 'must be a day, YYYY-MM-DD' },
          ],
        },
        { line: 4, outcome: 'created', faults: [] },
      ],
    });
    expect(await datasets.get(owner(), first)).toMatchObject({
      description: 'New words.',
      keywords: ['x', 'y'],
      fields: [{ name: 'count' }],
    });
    expect(await datasets.get(owner(), done.rows[2]?.id ?? '')).toMatchObject({
      title: 'Bins',
      status: 'draft',
      keywords: ['bins', 'waste'],
      languages: ['ENG'],
    });
    expect(await world.eventsOf(first)).toEqual(['dataset.registered', 'dataset.updated']);
    expect(await world.eventsOf(second)).toEqual(['dataset.registered']);
    expect(await world.eventsOf(done.rows[2]?.id ?? '')).toEqual(['dataset.registered']);
  });

  it('says in a dry run what would be, and keeps nothing', async () => {
    const id = await described('A');
    const [a] = await exported();
    const before = await datasets.get(owner(), id);
    const [events, rows] = [await count('audit_event'), await count('dataset')];
    const file = aFile({ ...a, description: 'New.' }, NEW, { ...NEW, access: 'secret' });
    expect(await imported(file, { isDryRun: true })).toMatchObject({
      isDryRun: true,
      counts: { created: 1, updated: 1, unchanged: 0, refused: 1 },
      rows: [
        { id, outcome: 'updated' },
        { id: null, outcome: 'created' },
        { id: null, outcome: 'refused', faults: [{ column: 'access' }] },
      ],
    });
    expect(await datasets.get(owner(), id)).toEqual(before);
    expect([await count('audit_event'), await count('dataset')]).toEqual([events, rows]);
  });

  it('does not overwrite what was changed after the export', async () => {
    const id = await described('A');
    const [a] = await exported();
    const { etag } = await datasets.get(owner(), id);
    await world.app.get(DatasetEdits).edit(owner(), id, { title: 'Newer' }, etag);
    expect(await imported(aFile({ ...a, description: 'Mine.' }))).toMatchObject({
      rows: [
        {
          outcome: 'refused',
          faults: [{ column: 'version', reason: 'is not what it is now: export again' }],
        },
      ],
    });
    expect(await datasets.get(owner(), id)).toMatchObject({ title: 'Newer' });
  });

  it('sent again with its key, creates nothing twice', async () => {
    const id = await described('A');
    const [a] = await exported();
    const file = aFile({ ...a, description: 'New.' }, NEW);
    const first = await imported(file, { key: 'key-1' });
    const again = await imported(file, { key: 'key-1' });
    expect(again.rows[0]).toMatchObject({ id, outcome: 'unchanged' });
    expect(again.rows[1]).toEqual(first.rows[1]);
    expect(await count('dataset')).toBe(2);
    const other = aFile({ ...a, description: 'New.' }, { ...NEW, title: 'Other' });
    expect((await imported(other, { key: 'key-1' })).rows[1]).toMatchObject({ outcome: 'refused' });
  });

  it.each<[string, Row, string | null]>([
    ['an id of nothing', { id: ABSENT }, 'id'],
    ['no id at all', { id: 'colour' }, 'id'],
    ['a version of nothing', { ...NEW, version: ABSENT }, 'version'],
    ['a status', { ...NEW, status: 'published' }, 'status'],
    [
      'open data that lies nowhere',
      { ...NEW, access: 'open', accessReason: '', licence: 'OGL' },
      'distributions',
    ],
    ['no title', { ...NEW, title: ' ' }, 'title'],
    ['a theme that is none', { ...NEW, themes: 'TRAN|COLOUR' }, 'themes'],
    ['a place that is none', { ...NEW, places: 'E00000000' }, 'places'],
    ['a landing page inside', { ...NEW, landingPage: 'https://localhost/' }, 'landingPage'],
  ])('refuses a row with %s', async (_, row, column) => {
    const before = await count('audit_event');
    const report = await imported(aFile(row));
    expect(report.rows[0]?.outcome).toBe('refused');
    expect(report.rows[0]?.faults.map((fault) => fault.column)).toContain(column);
    expect(await count('audit_event')).toBe(before);
  });

  it('refuses of one that is there: no version, another kind or status, twice, too few cells', async () => {
    await described('A');
    const [a = {}] = await exported();
    const file = `${aFile({ ...a, title: 'B', version: '' }, { ...a, title: 'C' })}x\r\n`;
    expect((await imported(file)).rows.map(({ faults }) => faults)).toEqual([
      [{ column: 'version', reason: 'is required where id is given' }],
      [{ column: 'id', reason: 'stands twice' }],
      [{ column: null, reason: 'has more or fewer cells than there are columns' }],
    ]);
    expect((await imported(aFile({ ...a, kind: 'feed' }))).rows[0]?.faults).toEqual([
      { column: 'kind', reason: 'does not change' },
    ]);
    expect((await imported(aFile({ ...a, status: 'withdrawn' }))).rows[0]?.faults).toEqual([
      { column: 'status', reason: 'is changed by publishing, freezing and withdrawing' },
    ]);
  });

  it('knows no other organisation, and no other role', async () => {
    const id = await described('A');
    const [a = {}] = await exported();
    const file = aFile({ ...a, title: 'B' });
    await expect(exported(world.as(PARTNER))).rejects.toMatchObject({ code: 'not_found' });
    await expect(imported(file, { principal: world.as(PARTNER) })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(imported(file, { principal: world.as(OWNER, 'dpo') })).rejects.toMatchObject({
      code: 'operation_denied',
    });
    // What is another's is as if it were absent, public or not.
    const theirs = importing.import(file, {
      principal: world.as(PARTNER),
      organisationId: PARTNER,
      isDryRun: false,
      key: undefined,
    });
    expect((await theirs).rows[0]).toMatchObject({
      outcome: 'refused',
      faults: [{ column: 'id', reason: 'names no dataset of the organisation' }],
    });
    expect(await datasets.get(owner(), id)).toMatchObject({ title: 'A' });
  });

  it('goes on where it was cut, when it is sent again with its key', async () => {
    const file = aFile(NEW, { ...NEW, title: 'Trees' });
    const { manager } = world.database;
    expect((await imported(aFile(NEW), { key: 'key-2' })).counts.created).toBe(1);
    const again = await imported(file, { key: 'key-2' });
    expect(again.counts.created).toBe(2);
    expect(await manager.query('SELECT title FROM dataset ORDER BY title')).toEqual([
      { title: 'Bins' },
      { title: 'Trees' },
    ]);
  });
});
