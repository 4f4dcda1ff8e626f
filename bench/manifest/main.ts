import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import pg from 'pg';
import { REGION } from '../../sandbox/processes/partner-stores.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { median } from '../load.js';
import { growthMiB, onSandbox, say } from '../sandbox.js';

const OBJECTS = 100_000;
const ROUNDS = 6;
const PAGES_PER_ROUND = 10;
const PAGE_SIZE = 1_000;
/** As many programs at once as keep the broker busy; the SDK beside it has a core of its own. */
const READERS = 3;
const SDK_URLS_PER_ROUND = 2_000;
const AIM = 15;

interface Grant {
  readonly id: string;
  readonly token: string;
  readonly objectsUrl: string;
}

interface Page {
  readonly objects: readonly { readonly url: string; readonly name: string }[];
  readonly nextPageToken: string | null;
}

/**
 * `npm run bench:manifest`: presigned URLs a second in JSON pages over HTTP, beside the AWS SDK's `getSignedUrl` in this
 * process, in alternating rounds; then the whole manifest as NDJSON, with the broker's memory.
 */
async function compare(sandbox: RunningSandbox): Promise<void> {
  const { direct, accessRequestId } = sandbox.seeded;
  const presigned = await issue(sandbox, direct?.accessRequestId ?? '');
  const streamed = await issue(sandbox, accessRequestId);
  await growManifests(sandbox, [presigned.id, streamed.id]);
  const ours: number[] = [];
  const theirs: number[] = [];
  const names = (await readPage(presigned)).objects.map(({ name }) => name);
  const pages = async (): Promise<number> => {
    const startedAt = performance.now();
    const counts = await Promise.all(Array.from({ length: READERS }, () => walk(presigned)));
    const urls = counts.reduce((sum, count) => sum + count, 0);
    return urls / ((performance.now() - startedAt) / 1000);
  };
  await pages();
  const sdk = sdkOf(sandbox);
  await sign(sdk, names);
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await pages());
    theirs.push(await sign(sdk, names));
    say(
      `round ${String(round + 1)}: ours ${count(ours.at(-1))}/s, getSignedUrl ${count(theirs.at(-1))}/s`,
    );
  }
  let lines = 0;
  const growth = await growthMiB(sandbox.brokerPid, async () => {
    lines = await readLines(streamed);
  });
  report(ours, theirs, { lines, growth });
}

function report(
  ours: readonly number[],
  theirs: readonly number[],
  { lines, growth }: { readonly lines: number; readonly growth: number },
): void {
  const ratio = median(ours) / median(theirs);
  const figures = {
    oursPerSecond: Math.round(median(ours)),
    sdkPerSecond: Math.round(median(theirs)),
    rounds: ROUNDS,
    pageSize: PAGE_SIZE,
    lines,
    linesRssGrowthMiB: Math.round(growth),
  };
  say(`\nPresigned URLs a second, median of ${String(ROUNDS)} rounds:`);
  say(`  Concordat, in pages over HTTP  ${String(figures.oursPerSecond)}`);
  say(`  getSignedUrl, in process       ${String(figures.sdkPerSecond)}`);
  say(`  ratio                          ${ratio.toFixed(1)} (the aim is ${String(AIM)})`);
  say(`${String(lines)} lines: the broker grew by ${growth.toFixed(0)} MiB (the limit is 64)`);
  say(JSON.stringify({ bench: 'manifest', ratio: Number(ratio.toFixed(2)), figures }));
}

async function issue({ callers }: RunningSandbox, accessRequestId: string): Promise<Grant> {
  const headers = { 'idempotency-key': randomUUID() };
  return callers.researcher.post<Grant>('/api/v1/grants', { accessRequestId }, headers);
}

/** As many objects as a large dataset has, beside those that are there: URLs are signed whether or not one fetches them. */
async function growManifests(sandbox: RunningSandbox, grantIds: readonly string[]): Promise<void> {
  const admin = new pg.Client(sandbox.adminDatabaseUrl);
  await admin.connect();
  try {
    await admin.query(
      `INSERT INTO manifest_entry (dataset_id, version, name, size, etag, last_modified)
       SELECT g.dataset_id, g.dataset_version, 'part-' || lpad(n::text, 6, '0') || '/readings of the day.csv', 1000,
         '"' || md5(n::text) || '"', now()
       FROM grants g, generate_series(1, $2::int) n WHERE g.id = ANY ($1::uuid[])`,
      [grantIds, OBJECTS],
    );
    await admin.query('ANALYZE manifest_entry');
  } finally {
    await admin.end();
  }
}

/** Some pages, one after the other, as a program that fetches by them does. @returns how many signed URLs came. */
async function walk(grant: Grant): Promise<number> {
  let urls = 0;
  let pageToken: string | null = null;
  for (let page = 0; page < PAGES_PER_ROUND; page += 1) {
    const text = await pageText(grant, pageToken);
    // Counted, not parsed: the reader's own work is no part of the broker's, and they share two cores.
    urls += text.split('X-Amz-Signature=').length - 1;
    pageToken = /"nextPageToken":"([^"]+)"/.exec(text.slice(-2_048))?.[1] ?? null;
  }
  if (urls !== PAGES_PER_ROUND * PAGE_SIZE) {
    throw new Error(`${String(urls)} signed URLs came`);
  }
  return urls;
}

async function readPage(grant: Grant): Promise<Page> {
  const page = JSON.parse(await pageText(grant, null)) as Page;
  const isSigned = page.objects.every((object) => object.url.includes('X-Amz-Signature='));
  if (page.objects.length !== PAGE_SIZE || !isSigned) {
    throw new Error('A page is not full of signed URLs');
  }
  return page;
}

async function pageText({ objectsUrl, token }: Grant, pageToken: string | null): Promise<string> {
  const url = `${objectsUrl}?pageSize=${String(PAGE_SIZE)}${pageToken === null ? '' : `&pageToken=${pageToken}`}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) {
    throw new Error(`A page answered ${String(answer.status)}`);
  }
  return answer.text();
}

async function readLines({ objectsUrl, token }: Grant): Promise<number> {
  const answer = await fetch(objectsUrl, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
  });
  let lines = 0;
  let last = '';
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    lines += 1;
    last = line;
  }
  if (!last.includes('"end":true')) {
    throw new Error('The list of lines is not complete');
  }
  return lines;
}

function sdkOf({ stores }: RunningSandbox): S3Client {
  const [store] = stores;
  return new S3Client({
    endpoint: store?.endpoint ?? '',
    region: REGION,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    credentials: store?.keys.broker ?? { accessKeyId: '', secretAccessKey: '' },
  });
}

async function sign(sdk: S3Client, names: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  for (let at = 0; at < SDK_URLS_PER_ROUND; at += 1) {
    const command = new GetObjectCommand({
      Bucket: 'city-data',
      Key: `boroughs/${names[at % names.length] ?? ''}`,
      ResponseContentDisposition: 'attachment',
    });
    await getSignedUrl(sdk, command, { expiresIn: 120 });
  }
  return SDK_URLS_PER_ROUND / ((performance.now() - startedAt) / 1000);
}

function count(value = 0): string {
  return String(Math.round(value));
}

await onSandbox(compare);
