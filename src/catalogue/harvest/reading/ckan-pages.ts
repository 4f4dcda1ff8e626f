import { listOf, membersOf } from '../mapping/plain-text.rules.js';
import { readJson } from './json-document.js';
import type { SourceClient } from './source-client.js';
import { SourceFault } from './source-fault.js';
import type { Reading, SourcePage } from './source-page.js';

const ROWS = 100;
const BOUNDS = { maxBytes: 32 * 1_048_576, timeoutMs: 120_000 };
const MAX_START = 1_000_000;

/** One page of CKAN's `package_search`, in an order that does not change while pages are turned. */
export async function readCkanPage(client: SourceClient, reading: Reading): Promise<SourcePage> {
  const start = startOf(reading.cursor);
  const query = new URLSearchParams({ rows: String(ROWS), start: String(start), sort: 'id asc' });
  if (reading.since !== null) {
    query.set('fq', `metadata_modified:[${reading.since.toISOString()} TO *]`);
  }
  const url = `${reading.url}/api/3/action/package_search?${query.toString()}`;
  const answer = await client.get(url, BOUNDS, reading.signal);
  const { success, result } = membersOf(answer.isUnchanged ? null : await readJson(answer.body));
  const { count, results } = membersOf(result);
  if (success !== true || !Array.isArray(results)) {
    throw new SourceFault('does not answer as CKAN does: result.results is no list');
  }
  if (results.length > 1_000) {
    throw new SourceFault('answers with more records than were asked for');
  }
  // What is given may be fewer than asked for: sources have limits of their own.
  const next = start + results.length;
  const total = Number.isSafeInteger(count) ? (count as number) : null;
  const isLast = results.length === 0 || (total === null ? results.length < ROWS : next >= total);
  return { records: listOf(results), next: isLast ? null : String(next), total, etag: null };
}

function startOf(cursor: string | null): number {
  const start = Number(cursor ?? 0);
  if (!Number.isSafeInteger(start) || start < 0 || start > MAX_START) {
    throw new SourceFault('never comes to an end');
  }
  return start;
}
