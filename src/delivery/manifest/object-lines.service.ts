import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { isConcordatError } from '../../kernel/errors.js';
import { GrantAccess } from '../access/grant-access.service.js';
import { GrantUse } from '../access/grant-use.service.js';
import type { DeliveryCaller, DeliveryGrant, ManifestEntry } from '../delivery.types.js';
import { LiveStreams, type LiveStream } from '../live/live-streams.js';
import { watchPace } from '../stream/pace.js';
import { StreamLimits } from '../stream/stream-limits.js';
import { GrantObjects } from './grant-objects.js';
import { objectUrl, toObjectView } from './object-view.js';

const ROWS = 1000;

interface EndLine {
  readonly count: number;
  /** Where to go on after an error. */
  readonly nextPageToken: string | null;
  readonly error: string | null;
}

/** A whole manifest as NDJSON: one page of it in memory at a time, read when the caller has taken the one before. */
@Injectable()
export class ObjectLines {
  private readonly log = new Logger(ObjectLines.name);

  // eslint-disable-next-line max-params -- one stream's whole life
  constructor(
    private readonly access: GrantAccess,
    private readonly use: GrantUse,
    private readonly objects: GrantObjects,
    private readonly live: LiveStreams,
    @Inject(StreamLimits) private readonly limits: StreamLimits,
    @Inject(Config) private readonly config: Config,
  ) {}

  /**
   * Throws only while nothing has been sent. The last line says `end`; a list without it is not complete, as when the
   * grant ends on the way.
   * @throws ConcordatError `page_token_invalid` (400), and what `GrantAccess.admit` and `LiveStreams.open` throw.
   */
  async send(
    caller: DeliveryCaller,
    pageToken: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const admission = await this.access.admit(caller);
    const { grant } = admission;
    const stream = this.live.open(grant, admission.clientId);
    try {
      const first = await this.objects.page(grant, pageToken, ROWS);
      await this.use.commit(admission, 'object.listed', {});
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      await this.pour(this.lines(grant, first), stream, response);
    } finally {
      this.live.close(stream);
    }
  }

  private async pour(
    lines: AsyncIterable<string>,
    stream: LiveStream,
    response: ServerResponse,
  ): Promise<void> {
    const stopWatching = watchPace(response, stream, this.limits);
    try {
      await pipeline(counted(lines, stream), response, { signal: stream.signal });
    } catch (error) {
      // The caller sees it by the missing end line.
      this.log.debug({ msg: 'A list was cut', code: stream.reason ?? 'client_gone', err: error });
    } finally {
      stopWatching();
    }
  }

  private async *lines(
    grant: DeliveryGrant,
    first: Awaited<ReturnType<GrantObjects['page']>>,
  ): AsyncGenerator<string> {
    let page = first;
    let count = 0;
    try {
      for (;;) {
        count += page.items.length;
        yield page.items.map((entry) => this.line(grant, entry)).join('');
        if (page.nextPageToken === null) {
          yield endLine({ count, nextPageToken: null, error: null });
          return;
        }
        page = await this.objects.page(grant, page.nextPageToken, ROWS);
      }
    } catch (error) {
      this.log.error({ msg: 'A list broke off', code: 'manifest_failed', err: error });
      const code = isConcordatError(error) ? error.code : 'service_unavailable';
      yield endLine({ count, nextPageToken: page.nextPageToken, error: code });
    }
  }

  private line({ id }: DeliveryGrant, entry: ManifestEntry): string {
    const url = objectUrl(this.config.publicUrl, id, entry.name);
    return `${JSON.stringify(toObjectView(entry, url, null))}\n`;
  }
}

async function* counted(lines: AsyncIterable<string>, stream: LiveStream): AsyncGenerator<string> {
  for await (const text of lines) {
    stream.bytes += Buffer.byteLength(text);
    yield text;
  }
}

function endLine(end: EndLine): string {
  return `${JSON.stringify({ end: true, ...end })}\n`;
}
