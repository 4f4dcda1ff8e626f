import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { canonicalJson, type Json } from '../../kernel/canonical-json.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from './database.js';

/** One creating call: who, what route, which key; without a key the call is never a repeat. */
export interface IdempotentCall {
  readonly principalId: string;
  readonly route: string;
  readonly key: string | undefined;
  readonly body: Json;
}

interface StoredAnswer {
  body_sha256: Buffer;
  answer: Json | null;
}

const KEPT_HOURS = 24;
const BATCH = 1_000;

/**
 * Law 10: the same key and body get the same answer; the same key with another body is 409 `idempotency_mismatch`.
 * The row is the transaction's first insert, so a concurrent twin waits for the first to commit or roll back.
 */
@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Forgets, a bounded batch at a time, what is older than a key is kept. @returns how many. */
  async forgetOld(): Promise<number> {
    const [, forgotten] = await this.database.manager.query<[unknown, number]>(
      `DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT ${String(BATCH)}))`,
      [this.oldest()],
    );
    return forgotten;
  }

  async once<T extends Json>(tx: Tx, call: IdempotentCall, work: () => Promise<T>): Promise<T> {
    if (call.key === undefined) {
      return work();
    }
    const bodySha256 = createHash('sha256').update(canonicalJson(call.body)).digest();
    const earlier = await this.claim(tx, call, bodySha256);
    if (earlier) {
      if (!earlier.body_sha256.equals(bodySha256)) {
        throw new ConcordatError('idempotency_mismatch');
      }
      return earlier.answer as T;
    }
    const answer = await work();
    await tx.query(
      `UPDATE idempotency SET answer = $4 WHERE principal_id = $1 AND route = $2 AND key = $3`,
      [call.principalId, call.route, call.key, JSON.stringify(answer)],
    );
    return answer;
  }

  private async claim(
    tx: Tx,
    call: IdempotentCall,
    bodySha256: Buffer,
  ): Promise<StoredAnswer | undefined> {
    const now = this.clock.now();
    await tx.query(
      `DELETE FROM idempotency WHERE principal_id = $1 AND route = $2 AND key = $3 AND created_at < $4`,
      [call.principalId, call.route, call.key, this.oldest()],
    );
    const claimed = await tx.query<unknown[]>(
      `INSERT INTO idempotency (principal_id, route, key, body_sha256, created_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING key`,
      [call.principalId, call.route, call.key, bodySha256, now],
    );
    if (claimed.length > 0) {
      return undefined;
    }
    const [earlier] = await tx.query<StoredAnswer[]>(
      `SELECT body_sha256, answer FROM idempotency
       WHERE principal_id = $1 AND route = $2 AND key = $3`,
      [call.principalId, call.route, call.key],
    );
    return earlier;
  }

  private oldest(): Date {
    return new Date(this.clock.now().getTime() - KEPT_HOURS * 3_600_000);
  }
}
