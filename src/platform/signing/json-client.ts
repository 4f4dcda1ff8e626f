import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Inject, Injectable } from '@nestjs/common';
import { EgressGuard } from '../object-store/egress-guard.js';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 262_144;

export interface FormPost {
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string;
}

/**
 * Reads JSON from a configured address: 5 s in all, 256 KiB, no redirects, and only addresses that the egress guard lets
 * pass. The address checked is the address connected to.
 */
@Injectable()
export class JsonClient {
  constructor(@Inject(EgressGuard) private readonly guard: EgressGuard) {}

  /** @throws Error for anything but a 200 answer with one JSON value. */
  async read(url: string, post?: FormPost): Promise<unknown> {
    const target = new URL(url);
    if (!this.guard.permitsHost(target.hostname)) {
      throw new Error('The address is not public');
    }
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const body = post && new URLSearchParams(post.form).toString();
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      // No agent: a kept connection would outlive the check of its address.
      const options: RequestOptions = { agent: false, lookup: this.guard.lookup, signal };
      const request = send(target, { ...options, ...requestShape(post) }, resolve);
      request.on('error', reject);
      request.end(body);
    });
    try {
      return await parseAnswer(response);
    } finally {
      response.destroy();
    }
  }
}

function requestShape(post: FormPost | undefined): RequestOptions {
  return post
    ? {
        method: 'POST',
        headers: {
          accept: 'application/json',
          authorization: post.authorization,
          'content-type': 'application/x-www-form-urlencoded',
        },
      }
    : { method: 'GET', headers: { accept: 'application/json' } };
}

async function parseAnswer(response: IncomingMessage): Promise<unknown> {
  if (response.statusCode !== 200) {
    throw new Error(`The answer has status ${String(response.statusCode)}`);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) {
      throw new Error('The answer has more than 256 KiB');
    }
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}
