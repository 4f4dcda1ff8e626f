import type { ObjectFolder } from '../../platform/object-folder/object-folder.js';
import type { Checkpoint } from '../log/checkpoint.js';
import { EMPTY_ROOT } from '../log/merkle.js';
import { LogHalt } from './log-halt.js';

const NAME = 'head';
const SERVED_AS = { contentType: 'application/json', cacheControl: 'no-store' };

/** What was last going to be signed, and which version of the record says so. */
export interface Head extends Checkpoint {
  readonly version: string | undefined;
}

/**
 * The one record of the published size that is not in the main database, so that no restore of that takes it back
 * (audit-log section 8, step 4).
 */
export class LogHead {
  constructor(
    private readonly folder: ObjectFolder,
    private readonly origin: string,
  ) {}

  /** @throws LogHalt `log_behind` when the record is another log's, or unreadable. */
  async read(): Promise<Head> {
    const stored = await this.folder.read(NAME);
    if (!stored) {
      return { origin: this.origin, size: 0n, root: EMPTY_ROOT, version: undefined };
    }
    const head = parseHead(stored.bytes);
    if (head?.origin !== this.origin) {
      throw new LogHalt('log_behind', 'the record of the published size is of another log');
    }
    return { ...head, version: stored.version };
  }

  /** @returns false when somebody else went on from the same head. */
  async advance(from: Head, size: bigint, root: Buffer): Promise<boolean> {
    if (size < from.size || (size === from.size && !root.equals(from.root))) {
      throw new LogHalt('log_behind', 'the tree would not be one that continues the published one');
    }
    const text = JSON.stringify({
      origin: this.origin,
      size: size.toString(),
      root: root.toString('base64'),
    });
    return this.folder.replace(NAME, Buffer.from(`${text}\n`), from.version, SERVED_AS);
  }
}

function parseHead(bytes: Buffer): Checkpoint | undefined {
  try {
    const { origin, size, root } = JSON.parse(bytes.toString('utf8')) as Record<string, string>;
    const hash = Buffer.from(root ?? '', 'base64');
    return origin !== undefined && size !== undefined && hash.length === EMPTY_ROOT.length
      ? { origin, size: BigInt(size), root: hash }
      : undefined;
  } catch {
    return undefined;
  }
}
