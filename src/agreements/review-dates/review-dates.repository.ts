import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import type { Reviewed } from './review-date.rules.js';

/** One version of one agreement. */
interface VersionKey {
  readonly id: string;
  readonly version: number;
}

const COLUMN: Readonly<Record<Reviewed, string>> = {
  agreement: 'next_review_on',
  dpia: 'next_dpia_review_on',
};

/** Review dates, which change outside the signed content: the terms name the first, a completed review the next. */
@Injectable()
export class ReviewDatesRepository {
  /** The version in force, or suspended. */
  async findLive(manager: EntityManager, id: string): Promise<number | undefined> {
    const [row] = await manager.query<{ version: number }[]>(
      `SELECT version FROM agreement_version WHERE agreement_id = $1 AND status IN ('active', 'suspended')`,
      [id],
    );
    return row?.version;
  }

  async setNext(
    tx: Tx,
    { id, version }: VersionKey,
    reviewed: Reviewed,
    nextReviewOn: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE agreement_version SET ${COLUMN[reviewed]} = $3 WHERE agreement_id = $1 AND version = $2`,
      [id, version, nextReviewOn],
    );
  }

  /** What was reviewed under a version stays so under the next, unless the terms of that name another first review. */
  async carry(tx: Tx, from: VersionKey, to: VersionKey): Promise<void> {
    await tx.query(
      `UPDATE agreement_version v SET
         next_review_on = CASE WHEN v.terms ->> 'reviewOn' = b.terms ->> 'reviewOn' THEN b.next_review_on END,
         next_dpia_review_on = CASE WHEN v.terms -> 'dpia' ->> 'reviewOn' IS NOT DISTINCT FROM
           b.terms -> 'dpia' ->> 'reviewOn' THEN b.next_dpia_review_on END
       FROM agreement_version b WHERE v.agreement_id = $1 AND v.version = $2 AND b.agreement_id = $1 AND b.version = $3`,
      [to.id, to.version, from.version],
    );
  }

  /** Versions in force whose review was due on that London day or earlier, the longest overdue first. */
  async findOverdue(
    manager: EntityManager,
    lastDay: string,
    limit: number,
  ): Promise<readonly VersionKey[]> {
    return manager.query<VersionKey[]>(
      `SELECT agreement_id AS id, version FROM agreement_version
       WHERE status = 'active' AND coalesce(next_review_on, terms ->> 'reviewOn') <= $1
       ORDER BY coalesce(next_review_on, terms ->> 'reviewOn'), agreement_id LIMIT $2`,
      [lastDay, limit],
    );
  }

  async isOverdue(
    manager: EntityManager,
    { id, version }: VersionKey,
    lastDay: string,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM agreement_version WHERE agreement_id = $1 AND version = $2
         AND coalesce(next_review_on, terms ->> 'reviewOn') <= $3`,
      [id, version, lastDay],
    );
    return rows.length > 0;
  }
}
