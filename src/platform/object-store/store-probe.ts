import { Inject, Injectable } from '@nestjs/common';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from './egress-guard.js';
import { keyFault } from './object-name.rules.js';
import { presignGet } from './presigner.js';
import { fail, pass, reasonOf, skip, type Outcome, type ProbeCheck } from './probe-check.js';
import { ProbeClient, type StoredObject } from './store-client.js';
import type { StoreLocation } from './store-location.js';
import { STS_CHECKS, StsProbe, type ProbeSession } from './sts-probe.js';

const TIMEOUT_MS = 10_000;
/** For a whole probe: a store that answers byte by byte keeps no other waiting. */
const DEADLINE_MS = 60_000;
const CLOCK_OFFSET_LIMIT_SECONDS = 30;
const POLL_MS = 200;
/** Over half a minute: as long as a store's clock may be behind. */
const MAX_POLLS = 160;

export interface ProbeResult {
  readonly passed: boolean;
  readonly checks: readonly ProbeCheck[];
  readonly clockOffsetSeconds: number | null;
  /** To be tried again once it has ended; null where the store has no STS or gave nothing. */
  readonly session: ProbeSession | null;
}

interface ProbeOptions {
  /** Of an earlier probe of this store. */
  readonly earlier?: ProbeSession | null;
  /** Where the store writes its access log, for the same keys. */
  readonly log?: { readonly place: StoreLocation; readonly prefix: string } | undefined;
  /** Fails whatever is still to be asked. */
  readonly deadline?: AbortSignal;
}

/**
 * Finds out whether a store can be trusted with grants: that it answers, lists, reads ranges, and refuses what is unsigned,
 * forged, altered or expired. A skipped check proves nothing.
 * @see grants-and-delivery section 6
 */
