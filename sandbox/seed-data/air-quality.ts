import { Generator } from './generator.js';
import { madeFile, type SeedFile } from './made-file.js';

export const AIR_QUALITY_FIELDS = [
  'timestamp',
  'value',
  'timeseries_id',
  'station_name',
  'pollutant_name',
] as const;
/** Readings in the file of all stations, and in each month's file of one station and pollutant. */
export const HOURLY_ROWS = 440_735;
const MONTH_ROWS = 744;
const HOUR_MS = 3_600_000;
const START = Date.parse('2025-01-01T00:00:00Z');
const NO_READING = '-99.0';

/** Station, kind of site, and how many of the pollutants it measures. */
const STATIONS = [
  ['Abbey Meadow Country Park', 5],
  ['Bridge Street Kerbside', 3],
  ['Canal Wharf Roadside', 3],
  ['Docklands Background', 4],
  ['Eastfield Square', 7],
  ['Friary Park South Priory', 4],
  ['Greenway Common', 6],
  ['Hill Road Suburban', 6],
  ['Ivy Lane Playing Field', 3],
  ['Junction Road Kerbside', 6],
  ['Kings Garden Estate', 6],
  ['Lock Island Riverside Park', 2],
  ['Market Hall Centre', 5],
  ['New Cross Gate Old Road', 3],
  ['Orchard Roadside', 3],
] as const;

const POLLUTANTS = [
  ['Nitrogen dioxide', 28],
  ['Nitrogen monoxide', 12],
  ['Nitrogen oxides', 45],
  ['Particulate matter less than 10 micro m', 16],
  ['Particulate matter less than 2.5 micro m', 9],
  ['Ozone', 48],
  ['Sulphur dioxide', 2],
] as const;

interface Series {
  readonly id: number;
  readonly station: string;
  readonly pollutant: string;
  readonly mean: number;
}

/** One series for each pollutant of each station; a month has one file for each. */
const AIR_QUALITY_SERIES: readonly Series[] = STATIONS.flatMap(([station, count], at) =>
  POLLUTANTS.slice(0, count).map(([pollutant, mean], of) => ({
    id: 4000 + at * 10 + of,
    station,
    pollutant,
    mean,
  })),
);

/** Hourly readings in the columns and row counts of the published network. Nobody ever measured them. */
export function madeAirQualityFiles(prefix: string): readonly SeedFile[] {
  const months = AIR_QUALITY_SERIES.map((series) => {
    const [folder, file] = [series.station, series.pollutant].map((name) =>
      name.replace(/ /g, '_'),
    );
    return madeFile(`${prefix}2025-01/${String(folder)}/${String(file)}__2025_01.csv`, () =>
      readings([series], MONTH_ROWS),
    );
  });
  return [
    madeFile(`${prefix}aurn-london-hourly-2025.csv`, () =>
      readings(AIR_QUALITY_SERIES, HOURLY_ROWS),
    ),
    madeFile(`${prefix}stations.csv`, stations),
    ...months,
  ];
}

/** In the order of time, station and pollutant. One series has the same readings in every file it is in. */
function* readings(series: readonly Series[], rows: number): globalThis.Generator<string> {
  yield `${AIR_QUALITY_FIELDS.join(',')}\n`;
  const randoms = series.map(({ id }) => new Generator(`series/${String(id)}`));
  for (let row = 0; row < rows; row += 1) {
    const at = row % series.length;
    const { id, station, pollutant, mean } = series[at] as Series;
    const hour = Math.floor(row / series.length);
    const time = new Date(START + hour * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');
    const value = reading(randoms[at] as Generator, mean, hour % 24);
    yield `${time},${value},${String(id)},${station},${pollutant}\n`;
  }
}

// More by day than by night, never quite the same, and now and then nothing: the shape of a street.
function reading(random: Generator, mean: number, hour: number): string {
  const noise = random.between(0.3, 1.7);
  if (random.next() < 0.05) {
    return NO_READING;
  }
  return (mean * noise * (1 + 0.5 * Math.sin(((hour - 7) / 24) * 2 * Math.PI))).toFixed(3);
}

function* stations(): globalThis.Generator<string> {
  yield 'station_id,station_name,pollutant_available,pollutant_air,latitude,longitude,timeseries_id,pollutant,pollutant_std\n';
  const random = new Generator('stations');
  for (const { id, station, pollutant } of AIR_QUALITY_SERIES) {
    const place = [random.between(51.4, 51.6).toFixed(6), random.between(-0.4, 0.1).toFixed(6)];
    yield `${[
      String(780_000 + id),
      station,
      pollutant,
      'air',
      ...place,
      `${String(id)}.0`,
      `${String(id)} - ${station}-${pollutant} (air)`,
      pollutant,
    ].join(',')}\n`;
  }
}
