import { Generator } from './generator.js';
import { madeFile, type SeedFile } from './made-file.js';

const BOROUGHS = 33;
export const BOROUGH_FIELDS = ['LAD22CD', 'LAD22NM', 'geometry'] as const;
const POINTS = 306;
const COLUMNS = 6;

/** As many areas and points as the city has, in GeoJSON (RFC 7946): rough circles on a grid, on no map. */
export function madeBoroughFiles(prefix: string): readonly SeedFile[] {
  return [madeFile(`${prefix}london-boroughs.geojson`, collection)];
}

function* collection(): globalThis.Generator<string> {
  const random = new Generator('boroughs');
  yield '{"type":"FeatureCollection","features":[\n';
  for (let at = 0; at < BOROUGHS; at += 1) {
    const feature = {
      type: 'Feature',
      properties: {
        LAD22CD: `E090000${String(at + 1).padStart(2, '0')}`,
        LAD22NM: `Borough ${String(at + 1)}`,
      },
      geometry: { type: 'Polygon', coordinates: [ring(random, at)] },
    };
    yield `${JSON.stringify(feature)}${at === BOROUGHS - 1 ? '' : ','}\n`;
  }
  yield ']}\n';
}

// Anticlockwise and closed: RFC 7946 section 3.1.6.
function ring(random: Generator, at: number): number[][] {
  const centre = [-0.5 + (at % COLUMNS) * 0.12, 51.3 + Math.floor(at / COLUMNS) * 0.07] as const;
  const points = Array.from({ length: POINTS - 1 }, (_, point) => {
    const angle = (2 * Math.PI * point) / (POINTS - 1);
    const radius = random.between(0.9, 1);
    return [
      round(centre[0] + 0.05 * radius * Math.cos(angle)),
      round(centre[1] + 0.03 * radius * Math.sin(angle)),
    ];
  });
  return [...points, points[0] ?? []];
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
