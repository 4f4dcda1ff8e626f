import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../../config/config.js';
import { EgressGuard } from '../../../platform/object-store/egress-guard.js';
import { HarvestLimits } from '../harvest-limits.js';
import { sourceAddressFault } from './source-address.rules.js';
import { SourceFault } from './source-fault.js';

const MAX_REDIRECTS = 4;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const GONE = new Set([404, 410]);
const UNRESOLVED = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);

/** How much of an answer is read, and how long it may take. */
export interface ReadBounds {
  readonly maxBytes: number;
  /** A whole catalogue takes longer than a page of one. */
  readonly isDocument?: boolean;
  /** What was read before: the source may say that it is the same. */
  readonly etag?: string | null;
}

/** What a source answered: JSON, not yet read; or that nothing has changed. */
export type SourceAnswer =
  | { readonly isUnchanged: true }
  | {
      readonly isUnchanged: false;
      readonly etag: string | null;
      /** Throws SourceFault when it is too large, or takes too long. */
      readonly body: AsyncIterable<Buffer>;
    };

interface Time {
  readonly signal: AbortSignal;
  /** That the source took too long, and not that this process stops. */
  readonly isOver: () => boolean;
  /** It said nothing for too long, whatever the broken connection then says. */
  isSilent: boolean;
}

/**
 * Reads what somebody else's server says, trusting none of it: only public addresses, and the address checked is the
 * address connected to, at each redirect anew; no cookies, no credentials, nothing compressed, and never more than asked for.
 */
@Injectable()
export class SourceClient {
  constructor(
    private readonly guard: EgressGuard,
    @Inject(Config) private readonly config: Pick<Config, 'environment'>,
    @Inject(HarvestLimits) private readonly limits: HarvestLimits,
  ) {}

  /** @throws SourceFault for whatever is no JSON document of a size that is read. */
  async get(url: string, bounds: ReadBounds, stopping?: AbortSignal): Promise<SourceAnswer> {
    const deadline = AbortSignal.timeout(
      bounds.isDocument === true ? this.limits.documentMs : this.limits.pageMs,
    );
    const time = {
      signal: AbortSignal.any(stopping ? [stopping, deadline] : [deadline]),
      isOver: () => deadline.aborted && stopping?.aborted !== true,
      isSilent: false,
    };
    const response = await this.follow(url, bounds, time);
    if (response.statusCode === 304) {
      response.destroy();
      return { isUnchanged: true };
    }
    const fault = answerFault(response, bounds.maxBytes);
    if (fault) {
      response.destroy();
      throw fault;
    }
    const { etag } = response.headers;
    return {
      isUnchanged: false,
      etag: etag !== undefined && etag.length <= 500 ? etag : null,
      body: bounded(response, bounds.maxBytes, time),
    };
  }

  private async follow(url: string, bounds: ReadBounds, time: Time): Promise<IncomingMessage> {
    let target = url;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      const response = await this.ask(target, bounds, time);
      const { location } = response.headers;
      if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) {
        return response;
      }
      response.destroy();
      const next = URL.parse(location, target);
      if (next === null) {
        throw new SourceFault('redirects to no address');
      }
      target = next.href;
    }
    throw new SourceFault(`redirects more than ${String(MAX_REDIRECTS)} times`);
  }

  private ask(url: string, { etag }: ReadBounds, time: Time): Promise<IncomingMessage> {
    const fault = this.addressFault(url);
    if (fault !== undefined) {
      return Promise.reject(new SourceFault(`has an address that ${fault}`));
    }
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const options: RequestOptions = {
      // No agent: a kept connection would outlive the check of its address.
      agent: false,
      lookup: this.guard.lookup,
      signal: time.signal,
      timeout: this.limits.idleMs,
      headers: {
        accept: 'application/json, application/ld+json;q=0.9',
        'accept-encoding': 'identity',
        'user-agent': 'Concordat-Harvester',
        ...(typeof etag === 'string' ? { 'if-none-match': etag } : {}),
      },
    };
    return new Promise((resolve, reject) => {
      const request = send(url, options, resolve);
      request.on('timeout', () => {
        time.isSilent = true;
        request.destroy();
      });
      request.on('error', (error) => {
        reject(asFault(error, time));
      });
      request.end();
    });
  }

  /** Why a source may not be at an address, by its text; where its name leads is checked when it is connected to. */
  addressFault(url: string): string | undefined {
    const isProduction = this.config.environment === 'production';
    const fault = sourceAddressFault(url, isProduction);
    return fault ?? (this.guard.permitsHost(new URL(url).hostname) ? undefined : 'is not public');
  }
}

function answerFault(response: IncomingMessage, maxBytes: number): SourceFault | undefined {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    return new SourceFault(`answers with status ${String(statusCode)}`, GONE.has(statusCode));
  }
  if (/^\s*(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '')) {
    return new SourceFault('answers with a page of HTML, and not with JSON');
  }
  if (!['identity', undefined].includes(headers['content-encoding'])) {
    return new SourceFault('answers compressed, which it was not asked for');
  }
  return Number(headers['content-length'] ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
}

async function* bounded(
  response: IncomingMessage,
  maxBytes: number,
  time: Time,
): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) {
        throw tooLarge(maxBytes);
      }
      yield chunk;
    }
  } catch (error) {
    throw asFault(error, time);
  } finally {
    response.destroy();
  }
}

function tooLarge(maxBytes: number): SourceFault {
  return new SourceFault(`answers with more than ${String(maxBytes / 1_048_576)} MiB`);
}

function asFault(error: unknown, time: Time): Error {
  if (error instanceof SourceFault) {
    return error;
  }
  if (time.isSilent) {
    return new SourceFault('does not answer in time');
  }
  if (time.signal.aborted) {
    return time.isOver() ? new SourceFault('takes too long to answer') : new Error('Stopped');
  }
  // Of a connection only what kind of failure it was: texts of the system name addresses, and whether a name that leads
  // inside is there at all is nobody's to learn here.
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === undefined || UNRESOLVED.has(code)
    ? new SourceFault('is at no public address that can be found')
    : new SourceFault(`cannot be reached (${code})`);
}
