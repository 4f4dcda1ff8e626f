import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { HOURLY_ROWS } from './air-quality.js';
import { COLLECTIONS, filesOf, type CollectionName } from './collections.js';

const read = async (name: CollectionName, key: string): Promise<string> => {
  const file = (await filesOf(name, undefined)).find((candidate) => candidate.key === key);
  return file ? text(file.open()) : '';
};
const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('the data made from a seed', () => {
  it.each([
    ['stopSearch', 'stop-search/2016-06-metropolitan-stop-and-search.csv', 10_490, 2_342_902],
    ['stopSearch', 'stop-search/2019-01-metropolitan-stop-and-search.csv', 17_988, 4_004_213],
    ['stopSearch', 'stop-search/2019-08-city-of-london-stop-and-search.csv', 336, 69_232],
    ['airQuality', 'air-quality/aurn-london-hourly-2025.csv', HOURLY_ROWS, 32_135_635],
    ['census', 'census/2011-census-microdata-small.csv', 50_000, 2_585_218],
  ] as const)(
    '%s %s has the rows, columns and size of its model',
    async (name, key, rows, bytes) => {
      const content = await read(name, key);
      const lines = content.trimEnd().split(/\r?\n/);
      const header = COLLECTIONS[name].fields;
      expect(lines[0]).toBe(header.join(','));
      expect(lines.length - 1).toBe(rows);
      expect(lines.every((line) => line.split(',').length === header.length)).toBe(true);
      expect(content.length / bytes).toBeGreaterThan(0.8);
      expect(content.length / bytes).toBeLessThan(1.2);
    },
  );

  it('has 16, 68, 1 and 1 files', async () => {
    const names = Object.keys(COLLECTIONS) as CollectionName[];
    const counts = await Promise.all(
      names.map(async (name) => (await filesOf(name, undefined)).length),
    );
    expect(counts).toEqual([16, 68, 1, 1]);
  });

  it('has 61,856 searches, as the series has', async () => {
    const files = await filesOf('stopSearch', undefined);
    const rows = await Promise.all(
      files.map(async (file) => (await text(file.open())).trimEnd().split('\n').length - 1),
    );
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(61_856);
  });

  it('is the same bytes on every machine and in every run', async () => {
    const key = 'stop-search/2019-03-city-of-london-stop-and-search.csv';
    const once = await read('stopSearch', key);
    expect(await read('stopSearch', key)).toBe(once);
    expect(sha256(once)).toMatchInlineSnapshot(
      `"ed75f219ea4ce09003b7128bd719f917e0deb70bfda564b7758e86b89f4d9665"`,
    );
  });

  it('is GeoJSON with closed rings where it is a map', async () => {
    const map = JSON.parse(await read('boroughs', 'boroughs/london-boroughs.geojson')) as {
      features: { geometry: { coordinates: number[][][] } }[];
    };
    expect(map.features).toHaveLength(33);
    for (const { geometry } of map.features) {
      const ring = geometry.coordinates[0] ?? [];
      expect(ring[0]).toEqual(ring.at(-1));
    }
  });
});

describe('a folder of real files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sandbox-data-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('is taken as it is, packed files unpacked', async () => {
    await mkdir(join(folder, 'air-quality-aurn/2025-01/A'), { recursive: true });
    await writeFile(join(folder, 'air-quality-aurn/2025-01/A/x.csv'), 'a,b\n');
    await writeFile(join(folder, 'air-quality-aurn/all.csv.gz'), gzipSync('c,d\n'));
    const files = await filesOf('airQuality', folder);
    const contents = await Promise.all(
      files.map(async (file) => [file.key, await text(file.open())]),
    );
    expect(contents).toEqual([
      ['air-quality/2025-01/A/x.csv', 'a,b\n'],
      ['air-quality/all.csv', 'c,d\n'],
    ]);
  });

  it('that lacks a part is refused with its name', async () => {
    await expect(filesOf('census', folder)).rejects.toThrow(
      'SANDBOX_DATA has no folder census-2011-microdata.',
    );
  });
});
