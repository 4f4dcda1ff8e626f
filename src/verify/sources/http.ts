import { setTimeout as delay } from 'node:timers/promises';
import { badInput, Refusal, unreadable } from '../refusal.js';
import type { LogSource } from './log-source.js';

const TIMEOUT_MS = 30_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 500;
const LOCAL = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A log on a server. It is read over TLS or on this machine, follows no redirect, and is asked again when it is busy. */
export class HttpSource implements LogSource {
  private readonly underWay = new Set<AbortController>();
  private isClosed = false;

  private constructor(private readonly base: URL) {}

  /** @throws Refusal `badInput` for an address that is none of those. */
  static at(address: string): HttpSource {
    if (!URL.canParse(address)) {
      throw badInput('the address of the log is no URL');
    }
    const url = new URL(address);
    const isLocal = url.protocol === 'http:' && LOCAL.test(url.hostname);
    if (url.protocol !== 'https:' && !isLocal) {
      throw badInput('a log is read over https, or over http on localhost');
    }
    if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
      throw badInput('the address of the log has more than host and path');
    }
    url.pathname = url.pathname.replace(/\/*$/, '/');
    return new HttpSource(url);
  }

  async read(path: string, maxBytes: number): Promise<Buffer | undefined> {
    for (let tried = 1; ; tried += 1) {
      const answer = await this.ask(path, maxBytes);
      if (answer !== 'busy') {
        return answer;
      }
      if (tried === TRIES || this.isClosed) {
        throw unreadable('the server is busy or out of reach', { object: path });
      }
      await delay(FIRST_PAUSE_MS * 2 ** (tried - 1));
    }
  }

  close(): void {
    this.isClosed = true;
    this.underWay.forEach((request) => {
      request.abort();
    });
  }

  private async ask(path: string, maxBytes: number): Promise<Buffer | undefined | 'busy'> {
    const request = new AbortController();
    this.underWay.add(request);
    const timer = setTimeout(() => {
      request.abort();
    }, TIMEOUT_MS);
    try {
      const { signal } = request;
      const response = await fetch(new URL(path, this.base), { redirect: 'manual', signal });
      if (response.status === 200) {
        return await readBody(response, path, maxBytes);
      }
      await response.body?.cancel();
      if (response.status === 404 || response.status === 410) {
        return undefined;
      }
      if (response.status === 429 || response.status >= 500) {
        return 'busy';
      }
      throw unreadable(`the server answers ${String(response.status)}`, { object: path });
    } catch (error) {
      if (error instanceof Refusal) {
        throw error;
      }
      return 'busy';
    } finally {
      clearTimeout(timer);
      this.underWay.delete(request);
    }
  }
}

async function readBody(response: Response, path: string, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> = response.body ?? ReadableStream.from([]);
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) {
      throw badInput(`it is over ${String(maxBytes)} bytes`, { object: path });
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}