@Injectable()
export class StoreProbe {
  constructor(
    private readonly client: ProbeClient,
    private readonly guard: EgressGuard,
    private readonly stsProbe: StsProbe,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Connects nowhere when the endpoint is no longer permitted: that is the one failed check then.
   * @param prefix where to look for an object to read; the empty string is the whole bucket.
   */
  async run(
    location: StoreLocation,
    prefix: string,
    { earlier = null, log, deadline = AbortSignal.timeout(DEADLINE_MS) }: ProbeOptions = {},
  ): Promise<ProbeResult> {
    const fault = this.guard.endpointFault(location.endpoint);
    return fault === undefined
      ? this.ask(location, prefix, { earlier, log, deadline })
      : {
          passed: false,
          checks: [{ name: 'endpoint', ...fail(`The endpoint ${fault}`) }],
          clockOffsetSeconds: null,
          session: null,
        };
  }

  private async ask(
    location: StoreLocation,
    prefix: string,
    options: Required<Pick<ProbeOptions, 'earlier' | 'deadline'>> & Pick<ProbeOptions, 'log'>,
  ): Promise<ProbeResult> {
    const { earlier, log, deadline: signal } = options;
    const checks: ProbeCheck[] = [];
    const add = async (name: string, check: () => Promise<Outcome>): Promise<void> => {
      checks.push({ name, ...(await check().catch((error: unknown) => fail(reasonOf(error)))) });
    };
    let sample: StoredObject | undefined;
    let offset: number | null = null;
    await add('tls', () => Promise.resolve(tls(location)));
    await add('list', async () => {
      sample = await this.findObject(location, prefix, signal);
      return pass(sample ? 'Lists objects' : 'Lists, and finds no object to read');
    });
    await add('list_paging', () => this.listPaging(location, prefix, signal));
    await add('clock_offset', async () => {
      offset = await this.clockOffset(location, signal);
      return clockOutcome(offset);
    });
    for (const [name, check] of this.objectChecks(location, signal)) {
      await add(name, () =>
        sample ? check(sample) : Promise.resolve(skip('No object to read under the prefix')),
      );
    }
    const endsUrls = checks.some(
      ({ name, result }) => name === 'expired_url_refused' && result === 'pass',
    );
    await add('revocation_latency', () =>
      sample && endsUrls
        ? this.revocationLatency(location, sample, signal)
        : Promise.resolve(skip('No URL was seen to end')),
    );
    await add('checksum', () => Promise.resolve(skip('The store gives no SHA-256')));
    if (log) {
      await add('access_log', () => this.accessLog(log, signal));
    }
    const session =
      sample && location.sts ? await this.askSts({ location, sample, earlier, signal }, add) : null;
    return { passed: checks.every(isGood), checks, clockOffsetSeconds: offset, session };
  }

  private async askSts(
    asked: {
      location: StoreLocation;
      sample: StoredObject;
      earlier: ProbeSession | null;
      signal: AbortSignal;
    },
    add: (name: string, check: () => Promise<Outcome>) => Promise<void>,
  ): Promise<ProbeSession | null> {
    const opened = await this.stsProbe.open(asked).catch((error: unknown) => fail(reasonOf(error)));
    for (const name of STS_CHECKS) {
      await add(name, () =>
        'result' in opened ? Promise.resolve(opened) : this.stsProbe.run(name, asked, opened),
      );
    }
    return 'result' in opened ? asked.earlier : opened;
  }

  private objectChecks(
    location: StoreLocation,
    signal: AbortSignal,
  ): readonly (readonly [string, (sample: StoredObject) => Promise<Outcome>])[] {
    const presign = (key: string, from: Date, ttlSeconds = 60): string =>
      this.presignHere(location, key, from, ttlSeconds);
    const now = (): Date => this.clock.now();
    const refuses = async (url: string): Promise<Outcome> =>
      refusalOutcome(await this.fetchStatus(url, signal).catch(() => undefined));
    return [
      ['get_range', (sample) => this.getRange(location, sample, signal)],
      ['get_if_match', (sample) => this.getIfMatch(location, sample, signal)],
      [
        'anonymous_refused',
        (sample) => {
          const url = new URL(presign(sample.key, now()));
          return refuses(url.origin + url.pathname);
        },
      ],
      ['forged_signature_refused', (sample) => refuses(forge(presign(sample.key, now())))],
      [
        'altered_key_refused',
        (sample) => {
          const url = new URL(presign(`${sample.key}.other`, now()));
          url.pathname = url.pathname.slice(0, -'.other'.length);
          return refuses(url.href);
        },
      ],
      [
        'expired_url_refused',
        (sample) => refuses(presign(sample.key, new Date(now().getTime() - 3_600_000), 1)),
      ],
    ];
  }

  // `stream` ends with the broker's own socket; a URL ends when the store says so, and that can be seen.
  private async revocationLatency(
    location: StoreLocation,
    { key }: StoredObject,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const start = Math.floor(this.clock.now().getTime() / 1000) * 1000;
    const url = this.presignHere(location, key, new Date(start - 59_000), 60);
    const endsAt = start + 1_000;
    for (let polls = 0; polls < MAX_POLLS; polls += 1) {
      const { status } = await this.fetchStatus(url, signal);
      const late = (this.clock.now().getTime() - endsAt) / 1000;
      if (status >= 400 && status < 500) {
        return pass(`presign: ${Math.max(0, late).toFixed(1)} s after its end`);
      }
      await delay(POLL_MS, undefined, { signal });
    }
    return fail(`A URL still opens ${String((MAX_POLLS * POLL_MS) / 1000)} s after its end`);
  }

  // A folder marker is an object too; the probe wants one with bytes, under a key that could be sealed.
  private async findObject(
    location: StoreLocation,
    prefix: string,
    signal: AbortSignal,
  ): Promise<StoredObject | undefined> {
    const { objects } = await this.client.list(location, prefix, { limit: 100, signal });
    return objects.find(({ size, key }) => size > 1 && keyFault(key) === undefined);
  }

  private async listPaging(
    location: StoreLocation,
    prefix: string,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const first = await this.client.list(location, prefix, { limit: 1, signal });
    if (first.nextToken === undefined) {
      return skip('Fewer than two objects');
    }
    const next = { token: first.nextToken, limit: 1, signal };
    const second = await this.client.list(location, prefix, next);
    return second.objects[0] && second.objects[0].key !== first.objects[0]?.key
      ? pass('Continues where the page before ended')
      : fail('Repeats a page');
  }

  private async clockOffset(location: StoreLocation, signal: AbortSignal): Promise<number> {
    const { date } = await this.fetchStatus(`${location.endpoint}/`, signal);
    if (Number.isNaN(date)) {
      throw new Error('no Date header');
    }
    return Math.round((date - this.clock.now().getTime()) / 1000);
  }

  private async getRange(
    location: StoreLocation,
    { key, size }: StoredObject,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const answer = await this.client.get(location, { key, range: 'bytes=1-1', signal }, 'question');
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += (chunk as Buffer).length;
    }
    return bytes === 1 && answer.contentRange === `bytes 1-1/${String(size)}`
      ? pass('Reads exactly the range')
      : fail('Ignores the range');
  }

