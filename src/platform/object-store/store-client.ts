import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ConcordatError } from '../../kernel/errors.js';
import { EgressGuard } from './egress-guard.js';
import { READ_MARK } from './read-mark.rules.js';
import { ReadMarks } from './read-marks.js';
import { StoreBreakers } from './store-breakers.js';
import type { StoreLocation } from './store-location.js';

/** Two for each store. */
const MAX_CLIENTS = 400;
const CONNECT_MS = 2_000;
const REQUEST_MS = 10_000;
const SOCKET_IDLE_MS = 30_000;
const MAX_SOCKETS = 256;

export interface StoredObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  readonly nextToken: string | undefined;
}

export interface ObjectRead {
  readonly key: string;
  readonly range?: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly versionId?: string | null | undefined;
  /** Why it is read, for the store's log; absent: for the broker itself. */
  readonly mark?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PageRead {
  /** `nextToken` of the page before. */
  readonly token?: string | undefined;
  /** Only keys after this one. */
  readonly after?: string | undefined;
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a request is for: callers' streams may take every connection of theirs and none of the broker's own questions. */
type Lane = 'stream' | 'question';

export interface ObjectAnswer {
  readonly body: Readable;
  readonly contentLength: number;
  readonly contentRange: string | undefined;
  readonly etag: string;
  readonly requestId: string | undefined;
}

/** S3 for partner stores: one client per (lane, endpoint, region, credential), bounded, guarded, with timeouts. */
@Injectable()
export class StoreClient implements OnApplicationShutdown {
  private readonly clients = new LRUCache<string, S3Client>({
    max: MAX_CLIENTS,
    dispose: (client) => {
      client.destroy();
    },
  });

  constructor(
    private readonly guard: EgressGuard,
    @Optional() private readonly breakers?: StoreBreakers,
    @Optional() private readonly marks?: ReadMarks,
  ) {}

  /** Marks a read that the broker makes for itself; undefined where nobody looks for marks. */
  ownMark({ bucket }: StoreLocation, key: string): string | undefined {
    return this.marks?.own({ bucket, key });
  }

  /** One page of a prefix, at most 1,000 objects, in the store's order. */
  async list(
    location: StoreLocation,
    prefix: string,
    { token, after, limit = 1000, signal }: PageRead = {},
  ): Promise<ObjectPage> {
    const answer = await this.send(location, 'question', (client) =>
      client.send(
        new ListObjectsV2Command({
          Bucket: location.bucket,
          Prefix: prefix,
          MaxKeys: limit,
          ContinuationToken: token,
          StartAfter: after,
        }),
        abortedBy(signal),
      ),
    );
    return {
      objects: (answer.Contents ?? []).map(({ Key, Size, ETag, LastModified }) => ({
        key: Key ?? '',
        size: Size ?? 0,
        etag: ETag ?? '',
        lastModified: LastModified ?? new Date(0),
      })),
      nextToken: answer.IsTruncated === true ? answer.NextContinuationToken : undefined,
    };
  }

  /** @throws ConcordatError `not_found`, `object_changed`, `range_not_satisfiable`, `store_unreachable`, `store_failed`. */
  async get(
    location: StoreLocation,
    read: ObjectRead,
    lane: Lane = 'stream',
  ): Promise<ObjectAnswer> {
    const command = new GetObjectCommand({
      Bucket: location.bucket,
      Key: read.key,
      Range: read.range,
      IfMatch: read.ifMatch,
      VersionId: read.versionId ?? undefined,
    });
    markRead(command, read.mark ?? this.ownMark(location, read.key));
    const answer = await this.send(location, lane, (client) =>
      client.send(command, abortedBy(read.signal)),
    );
    return {
      body: answer.Body as Readable,
      contentLength: answer.ContentLength ?? 0,
      contentRange: answer.ContentRange,
      etag: answer.ETag ?? '',
      requestId: answer.$metadata.requestId,
    };
  }

  async head(location: StoreLocation, key: string): Promise<{ size: number; etag: string }> {
    const answer = await this.send(location, 'question', (client) =>
      client.send(new HeadObjectCommand({ Bucket: location.bucket, Key: key })),
    );
    return { size: answer.ContentLength ?? 0, etag: answer.ETag ?? '' };
  }

  onApplicationShutdown(): void {
    this.clients.clear();
  }

  /** @throws ConcordatError with the store's own words as its cause. */
  protected async send<T>(
    location: StoreLocation,
    lane: Lane,
    call: (client: S3Client) => Promise<T>,
  ): Promise<T> {
    const fault = this.guard.endpointFault(location.endpoint);
    if (fault !== undefined) {
      throw new ConcordatError('location_invalid');
    }
    const ask = (): Promise<T> => call(this.clientOf(location, lane));
    try {
      const name = JSON.stringify([location.endpoint, location.bucket]);
      return await (this.breakers ? this.breakers.through(name, ask, verdictOf) : ask());
    } catch (error) {
      throw error instanceof ConcordatError ? error : translate(error);
    }
  }

  private clientOf(location: StoreLocation, lane: Lane): S3Client {
    const { endpoint, region, accessKeyId, secretAccessKey, sessionToken, addressing } = location;
    const session = sessionToken === undefined ? {} : { sessionToken };
    const credentials = { accessKeyId, secretAccessKey, ...session };
    const name = JSON.stringify([lane, endpoint, region, credentials, addressing]);
    const known = this.clients.get(name);
    if (known) {
      return known;
    }
    const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, lookup: this.guard.lookup };
    const client = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: addressing === 'path',
      followRegionRedirects: false,
      maxAttempts: 3,
      retryMode: 'standard',
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: REQUEST_MS,
        socketTimeout: SOCKET_IDLE_MS,
        throwOnRequestTimeout: true,
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
      },
    });
    this.clients.set(name, client);
    return client;
  }
}

/** The same without a breaker: a probe is what finds out how a store is. */
export abstract class ProbeClient extends StoreClient {}

// Before it is signed, so that the mark is part of what was asked.
function markRead(command: GetObjectCommand, mark: string | undefined): void {
  if (mark === undefined) {
    return;
  }
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { query?: Record<string, string> };
      request.query = { ...request.query, [READ_MARK]: mark };
      return next(args);
    },
    { step: 'build', name: 'markRead' },
  );
}

// A store that refuses or does not know a key is well; one that does not answer, or is beside itself, is not.
function verdictOf(error: unknown): 'ill' | 'well' | 'neutral' {
  if (error instanceof Error && error.name === 'AbortError') {
    return 'neutral';
  }
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status !== undefined && status < 500 ? 'well' : 'ill';
}

function abortedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

// The SDK's messages may name the bucket, the endpoint or the key id: they reach the log as cause, never the caller.
function translate(error: unknown): unknown {
  if (!(error instanceof S3ServiceException)) {
    return error instanceof Error && error.name === 'AbortError'
      ? error
      : new ConcordatError('store_unreachable', {}, { cause: error });
  }
  switch (error.$metadata.httpStatusCode) {
    case 404:
      return new ConcordatError('not_found', {}, { cause: error });
    case 412:
      return new ConcordatError('object_changed', {}, { cause: error });
    case 416:
      return new ConcordatError('range_not_satisfiable', {}, { cause: error });
    default:
      return new ConcordatError('store_failed', {}, { cause: error });
  }
}
