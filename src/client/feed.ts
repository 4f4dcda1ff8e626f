import { readFile, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal, refusalOf } from './broker.js';
import { ClientError, EXIT } from './client-error.js';
import type { Grant } from './grant.js';
import { isObject } from './json.js';

const LIMIT = 1_000;
const TIMEOUT_MS = 60_000;
const AGAIN_MS = 1_000;

export interface FeedOptions {
  /** Where the cursor is kept between two runs. */
  readonly cursorFile: string | undefined;
  readonly isFollowed: boolean;
  readonly print: (line: string) => void;
}

/** Prints what is new in a feed, each entry once: to the end, or for as long as the grant lives. */
export class Feed {
  private cursor: string | undefined;

  constructor(
    private readonly grant: Grant,
    private readonly url: string,
    private readonly options: FeedOptions,
  ) {}

  async run(): Promise<void> {
    this.cursor = await this.savedCursor();
    while (await this.pull()) {
      // More than one answer holds.
    }
    while (this.options.isFollowed) {
      await this.follow();
    }
  }

  /** @returns whether there is more. */
  private async pull(): Promise<boolean> {
    const query = this.cursor === undefined ? '' : `&cursor=${encodeURIComponent(this.cursor)}`;
    const answer = await this.ask(`${this.url}?limit=${String(LIMIT)}${query}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    for await (const line of linesOf(answer)) {
      const { end, hasMore, cursor, nextCursor, ...entry } = JSON.parse(line) as Record<
        string,
        unknown
      >;
      if (end === true) {
        await this.moveTo(String(nextCursor));
        return hasMore === true;
      }
      this.options.print(JSON.stringify(entry));
      await this.moveTo(String(cursor));
    }
    throw new ClientError(EXIT.failed, 'The answer is not complete: try again');
  }

  /** One stream of events, until its token ends or the connection breaks. */
  private async follow(): Promise<void> {
    const headers: Record<string, string> =
      this.cursor === undefined ? {} : { 'last-event-id': this.cursor };
    try {
      const answer = await this.ask(`${this.url}/events`, { headers });
      await this.readEvents(answer);
    } catch (error) {
      const isOver =
        error instanceof ClientError && !(error instanceof Refusal && isPassing(error));
      if (isOver) {
        throw error;
      }
      await pause(AGAIN_MS);
    }
  }

  private async readEvents(answer: Response): Promise<void> {
    let event: Record<string, string> = {};
    for await (const line of linesOf(answer)) {
      const at = line.indexOf(':');
      if (at > 0) {
        event[line.slice(0, at)] = line.slice(at + 1).trim();
      } else if (line === '' && event['data'] !== undefined) {
        await this.take(event);
        event = {};
      }
    }
  }

  private async take({ id, event, data = '{}' }: Record<string, string>): Promise<void> {
    const value: unknown = JSON.parse(data);
    if (event === 'grant.revoked') {
      const reason = isObject(value) ? String(value['reason']) : 'grant_ended';
      throw new ClientError(EXIT.refused, `The grant has ended: ${reason}`);
    }
    this.options.print(JSON.stringify({ type: event, ...(isObject(value) ? value : {}) }));
    if (id !== undefined) {
      await this.moveTo(id);
    }
  }

  private async ask(url: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(url, {
      ...init,
      headers: { ...(init.headers as object), ...(await this.grant.headers('GET', url)) },
      redirect: 'error',
    });
    if (answer.status === 401) {
      await this.grant.renew();
    }
    if (!answer.ok) {
      throw await refusalOf(answer);
    }
    return answer;
  }

  // After the line was printed: a run that dies in between prints it again rather than never.
  private async moveTo(cursor: string): Promise<void> {
    const { cursorFile } = this.options;
    if (cursorFile !== undefined && cursor !== this.cursor) {
      await writeFile(`${cursorFile}.new`, cursor);
      await rename(`${cursorFile}.new`, cursorFile);
    }
    this.cursor = cursor;
  }

  private async savedCursor(): Promise<string | undefined> {
    const { cursorFile } = this.options;
    const saved =
      cursorFile === undefined ? '' : await readFile(cursorFile, 'utf8').catch(() => '');
    return saved.trim() === '' ? undefined : saved.trim();
  }
}

async function* linesOf(answer: Response): AsyncGenerator<string> {
  if (answer.body) {
    yield* createInterface({ input: Readable.fromWeb(answer.body as never) });
  }
}

function isPassing({ status }: Refusal): boolean {
  return status === 401 || status === 429 || status >= 500;
}
