import { iri } from '../mapping/json-ld-terms.rules.js';
import { readGraph, type GraphNode } from '../mapping/json-ld-graph.rules.js';
import { isTooDeep } from '../nesting.rules.js';
import { readJson } from './json-document.js';
import type { SourceClient } from './source-client.js';
import { SourceFault } from './source-fault.js';
import type { Reading, SourcePage } from './source-page.js';

const BOUNDS = { maxBytes: 32 * 1_048_576 };
const ROWS = 100;
const MAX_PAGES = 10_000;
const MAX_ADDRESS = 2_000;

interface DcatDocument {
  readonly datasets: readonly GraphNode[];
  readonly next: string | null;
  readonly total: number | null;
  readonly etag: string | null;
}

/** A catalogue as JSON-LD: one document, or one page after another, each naming the next as Hydra does. */
export async function* readDcat(
  client: SourceClient,
  reading: Reading,
): AsyncGenerator<SourcePage> {
  let url: string | null = reading.cursor ?? reading.url;
  for (let pages = 0; url !== null; pages += 1) {
    reading.signal.throwIfAborted();
    if (pages > MAX_PAGES) {
      throw new SourceFault('never comes to an end');
    }
    const known = url === reading.url ? reading.etag : null;
    const document = await readDocument(client, url, known, reading.signal);
    yield* document === undefined ? [nothingNew(known)] : partsOf(document, url, reading.url);
    url = document?.next ?? null;
  }
}

/** A document in parts that are taken in one by one; until the last, what goes on after a crash is the document. */
function* partsOf(
  { datasets, next, total, etag }: DcatDocument,
  url: string,
  first: string,
): Generator<SourcePage> {
  // Only of a catalogue of one document does its ETag speak for all of it.
  const isOnly = url === first && next === null;
  for (let at = 0; at === 0 || at < datasets.length; at += ROWS) {
    const isEnd = at + ROWS >= datasets.length;
    yield {
      records: datasets.slice(at, at + ROWS),
      cursor: isEnd ? next : url,
      isLast: isEnd && next === null,
      hasTurned: isEnd && next !== null,
      isWhole: true,
      total,
      etag: isOnly ? etag : null,
    };
  }
}

async function readDocument(
  client: SourceClient,
  url: string,
  etag: string | null,
  signal: AbortSignal,
): Promise<DcatDocument | undefined> {
  const answer = await client.get(url, { ...BOUNDS, etag }, signal);
  if (answer.isUnchanged) {
    return undefined;
  }
  const document = await readJson(answer.body);
  if (isTooDeep(document)) {
    throw new SourceFault('answers with JSON that is nested too deeply');
  }
  const graph = readGraph(document);
  if ('fault' in graph) {
    throw new SourceFault(graph.fault);
  }
  const nodes = [...graph.values()];
  const datasets = nodes.filter((node) => node.is('dcat:Dataset'));
  if (datasets.length === 0 && !nodes.some((node) => node.is('dcat:Catalog'))) {
    throw new SourceFault(`has neither ${iri('dcat:Catalog')} nor ${iri('dcat:Dataset')} in it`);
  }
  return { datasets, ...pagingIn(nodes, url), etag: answer.etag };
}

function pagingIn(nodes: readonly GraphNode[], url: string): Pick<DcatDocument, 'next' | 'total'> {
  const paging = nodes.find((one) => one.ids('hydra:totalItems').length > 0 || nextIn(one));
  const total = Number(paging?.text('hydra:totalItems') ?? NaN);
  const said = paging && nextIn(paging);
  const next = said === undefined ? null : URL.parse(said, url);
  if (said !== undefined && next?.origin !== new URL(url).origin) {
    throw new SourceFault('names a next page that is at another host');
  }
  if (next !== null && next.href.length > MAX_ADDRESS) {
    throw new SourceFault('names a next page by an address that is too long');
  }
  return { next: next?.href ?? null, total: Number.isSafeInteger(total) ? total : null };
}

function nextIn(node: GraphNode): string | undefined {
  return [...node.ids('hydra:next'), ...node.ids('hydra:nextPage')][0];
}

function nothingNew(etag: string | null): SourcePage {
  const page = { records: [], cursor: null, isLast: true, hasTurned: false };
  return { ...page, isWhole: false, total: null, etag };
}
