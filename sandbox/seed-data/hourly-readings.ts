import { createInterface } from 'node:readline';
import { filesOf } from './collections.js';

/** Where the live feed lies, beside the collections. */
export const LIVE_PREFIX = 'air-quality-live/';
const ALL_HOURS = 'air-quality/aurn-london-hourly-2025.csv';

/** The readings of one hour, as they would come from the network. */
export interface Hour {
  readonly key: string;
  readonly text: string;
}

/** The year's readings hour by hour, in their order; one hour is in memory at a time. */
export async function* hourlyReadings(dataDir: string | undefined): AsyncGenerator<Hour> {
  const file = (await filesOf('airQuality', dataDir)).find(({ key }) => key === ALL_HOURS);
  if (!file) {
    throw new Error(`There is no ${ALL_HOURS}`);
  }
  const input = file.open();
  try {
    yield* byHour(createInterface({ input, crlfDelay: Infinity }));
  } finally {
    input.destroy();
  }
}

async function* byHour(lines: AsyncIterable<string>): AsyncGenerator<Hour> {
  let header: string | undefined;
  let rows: string[] = [];
  for await (const line of lines) {
    if (header === undefined) {
      header = line;
    } else {
      if (rows[0] !== undefined && hourOf(rows[0]) !== hourOf(line)) {
        yield toHour(header, rows);
        rows = [];
      }
      rows.push(line);
    }
  }
  if (header !== undefined && rows.length > 0) {
    yield toHour(header, rows);
  }
}

function toHour(header: string, rows: readonly string[]): Hour {
  const [day = '', hour = ''] = hourOf(rows[0] ?? '').split(' ');
  return { key: `${LIVE_PREFIX}${day}/${hour}.csv`, text: `${[header, ...rows].join('\n')}\n` };
}

// `2025-01-01 05:00:00,…`
function hourOf(row: string): string {
  return row.slice(0, 13);
}
