import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { ConcordatError, isConcordatError } from '../kernel/errors.js';
import { Database } from '../platform/database/database.js';
import { readCheckpoint } from './log/checkpoint.js';
import { tlogProof } from './log/tlog-proof.js';
import { TileStore } from './publisher/tile-store.js';

const POLL_MS = 200;

/** Proofs that an event is in the published log, for somebody who trusts nobody here. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: Database,
    @Inject(TileStore) private readonly tiles: TileStore,
  ) {}

  /**
   * @returns the text of a `.tlog-proof` for an event that the caller has a right to.
   * @throws ConcordatError `receipt_pending` (409) before a checkpoint covers it; `not_found` for no event.
   * @see audit-log section 6
   */
  async of(eventId: string): Promise<string> {
    const [event] = await this.database.manager.query<{ leaf: Buffer; idx: string | null }[]>(
      `SELECT e.leaf, l.idx FROM audit_event e LEFT JOIN log_leaf l ON l.event_id = e.id WHERE e.id = $1`,
      [eventId],
    );
    if (!event) {
      throw new ConcordatError('not_found');
    }
    const checkpoint = event.idx === null ? undefined : await this.tiles.checkpoint();
    const index = BigInt(event.idx ?? 0);
    if (!checkpoint || index >= readCheckpoint(checkpoint.note).size) {
      throw new ConcordatError('receipt_pending');
    }
    const { size } = readCheckpoint(checkpoint.note);
    const path = await this.tiles.tree(size).inclusionProof(index);
    return tlogProof({ leaf: event.leaf, index, path, checkpoint: checkpoint.note });
  }

  /**
   * Receipts of many events under one checkpoint; those that it does not cover yet are left out.
   * @param note as `checkpoint` returned it.
   */
  async under(
    note: string,
    events: readonly { readonly id: string; readonly leaf: Buffer }[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.manager.query<{ id: string; idx: string }[]>(
      'SELECT event_id AS id, idx FROM log_leaf WHERE event_id = ANY($1)',
      [events.map(({ id }) => id)],
    );
    const { size } = readCheckpoint(note);
    const tree = this.tiles.tree(size);
    const leaves = new Map(events.map(({ id, leaf }) => [id, leaf]));
    const receipts = new Map<string, string>();
    for (const { id, idx } of rows) {
      const [index, leaf] = [BigInt(idx), leaves.get(id)];
      if (leaf && index < size) {
        const path = await tree.inclusionProof(index);
        receipts.set(id, tlogProof({ leaf, index, path, checkpoint: note }));
      }
    }
    return receipts;
  }

  /** The keys that checkpoints are signed with, one to a line; null before the first. */
  async verifierKeys(): Promise<string | null> {
    return (await this.tiles.read('vkey'))?.toString('utf8') ?? null;
  }

  /** The log's checkpoint, a signed note; null before the first. */
  async checkpoint(): Promise<string | null> {
    return (await this.tiles.checkpoint())?.note ?? null;
  }

  /** The receipt, as soon as it is there; undefined when it is not within `ms`. */
  async within(eventId: string, ms: number): Promise<string | undefined> {
    for (let left = ms; ; left -= POLL_MS) {
      try {
        return await this.of(eventId);
      } catch (error) {
        if (!isConcordatError(error, 'receipt_pending')) {
          throw error;
        }
      }
      if (left <= 0) {
        return undefined;
      }
      await pause(Math.min(left, POLL_MS));
    }
  }
}
