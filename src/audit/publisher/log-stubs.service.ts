import { Inject, Injectable } from '@nestjs/common';
import { IdFactory } from '../../kernel/ids.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { leafHash } from '../log/merkle.js';
import { LogHalt } from './log-halt.js';

/** So that two recoveries do not make two stubs of one leaf. */
const LOCK = 7_190_103;

/** One statement, which sees one moment: the lock does not keep a place from being filled between two. */
const FOUND = `
  SELECT EXISTS (SELECT FROM log_leaf WHERE idx = $1) AS "isPlaced",
    ARRAY(SELECT e.leaf FROM audit_pending p JOIN audit_event e ON e.id = p.event_id
      WHERE e.leaf_hash = ANY($2::bytea[])) AS waiting`;

const INSERT = `
  INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, reason_codes, leaf, digests)
  SELECT id, type, to_timestamp(seconds), 'success', '{}', '{}', '{}', leaf, ''
  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bytea[]) AS t(id, type, seconds, leaf)`;

interface Found {
  readonly isPlaced: boolean;
  readonly waiting: readonly Buffer[];
}

/** Events of which nothing is left but the published leaf: no fields, no digests, nobody they are about. */
@Injectable()
export class LogStubs {
  constructor(
    private readonly database: Database,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Sees to it that an event waits for each of these leaves, unless they have their places already. */
  async fill(from: bigint, leaves: readonly Buffer[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const [found] = await tx.query<Found[]>(FOUND, [from.toString(), leaves.map(leafHash)]);
      if (!found || found.isPlaced) {
        return;
      }
      const known = new Set(found.waiting.map((leaf) => leaf.toString('latin1')));
      const missing = leaves.filter((leaf) => !known.has(leaf.toString('latin1')));
      const parts = missing.map(publicPart);
      await tx.query(INSERT, [
        missing.map(() => this.ids.next()),
        parts.map(({ k }) => k),
        parts.map(({ t }) => t),
        missing,
      ]);
    });
  }

  /** How many of these places are stubs': an event of ours commits to three fields at least. */
  async count(tx: Tx, from: bigint, to: bigint): Promise<number> {
    const [row] = await tx.query<{ stubs: string }[]>(
      `SELECT count(*) AS stubs FROM log_leaf l JOIN audit_event e ON e.id = l.event_id
       WHERE l.idx >= $1 AND l.idx < $2 AND e.digests = ''`,
      [from.toString(), to.toString()],
    );
    return Number(row?.stubs ?? 0);
  }
}

/** The type and the second that a leaf of ours names. @see audit-log section 2 */
function publicPart(leaf: Buffer): { readonly k: string; readonly t: number } {
  try {
    const { k, t } = JSON.parse(leaf.toString('utf8')) as Record<string, unknown>;
    if (typeof k === 'string' && typeof t === 'number' && Number.isSafeInteger(t)) {
      return { k, t };
    }
  } catch {
    // Said below.
  }
  throw new LogHalt('log_tile_conflict', 'a published entry is no leaf of an event');
}
