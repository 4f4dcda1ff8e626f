import { parseJson } from './json-document.js';
import { RecordSplitter } from './record-splitter.js';
import type { SourceClient } from './source-client.js';
import type { Reading, SourcePage } from './source-page.js';

const BOUNDS = { maxBytes: 256 * 1_048_576, isDocument: true };
const MAX_RECORD = 4 * 1_048_576;
const ROWS = 100;
const PAGE = { cursor: null, isLast: false, hasTurned: false, isWhole: true, total: null };

/** A `data.json`, one document of any size, in parts as it arrives. It begins anew after a crash. */
export async function* readDataJson(
  client: SourceClient,
  reading: Reading,
): AsyncGenerator<SourcePage> {
  const answer = await client.get(reading.url, { ...BOUNDS, etag: reading.etag }, reading.signal);
  if (answer.isUnchanged) {
    yield { ...PAGE, records: [], isLast: true, isWhole: false, etag: reading.etag };
    return;
  }
  const { etag } = answer;
  const splitter = new RecordSplitter('dataset', MAX_RECORD);
  let records: unknown[] = [];
  for await (const chunk of answer.body) {
    records.push(...splitter.push(chunk).map(parseJson));
    while (records.length >= ROWS) {
      yield { ...PAGE, records: records.slice(0, ROWS), etag };
      records = records.slice(ROWS);
    }
  }
  splitter.end();
  yield { ...PAGE, records, isLast: true, etag };
}
