import type { ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { objectKey } from '../../platform/object-store/object-name.rules.js';
import { StoreClient, type ObjectAnswer } from '../../platform/object-store/store-client.js';
import { StoreLocations } from '../../stores/store-locations.service.js';
import type { Admission, CutReason, ManifestEntry } from '../delivery.types.js';
import { LiveStreams } from '../live/live-streams.js';
import { lengthOf, type BytePart } from './byte-range.rules.js';
import { ChecksumMismatch } from './held-tail.js';
import { objectHeaders } from './object-headers.rules.js';
import { strongEtag } from './preconditions.rules.js';
import { StreamEnding } from './stream-ending.service.js';
import { StreamLimits } from './stream-limits.js';
import { StreamOpening, rangeText, type Reading } from './stream-opening.service.js';
import { transfer } from './transfer.js';

/** Bytes through the broker: opened in one transaction, cut when the grant ends, settled in another. */
@Injectable()
export class ObjectStreams {
  // eslint-disable-next-line max-params -- one stream's whole life
  constructor(
    private readonly live: LiveStreams,
    private readonly opening: StreamOpening,
    private readonly ending: StreamEnding,
    private readonly locations: StoreLocations,
    private readonly store: StoreClient,
    @Inject(StreamLimits) private readonly limits: StreamLimits,
  ) {}

  /**
   * Answers with the bytes. Throws only while nothing has been sent; a later failure cuts the connection.
   * @throws ConcordatError `rate_limited`, `grant_not_live`, `budget_exhausted`, `object_changed`, `store_unreachable`,
   * `store_failed`.
   */
  async send(
    admission: Admission,
    entry: ManifestEntry,
    part: BytePart | undefined,
    response: ServerResponse,
  ): Promise<void> {
    // Who is gone already is sent nothing and charged nothing; only a later end is heard as an event.
    if (response.closed) {
      return;
    }
    const stream = this.live.open(admission.grant, admission.clientId);
    const noticeAbort = (): void => {
      if (!response.writableFinished) {
        stream.cut('client_gone');
      }
    };
    response.once('close', noticeAbort);
    const reading: Reading = { admission, entry, part, stream };
    try {
      const openedEventId = await this.opening.open(reading, this.live.nodeId);
      await this.sendOpened(reading, openedEventId, response);
    } finally {
      response.off('close', noticeAbort);
      this.live.close(stream);
    }
  }

  private async sendOpened(
    reading: Reading,
    openedEventId: string,
    response: ServerResponse,
  ): Promise<void> {
    const { entry, part, stream } = reading;
    let failure: unknown;
    try {
      const answer = await this.fetch(reading, openedEventId);
      response.writeHead(part === undefined ? 200 : 206, objectHeaders(entry, part));
      await transfer({
        body: answer.body,
        response,
        stream,
        limits: this.limits,
        sha256: part === undefined ? entry.sha256 : null,
      });
    } catch (error) {
      failure = error;
    }
    stream.isUnderWay = false;
    await this.ending.end(reading, failure === undefined ? undefined : reasonOf(reading, failure));
    if (failure !== undefined && !response.headersSent) {
      throw refusalOf(stream.reason, failure);
    }
  }

  // The store is asked for the sealed ETag, and its answer is not believed without a look: some ignore If-Match or Range.
  private async fetch(
    { admission, entry, part, stream }: Reading,
    mark: string,
  ): Promise<ObjectAnswer> {
    const { storeId, prefix } = admission.grant;
    const location = await this.locations.locationOf(storeId);
    const etag = strongEtag(entry.etag);
    try {
      const answer = await this.store.get(location, {
        key: objectKey(prefix, entry.name),
        range: part && `bytes=${rangeText(part) ?? ''}`,
        ifMatch: etag,
        versionId: entry.versionId,
        mark,
        signal: stream.signal,
      });
      if (strongEtag(answer.etag) !== etag) {
        answer.body.destroy();
        throw new ConcordatError('object_changed');
      }
      if (answer.contentLength !== lengthOf(entry.size, part)) {
        answer.body.destroy();
        throw new ConcordatError('store_failed');
      }
      return answer;
    } catch (error) {
      if (isGone(error)) {
        throw new ConcordatError('object_changed', {}, { cause: error });
      }
      throw error;
    }
  }
}

// A sealed object that is no longer there, or too short for its range, is not the sealed one.
function isGone(error: unknown): boolean {
  return isConcordatError(error, 'not_found') || isConcordatError(error, 'range_not_satisfiable');
}

// A stream cut before its first byte is still an answer: why it was cut, if that is the caller's to know.
function refusalOf(reason: CutReason | undefined, failure: unknown): Error {
  if (reason === 'grant_ended' || reason === 'grant_expired' || reason === 'program_stopped') {
    return new ConcordatError('grant_not_live');
  }
  if (reason === 'database_lost' || reason === 'node_stopping') {
    return new ConcordatError('service_unavailable');
  }
  return failure instanceof Error ? failure : new Error('A stream failed', { cause: failure });
}

function reasonOf({ stream }: Reading, failure: unknown): CutReason {
  if (stream.reason !== undefined) {
    return stream.reason;
  }
  if (failure instanceof ChecksumMismatch) {
    return 'checksum_mismatch';
  }
  return isConcordatError(failure, 'object_changed') ? 'object_changed' : 'store_failed';
}
