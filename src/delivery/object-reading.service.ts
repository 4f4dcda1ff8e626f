import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { decodeObjectPath } from '../platform/object-store/object-name.rules.js';
import { GrantAccess } from './access/grant-access.service.js';
import type { Admission, DeliveryCaller, ManifestEntry } from './delivery.types.js';
import { GrantObjects } from './manifest/grant-objects.js';
import { UrlIssuing } from './presign/url-issuing.service.js';
import { parseRange, type BytePart } from './stream/byte-range.rules.js';
import { contentRange, objectHeaders, validatorHeaders } from './stream/object-headers.rules.js';
import { ObjectStreams } from './stream/object-stream.service.js';
import { mayServeRange, precondition, strongEtag } from './stream/preconditions.rules.js';

/** What of an HTTP request says which bytes are wanted. */
export interface ObjectRequest {
  readonly method: string;
  /** The path behind `objects/`, still percent-encoded. */
  readonly rawPath: string;
  readonly headers: IncomingHttpHeaders;
}

/** One object to the holder of a grant: its bytes, or where to fetch them; from the API and the console alike. */
@Injectable()
export class ObjectReading {
  constructor(
    private readonly access: GrantAccess,
    private readonly objects: GrantObjects,
    private readonly streams: ObjectStreams,
    private readonly issuing: UrlIssuing,
  ) {}

  /**
   * Answers. Throws only while nothing has been sent.
   * @throws ConcordatError `object_name_refused` (400), `not_found` (404), `if_match_failed` (412),
   * `range_not_satisfiable` (416), and what `GrantAccess.admit`, `ObjectStreams.send` and `UrlIssuing.issue` throw.
   */
  async answer(
    caller: DeliveryCaller,
    request: ObjectRequest,
    response: ServerResponse,
  ): Promise<void> {
    const name = decodeObjectPath(request.rawPath);
    const admission = await this.access.admit(caller);
    const entry = await this.objects.find(admission.grant, name);
    if (!entry) {
      throw new ConcordatError('not_found');
    }
    if (!isWanted(entry, request)) {
      response.writeHead(304, validatorHeaders(entry)).end();
    } else if (request.method === 'HEAD') {
      // RFC 9110 section 14.2: only GET has ranges. No byte leaves, so nothing is charged.
      response.writeHead(200, objectHeaders(entry, undefined)).end();
    } else {
      const part = partOf(entry, request, response);
      await this.send(admission, entry, part, response);
    }
  }

  private async send(
    admission: Admission,
    entry: ManifestEntry,
    part: BytePart | undefined,
    response: ServerResponse,
  ): Promise<void> {
    if (admission.grant.delivery !== 'presign') {
      await this.streams.send(admission, entry, part, response);
      return;
    }
    const { urls } = await this.issuing.issue(admission, [entry]);
    response.writeHead(307, { Location: urls[0], 'Content-Length': '0' }).end();
  }
}

function isWanted(entry: ManifestEntry, { headers }: ObjectRequest): boolean {
  const { lastModified } = entry;
  const outcome = precondition(headers, { etag: strongEtag(entry.etag), lastModified });
  if (outcome === 'failed') {
    throw new ConcordatError('if_match_failed');
  }
  return outcome === 'holds';
}

function partOf(
  entry: ManifestEntry,
  { headers }: ObjectRequest,
  response: ServerResponse,
): BytePart | undefined {
  const isSame = mayServeRange(
    { 'if-range': headers['if-range'] as string | undefined },
    strongEtag(entry.etag),
  );
  try {
    return isSame ? parseRange(headers.range, entry.size) : undefined;
  } catch (error) {
    if (isConcordatError(error, 'range_not_satisfiable')) {
      response.setHeader('Content-Range', contentRange(entry.size, undefined));
    }
    throw error;
  }
}