  private async getIfMatch(
    location: StoreLocation,
    { key }: StoredObject,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const read = { key, ifMatch: '"no-such-etag"', signal };
    try {
      const answer = await this.client.get(location, read, 'question');
      answer.body.destroy();
      return fail('Serves an object that was replaced');
    } catch (error) {
      return error instanceof ConcordatError && error.code === 'object_changed'
        ? pass('Refuses another ETag')
        : fail(reasonOf(error));
    }
  }

  private async accessLog(
    { place, prefix }: NonNullable<ProbeOptions['log']>,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { objects } = await this.client.list(place, prefix, { limit: 100, signal });
    const sample = objects.find(({ size }) => size > 0);
    if (!sample) {
      return pass('Lists it; nothing has been written there yet');
    }
    const read = { key: sample.key, range: 'bytes=0-0', signal };
    (await this.client.get(place, read, 'question')).body.destroy();
    return pass('Lists and reads it');
  }

  // Where the broker itself reaches the store.
  private presignHere(location: StoreLocation, key: string, now: Date, ttlSeconds: number): string {
    const mark = this.client.ownMark(location, key);
    return presignGet({ location, endpoint: location.endpoint, key, now, ttlSeconds, mark });
  }

  // Not through the SDK: these requests are meant to be wrong. The same guard resolves the host.
  private fetchStatus(url: string, signal: AbortSignal): Promise<{ status: number; date: number }> {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const options = { lookup: this.guard.lookup, timeout: TIMEOUT_MS, signal };
    return new Promise((resolve, reject) => {
      const request = send(url, options, (response) => {
        response.destroy();
        resolve({
          status: response.statusCode ?? 0,
          date: Date.parse(response.headers.date ?? ''),
        });
      });
      request.on('timeout', () => request.destroy(new Error('timed out')));
      request.on('error', reject);
      request.end();
    });
  }
}

function tls({ endpoint }: StoreLocation): Outcome {
  return endpoint.startsWith('https:')
    ? pass('Uses TLS')
    : skip('Plain http, outside production only');
}

function clockOutcome(offset: number): Outcome {
  return Math.abs(offset) <= CLOCK_OFFSET_LIMIT_SECONDS
    ? pass(`${String(offset)} s`)
    : fail(`The store's clock is ${String(offset)} s off`);
}

// Silence and server errors prove nothing: an outage in the middle of a probe shows no store to be open.
function refusalOutcome(answer: { readonly status: number } | undefined): Outcome {
  if (!answer || answer.status >= 500) {
    return skip('The store did not answer');
  }
  return answer.status >= 400
    ? pass(`Refused with ${String(answer.status)}`)
    : fail(`Answered ${String(answer.status)} instead of a refusal`);
}

// tls and checksum may be skipped; without an object nothing about reading is proven. What an STS does closes one mode only,
// and without its log a store is as good as one that never had one: its health says so.
function isGood({ name, result }: ProbeCheck): boolean {
  const mayBeSkipped = ['tls', 'checksum', 'list_paging', 'revocation_latency'].includes(name);
  const closesNoStore = name.startsWith('sts_') || name === 'access_log';
  return result === 'pass' || closesNoStore || (result === 'skip' && mayBeSkipped);
}

function forge(url: string): string {
  const last = url.endsWith('0') ? '1' : '0';
  return url.replace(/(X-Amz-Signature=[0-9a-f]{63})[0-9a-f]/, `$1${last}`);
}
