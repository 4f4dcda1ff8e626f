import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import type { Tx } from '../platform/database/database.js';
import { readLastCheck, type LastCheck } from './check/last-check.js';
import { readCheckpoint } from './log/checkpoint.js';
import { CHECKED_ENTRIES, checkLog, tailStart, type LogCheck } from './publisher/log-checks.js';
import { TileStore } from './publisher/tile-store.js';

/** Grants stop when what is published is older (A8). */
const STALLED_MS = 15 * 60_000;
const MAX_HALTS = 20;

/** From the worst to the best: the first that is so. */
type LogState = 'halted' | 'checks_fail' | 'unreadable' | 'not_begun' | 'stalled' | 'intact';

interface Halt {
  readonly code: string;
  /** What was found: it names objects of the log, and nobody. */
  readonly detail: string;
  readonly haltedAt: Date;
  readonly resumedAt: Date | null;
}

/** What the database knows of the log. */
interface Counts {
  readonly size: string;
  readonly publishedSize: string | null;
  readonly publishedAt: Date | null;
  readonly pending: string;
  readonly oldestPendingAt: Date | null;
}

/** How the public log is at this moment. */
export interface LogCondition extends Counts {
  readonly state: LogState;
  /** Newest first. */
  readonly halts: readonly Halt[];
  /** The signed note; null before the first, or when it cannot be read. */
  readonly checkpoint: string | null;
  /** One for each key that signs. */
  readonly verifierKeys: readonly string[];
  /** What was looked at now; none without a checkpoint. */
  readonly checks: readonly LogCheck[];
  /** What was last looked at as a whole. */
  readonly lastCheck: LastCheck;
}

/** Stored objects as they were found; undefined when they could not be read. */
interface Stored {
  readonly note: string | null;
  readonly verifierKeys: readonly string[];
}

const COUNTS = `
  SELECT (SELECT coalesce(max(idx) + 1, 0) FROM log_leaf)::text AS size, s.published_size AS "publishedSize",
    s.published_at AS "publishedAt", p.pending::text AS pending, p.oldest AS "oldestPendingAt"
  FROM (SELECT count(*) AS pending, min(enqueued_at) AS oldest FROM audit_pending) p
    LEFT JOIN log_state s ON s.id = 1`;

const HALTS = `SELECT code, detail, halted_at AS "haltedAt", resumed_at AS "resumedAt" FROM log_halt
  ORDER BY halted_at DESC, id DESC LIMIT ${String(MAX_HALTS)}`;

const TAIL = `SELECT leaf_hash AS hash FROM log_leaf WHERE idx >= $1 AND idx < $1::bigint + $2 ORDER BY idx`;

/** Says how the log is, and looks whether its newest part is what was signed. */
@Injectable()
export class LogHealth {
  private readonly log = new Logger(LogHealth.name);

  constructor(
    @Inject(TileStore) private readonly tiles: TileStore,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async read(tx: Tx): Promise<LogCondition> {
    // Before the database: read after it, a checkpoint may already cover what was placed in between.
    const stored = await this.reading(() => this.stored());
    const [counts] = await tx.query<Counts[]>(COUNTS);
    const halts = await tx.query<Halt[]>(HALTS);
    if (!counts) {
      throw new Error('A count without a row');
    }
    const checks = stored && (await this.reading(() => this.check(tx, stored.note, counts)));
    const state = stateOf({ counts, halts, stored, checks, now: this.clock.now() });
    const { note: checkpoint = null, verifierKeys = [] } = stored ?? {};
    const lastCheck = await readLastCheck(tx);
    return { ...counts, state, halts, checkpoint, verifierKeys, checks: checks ?? [], lastCheck };
  }

  private async stored(): Promise<Stored> {
    const note = (await this.tiles.checkpoint())?.note ?? null;
    const keys = (await this.tiles.read('vkey'))?.toString('utf8') ?? '';
    return { note, verifierKeys: keys.split('\n').filter((key) => key !== '') };
  }

  private async check(tx: Tx, note: string | null, { size }: Counts): Promise<readonly LogCheck[]> {
    if (note === null) {
      return [];
    }
    const start = tailStart(readCheckpoint(note).size);
    const rows = await tx.query<{ hash: Buffer }[]>(TAIL, [
      start.toString(),
      CHECKED_ENTRIES.toString(),
    ]);
    const tail = rows.map(({ hash }) => hash);
    return checkLog(this.tiles, note, { size: BigInt(size), tail });
  }

  // A disk that does not answer is no broken log, and the rest is told all the same.
  private async reading<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (err) {
      this.log.error({ msg: 'The stored log cannot be read', code: 'log_unreadable', err });
      return undefined;
    }
  }
}

interface Found {
  readonly counts: Counts;
  readonly halts: readonly Halt[];
  readonly stored: Stored | undefined;
  readonly checks: readonly LogCheck[] | undefined;
  readonly now: Date;
}

function stateOf({ counts: { publishedAt }, halts, stored, checks, now }: Found): LogState {
  if (halts.some(({ resumedAt }) => resumedAt === null)) {
    return 'halted';
  }
  if (checks?.some(({ holds }) => !holds)) {
    return 'checks_fail';
  }
  if (!stored || !checks) {
    return 'unreadable';
  }
  if (stored.note === null || publishedAt === null) {
    return 'not_begun';
  }
  return now.getTime() - publishedAt.getTime() > STALLED_MS ? 'stalled' : 'intact';
}
