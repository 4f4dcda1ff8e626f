import { listOf, membersOf } from '../mapping/plain-text.rules.js';
import { readJson } from './json-document.js';
import type { SourceClient } from './source-client.js';
import { SourceFault } from './source-fault.js';
import type { Reading, SourcePage } from './source-page.js';

const ROWS = 100;
const MAX_ROWS = 1_000;
const BOUNDS = { maxBytes: 32 * 1_048_576 };
const MAX_START = 1_000_000;

/** The pages of CKAN's `package_search`, in an order that does not change while they are turned. */
export async function* readCkan(
  client: SourceClient,
  reading: Reading,
): AsyncGenerator<SourcePage> {
  let start = Number(reading.cursor ?? 0);
  let isLast: boolean;
  do {
    reading.signal.throwIfAborted();
    const { records, total } = await readFrom(client, reading, start);
    // Fewer may be given than were asked for: sources have limits of their own.
    start += records.length;
    if (records.length === 0 && total !== null && start < total) {
      throw new SourceFault('gives fewer records than it says it has');
    }
    isLast = records.length === 0 || (total === null ? records.length < ROWS : start >= total);
    const cursor = isLast ? null : String(start);
    const isWhole = reading.since === null;
    yield { records, cursor, isLast, hasTurned: !isLast, isWhole, total, etag: null };
  } while (!isLast);
}

async function readFrom(
  client: SourceClient,
  { url, since, signal }: Reading,
  start: number,
): Promise<Pick<SourcePage, 'records' | 'total'>> {
  if (start > MAX_START) {
    throw new SourceFault('never comes to an end');
  }
  const query = new URLSearchParams({ rows: String(ROWS), start: String(start), sort: 'id asc' });
  if (since !== null) {
    query.set('fq', `metadata_modified:[${since.toISOString()} TO *]`);
  }
  const path = `/api/3/action/package_search?${query.toString()}`;
  const answer = await client.get(url + path, BOUNDS, signal);
  const { success, result } = membersOf(answer.isUnchanged ? null : await readJson(answer.body));
  const { count, results } = membersOf(result);
  if (success !== true || !Array.isArray(results)) {
    throw new SourceFault('does not answer as CKAN does: result.results is no list');
  }
  if (results.length > MAX_ROWS) {
    throw new SourceFault('answers with more records than were asked for');
  }
  return { records: listOf(results), total: Number.isSafeInteger(count) ? Number(count) : null };
}
