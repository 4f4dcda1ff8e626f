import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { REGION } from '../../sandbox/processes/partner-stores.js';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { presignGet } from '../../src/platform/object-store/presigner.js';
import { systemClock } from '../../src/kernel/clock.js';
import { issueLarge, LARGE_BYTES, putLargeObject } from '../large-object.js';
import { median } from '../load.js';
import { growthMiB, onSandbox, say } from '../sandbox.js';

const WARM_UPS = 2;
const ROUNDS = 5;
const AIM = 0.9;
const SLOW_MS = 10_000;
const SLOW_BYTES_PER_SECOND = 1024 * 1024;

/**
 * `npm run bench:delivery`: an object of 1 GiB through `stream`, beside a bare Node pipe from the same store, each in a
 * process of its own, in alternating rounds; and how far the broker's memory grows for a fast and for a slow reader.
 */
async function compare(sandbox: RunningSandbox): Promise<void> {
  const key = await putLargeObject(sandbox);
  const grant = await issueLarge(sandbox);
  const bare = await startBare(storeUrl(sandbox, key));
  const headers = { authorization: `Bearer ${grant.token}` };
  const ours: number[] = [];
  const theirs: number[] = [];
  let growth = 0;
  try {
    for (let turn = 0; turn < WARM_UPS; turn += 1) {
      await download(bare.url);
      await download(grant.url, headers);
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const runOurs = async (): Promise<void> => {
        const grown = await growthMiB(sandbox.brokerPid, async () => {
          ours.push(await download(grant.url, headers));
        });
        growth = Math.max(growth, grown);
      };
      const runTheirs = async (): Promise<void> => {
        theirs.push(await download(bare.url));
      };
      // Whoever goes second meets a warmer disk: take turns.
      const runs = round % 2 === 0 ? [runOurs, runTheirs] : [runTheirs, runOurs];
      for (const run of runs) {
        await run();
      }
      say(`round ${String(round + 1)}: ours ${mib(ours.at(-1))}, bare pipe ${mib(theirs.at(-1))}`);
    }
    const slowGrowth = await growthMiB(sandbox.brokerPid, () => readSlowly(grant.url, headers));
    report(ours, theirs, { growth, slowGrowth });
  } finally {
    bare.child.kill();
  }
}

function report(
  ours: readonly number[],
  theirs: readonly number[],
  { growth, slowGrowth }: { readonly growth: number; readonly slowGrowth: number },
): void {
  const ratios = ours.map((speed, at) => speed / (theirs[at] ?? speed));
  const ratio = median(ratios);
  const figures = {
    oursMiBPerSecond: Math.round(median(ours)),
    bareMiBPerSecond: Math.round(median(theirs)),
    rounds: ROUNDS,
    rssGrowthMiB: Math.round(growth),
    slowReaderRssGrowthMiB: Math.round(slowGrowth),
  };
  say(`\n1 GiB, median of ${String(ROUNDS)} rounds:`);
  say(`  Concordat      ${String(figures.oursMiBPerSecond)} MiB/s`);
  say(`  bare Node pipe ${String(figures.bareMiBPerSecond)} MiB/s`);
  say(`  ratio          ${ratio.toFixed(2)} (the aim is ${String(AIM)})`);
  say(
    `The broker grew by ${growth.toFixed(0)} MiB, and by ${slowGrowth.toFixed(0)} for a slow reader (the limit is 64)`,
  );
  say(JSON.stringify({ bench: 'delivery', ratio: Number(ratio.toFixed(3)), figures }));
}

/** @returns MiB per second. @throws Error for anything but the whole object. */
async function download(url: string, headers: Record<string, string> = {}): Promise<number> {
  const startedAt = performance.now();
  const answer = await open(url, headers);
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(answer, 'close');
  if (answer.statusCode !== 200 || bytes !== LARGE_BYTES) {
    throw new Error(`${String(answer.statusCode)} with ${String(bytes)} bytes`);
  }
  return bytes / 1024 ** 2 / ((performance.now() - startedAt) / 1000);
}

async function readSlowly(url: string, headers: Record<string, string>): Promise<void> {
  const answer = await open(url, headers);
  const until = performance.now() + SLOW_MS;
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    await pause((chunk.length / SLOW_BYTES_PER_SECOND) * 1000);
    if (performance.now() > until) {
      break;
    }
  }
  answer.destroy();
  if (bytes === 0) {
    throw new Error('The slow reader got nothing');
  }
}

const agent = new Agent({ keepAlive: true });

async function open(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = get(url, { headers, agent });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

function storeUrl({ stores }: RunningSandbox, key: string): string {
  const [store] = stores;
  if (!store) {
    throw new Error('There is no store');
  }
  const { endpoint, bucket, keys } = store;
  const location = {
    endpoint,
    publicEndpoint: endpoint,
    region: REGION,
    bucket,
    addressing: 'path',
    ...keys.broker,
  } as const;
  return presignGet({ location, key, now: systemClock.now(), ttlSeconds: 3_600 });
}

async function startBare(
  target: string,
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = fork(fileURLToPath(new URL('./bare-pipe.js', import.meta.url)));
  child.send(target);
  const [port] = (await once(child, 'message')) as [number];
  return { child, url: `http://127.0.0.1:${String(port)}/` };
}

function mib(value = 0): string {
  return `${String(Math.round(value))} MiB/s`;
}

await onSandbox(compare);
