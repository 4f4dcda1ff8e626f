import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { aPackage } from '../../../test/support/ckan-packages.js';
import { OWNER } from '../../../test/support/data-world.js';
import { harvestWorld, type HarvestWorld } from '../../../test/support/harvest-world.js';
import { sendJson } from '../../../test/support/source-catalogue.js';
import { HarvestSources } from './harvest-sources.service.js';
import type { HarvestFormat } from './harvest.types.js';

const MIB = 1_048_576;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Sends so many MiB of what begins well. */
const endless =
  (mebibytes: number, begin: string, filling: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(begin);
    const chunk = Buffer.alloc(MIB, filling);
    let left = mebibytes;
    const more = (): void => {
      left -= 1;
      if (left < 0 || response.destroyed) {
        response.end();
      } else {
        response.write(chunk, () => setImmediate(more));
      }
    };
    more();
  };
const answering =
  (status: number, headers: Readonly<Record<string, string>>, body: string | Buffer = ''): Answer =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
const json = (text: string): Answer => answering(200, { 'content-type': 'application/json' }, text);
const ckan =
  (result: object): Answer =>
  (_, response) => {
    sendJson(response, { success: true, result });
  };
const graph = (...nodes: readonly object[]): Answer =>
  json(JSON.stringify({ '@graph': [{ '@type': 'dcat:Catalog' }, ...nodes] }));

const CASES: readonly (readonly [string, HarvestFormat, Answer, string])[] = [
  [
    'HTML',
    'ckan',
    answering(200, { 'content-type': 'text/html' }, '<h1>Hi</h1>'),
    'answers with a page of HTML, and not with JSON',
  ],
  [
    'HTML that says it is JSON',
    'ckan',
    json('<html>'),
    'answers with HTML or XML, and not with JSON',
  ],
  [
    'HTML for a data.json',
    'data_json',
    json('<html>'),
    'answers with HTML or XML, and not with JSON',
  ],
  ['an error', 'ckan', answering(500, {}), 'answers with status 500'],
  [
    'what CKAN never says',
    'ckan',
    json('{"success":false,"error":{}}'),
    'does not answer as CKAN does: result.results is no list',
  ],
  [
    'more than was asked for',
    'ckan',
    ckan({ count: 1_001, results: Array(1_001).fill({}) }),
    'answers with more records than were asked for',
  ],
  [
    'the same page again and again',
    'ckan',
    ckan({ count: 500, results: [aPackage(1), aPackage(2)] }),
    'turns pages in a circle: one has nothing that was not on another',
  ],
  [
    'a page that is its own next',
    'dcat',
    graph({ '@type': 'hydra:PagedCollection', 'hydra:next': { '@id': '?again' } }),
    'turns pages in a circle: one has nothing that was not on another',
  ],
  [
    'a next page elsewhere',
    'dcat',
    graph({ '@type': 'hydra:PagedCollection', 'hydra:next': { '@id': 'http://169.254.169.254/' } }),
    'names a next page that is at another host',
  ],
  [
    'a next page whose address has no end',
    'dcat',
    graph({ '@type': 'hydra:PagedCollection', 'hydra:next': { '@id': `?${'a'.repeat(9_999)}` } }),
    'names a next page by an address that is too long',
  ],
  [
    'no catalogue',
    'dcat',
    json('{"@graph":[]}'),
    'has neither http://www.w3.org/ns/dcat#Catalog nor http://www.w3.org/ns/dcat#Dataset in it',
  ],
  [
    'a context of its own',
    'dcat',
    json('{"@context":"http://169.254.169.254/"}'),
    'names a @context that is not known, and none is fetched',
  ],
  [
    'half a document',
    'data_json',
    json('{"dataset":[{"identifier":"a"'),
    'stops in the middle of its answer',
  ],
  [
    'half a record',
    'data_json',
    json('{"dataset":[{"identifier" "a"}]}'),
    'answers with what is no JSON',
  ],
  [
    'lists in lists in lists',
    'dcat',
    json('['.repeat(100_000) + ']'.repeat(100_000)),
    'answers with JSON that is nested too deeply',
  ],
  [
    '1 GB, and says so',
    'data_json',
    answering(200, { 'content-type': 'application/json', 'content-length': '1000000000' }),
    'answers with more than 256 MiB',
  ],
  [
    'a page without end',
    'ckan',
    endless(40, '{"success":true,"x":"', 'a'),
    'answers with more than 32 MiB',
  ],
  [
    'a document without end',
    'data_json',
    endless(300, '{"dataset":[', ' '),
    'answers with more than 256 MiB',
  ],
  [
    'a record without end',
    'data_json',
    endless(6, '{"dataset":["', 'a'),
    'has a record of more than 4 MiB',
  ],
  [
    'what unpacks to much more',
    'ckan',
    answering(
      200,
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(MIB)),
    ),
    'answers compressed, which it was not asked for',
  ],
  [
    'an address inside, to go to',
    'ckan',
    answering(302, { location: 'http://169.254.169.254/latest/meta-data' }),
    'has an address that is not public',
  ],
  [
    'a name that leads inside',
    'ckan',
    answering(302, { location: 'http://localhost.localdomain:1/' }),
    'is at no public address that can be found',
  ],
  [
    'a file, to go to',
    'ckan',
    answering(302, { location: 'file:///etc/passwd' }),
    'has an address that must use https',
  ],
  ['itself, to go to', 'ckan', answering(302, { location: '/' }), 'redirects more than 4 times'],
  [
    'fewer records than it says',
    'ckan',
    ckan({ count: 3, results: [] }),
    'gives fewer records than it says it has',
  ],
  ['nothing', 'ckan', () => undefined, 'does not answer in time'],
  [
    'half an answer, and then nothing',
    'ckan',
    (_, response) => void response.writeHead(200, {}).write('{"success":'),
    'does not answer in time',
  ],
  [
    'a broken connection',
    'ckan',
    (request) => void request.socket.destroy(),
    'cannot be reached (ECONNRESET)',
  ],
];

describe('a source that answers badly', () => {
  let world: HarvestWorld;

  beforeAll(async () => {
    world = await harvestWorld({ idleMs: 6_000, attempts: 1 });
  }, 60_000);
  afterAll(async () => {
    await world.close();
  });
  afterEach(() => {
    world.source.misbehave = undefined;
    world.source.packages.clear();
  });

  function misbehave(answer: Answer): void {
    world.source.misbehave = (request, response) => {
      answer(request, response);
      return true;
    };
  }

  it.each(CASES)(
    'with %s is told so, and nothing else happens',
    async (name, format, answer, fault) => {
      misbehave(answer);
      const id = await world.register(format, `/${encodeURIComponent(name)}`);
      const run = await world.harvest(id);
      expect(run).toMatchObject({ outcome: 'failed', fault });
      expect(await world.app.get(HarvestSources).get(world.as(OWNER), id)).toMatchObject({
        fault,
        failures: 1,
      });
      expect(await world.eventsOf(run.id)).toEqual(['harvest.failed']);
    },
    60_000,
  );
});
