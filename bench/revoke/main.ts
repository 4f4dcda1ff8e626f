import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import type { RunningSandbox } from '../../sandbox/sandbox.js';
import { issueLarge, LARGE_BYTES, LARGE_NAME, putLargeObject } from '../large-object.js';
import { median } from '../load.js';
import { onSandbox, say } from '../sandbox.js';

const LIMIT_MS = 1_000;
const TOLD_EVERY = 100;
/** Longer than any cut may take: then it did not come. */
const GIVEN_UP_MS = 10_000;
const agent = new Agent({ keepAlive: true });

/**
 * `npm run bench:revoke`: a transfer of 1 GiB runs on one broker, its grant is revoked on another; milliseconds from the
 * answer of the revocation to the end of the reader's connection. `-- --rounds N`, 1,000 by default.
 */
async function measure(sandbox: RunningSandbox): Promise<void> {
  const rounds = readRounds();
  await putLargeObject(sandbox);
  const replica = await sandbox.startReplica();
  const cuts: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    cuts.push(await cutOnce(sandbox, replica));
    if (round % TOLD_EVERY === 0) {
      say(`${String(round)} rounds: median ${median(cuts).toFixed(1)} ms`);
    }
  }
  report(cuts);
}

function report(cuts: readonly number[]): void {
  const sorted = [...cuts].sort((a, b) => a - b);
  const at = (share: number): number =>
    Number(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1),
    );
  const figures = { rounds: cuts.length, medianMs: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
  say(`\nFrom the answer of revoke to the cut on another broker, ${String(cuts.length)} rounds:`);
  say(
    `  median ${String(figures.medianMs)} ms, p99 ${String(figures.p99Ms)} ms, most ${String(figures.mostMs)} ms`,
  );
  say(`  (the limit is ${String(LIMIT_MS)} ms)`);
  say(JSON.stringify({ bench: 'revoke', ratio: figures.p99Ms, figures }));
}

/** @returns milliseconds; 0 when the cut was there before the answer. */
async function cutOnce(sandbox: RunningSandbox, replica: string): Promise<number> {
  const grant = await issueLarge(sandbox);
  const url = `${replica}/api/v1/grants/${grant.id}/objects/${LARGE_NAME}`;
  const headers = { authorization: `Bearer ${grant.token}` };
  const request = get(url, { headers, agent });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  let bytes = 0;
  let cutAt = 0;
  // A reader that takes its time, so that the transfer is under way whenever the cut comes.
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    answer.pause();
    setTimeout(() => answer.resume(), 1);
  });
  answer.on('error', () => undefined);
  // Not `once`: a cut shows as an error before it shows as the end.
  const cut = new Promise<void>((resolve, reject) => {
    const givenUp = setTimeout(reject, GIVEN_UP_MS, new Error('No cut came'));
    answer.once('close', () => {
      cutAt = performance.now();
      clearTimeout(givenUp);
      resolve();
    });
  });
  await new Promise((resolve) => answer.once('data', resolve));
  await sandbox.callers.owner.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'Measured' });
  const answeredAt = performance.now();
  await cut;
  if (bytes >= LARGE_BYTES) {
    throw new Error('The transfer ended before it was cut');
  }
  return Math.max(0, cutAt - answeredAt);
}

function readRounds(): number {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1000' } } });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error('--rounds is a whole number from 1');
  }
  return rounds;
}

await onSandbox(measure);
