import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Package = Readonly<Record<string, unknown>>;

/** Another catalogue on this machine: CKAN's `package_search`, and whatever else a test has it answer. */
export interface SourceCatalogue {
  readonly url: string;
  readonly packages: Map<string, Package>;
  /** CKAN gives no more at once, whatever it is asked for. */
  maxRows: number;
  /** JSON documents at paths, each with an ETag. */
  readonly documents: Map<string, unknown>;
  /** Paths that were asked for, with their queries. */
  readonly asked: string[];
  /** Answers instead, when it returns true. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  put(one: Package): void;
  /** As it does unless it misbehaves. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

export async function startSourceCatalogue(): Promise<SourceCatalogue> {
  const packages = new Map<string, Package>();
  const documents = new Map<string, unknown>();
  const asked: string[] = [];
  const source = {
    url: '',
    packages,
    maxRows: 1_000,
    documents,
    asked,
    misbehave: undefined as SourceCatalogue['misbehave'],
    put: (one: Package): void => void packages.set(String(one['id']), one),
    answer: (request: IncomingMessage, response: ServerResponse): void => {
      const url = new URL(request.url ?? '', 'http://source');
      if (url.pathname.endsWith('/api/3/action/package_search')) {
        sendJson(response, search([...packages.values()], url.searchParams, source.maxRows));
      } else if (documents.has(url.pathname + url.search)) {
        sendDocument(request, response, documents.get(url.pathname + url.search));
      } else {
        response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
      }
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (source.misbehave?.(request, response) !== true) {
      source.answer(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  source.url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return source;
}

export function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' });
  response.end(JSON.stringify(body));
}

function sendDocument(request: IncomingMessage, response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
  const isSame = request.headers['if-none-match'] === etag;
  response.writeHead(isSame ? 304 : 200, { 'content-type': 'application/json', etag });
  response.end(isSame ? undefined : text);
}

function search(packages: readonly Package[], query: URLSearchParams, maxRows: number): object {
  const [, since] = /^metadata_modified:\[(\S+) TO \*\]$/.exec(query.get('fq') ?? '') ?? [];
  const start = Number(query.get('start') ?? 0);
  const found = packages
    .filter(
      (one) =>
        since === undefined ||
        Date.parse(`${String(one['metadata_modified'])}Z`) >= Date.parse(since),
    )
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
  return {
    help: 'https://portal.example/api/3/action/help_show?name=package_search',
    success: true,
    result: {
      count: found.length,
      sort: query.get('sort'),
      facets: {},
      results: found.slice(start, start + Math.min(maxRows, Number(query.get('rows') ?? 10))),
      search_facets: {},
    },
  };
}
