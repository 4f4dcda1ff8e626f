import { Inject, Injectable } from '@nestjs/common';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from './egress-guard.js';
import { presignGet } from './presigner.js';
import { StoreClient, type StoredObject } from './store-client.js';
import type { StoreLocation } from './store-location.js';

const TIMEOUT_MS = 10_000;
/** For a whole probe: a store that answers byte by byte keeps no other waiting. */
const DEADLINE_MS = 60_000;
const CLOCK_OFFSET_LIMIT_SECONDS = 30;

export interface ProbeCheck {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export interface ProbeResult {
  readonly passed: boolean;
  readonly checks: readonly ProbeCheck[];
  readonly clockOffsetSeconds: number | null;
}

type Outcome = Omit<ProbeCheck, 'name'>;
const pass = (detail: string): Outcome => ({ result: 'pass', detail });
const fail = (detail: string): Outcome => ({ result: 'fail', detail });
const skip = (detail: string): Outcome => ({ result: 'skip', detail });

/**
 * Finds out whether a store can be trusted with grants: that it answers, lists, reads ranges, and refuses what is unsigned,
 * forged, altered or expired. A skipped check proves nothing.
 * @see grants-and-delivery section 6
 */
@Injectable()
export class StoreProbe {
  constructor(
    private readonly client: StoreClient,
    private readonly guard: EgressGuard,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * Connects nowhere when the endpoint is no longer permitted: that is the one failed check then.
   * @param prefix where to look for an object to read; the empty string is the whole bucket.
   * @param deadline fails whatever is still to be asked.
   */
  async run(
    location: StoreLocation,
    prefix: string,
    deadline = AbortSignal.timeout(DEADLINE_MS),
  ): Promise<ProbeResult> {
    const fault = this.guard.endpointFault(location.endpoint);
    return fault === undefined
      ? this.ask(location, prefix, deadline)
      : {
          passed: false,
          checks: [{ name: 'endpoint', ...fail(`The endpoint ${fault}`) }],
          clockOffsetSeconds: null,
        };
  }

  private async ask(
    location: StoreLocation,
    prefix: string,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
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
    await add('checksum', () => Promise.resolve(skip('The store gives no SHA-256')));
    return { passed: checks.every(isGood), checks, clockOffsetSeconds: offset };
  }

  private objectChecks(
    location: StoreLocation,
    signal: AbortSignal,
  ): readonly (readonly [string, (sample: StoredObject) => Promise<Outcome>])[] {
    const presign = (key: string, from: Date, ttlSeconds = 60): string =>
      presignGet({
        location: { ...location, publicEndpoint: location.endpoint },
        key,
        now: from,
        ttlSeconds,
      });
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

  // A folder marker is an object too; the probe wants one with bytes.
  private async findObject(
    location: StoreLocation,
    prefix: string,
    signal: AbortSignal,
  ): Promise<StoredObject | undefined> {
    const { objects } = await this.client.list(location, prefix, { limit: 100, signal });
    return objects.find(({ size, key }) => size > 1 && !key.endsWith('/'));
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

// tls and checksum may be skipped; without an object nothing about reading is proven.
function isGood({ name, result }: ProbeCheck): boolean {
  const mayBeSkipped = ['tls', 'checksum', 'list_paging'].includes(name);
  return result === 'pass' || (result === 'skip' && mayBeSkipped);
}

function forge(url: string): string {
  const last = url.endsWith('0') ? '1' : '0';
  return url.replace(/(X-Amz-Signature=[0-9a-f]{63})[0-9a-f]/, `$1${last}`);
}

function reasonOf(error: unknown): string {
  return error instanceof ConcordatError ? error.message : 'The store did not answer as S3 does.';
}
