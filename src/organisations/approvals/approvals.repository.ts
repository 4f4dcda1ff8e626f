import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { ApprovalEntity } from './approval.entity.js';

@Injectable()
export class ApprovalsRepository {
  async insert(tx: Tx, approval: ApprovalEntity): Promise<void> {
    // TypeORM's type for a partial row cannot tell a JSON object from an embedded entity.
    await tx.insert(ApprovalEntity, { ...approval, change: approval.change as object });
  }

  async find(manager: EntityManager, id: string): Promise<ApprovalEntity | null> {
    return manager.findOneBy(ApprovalEntity, { id });
  }

  /** Locks the row, so that two answers come one after the other. */
  async findForAnswer(tx: Tx, id: string): Promise<ApprovalEntity | null> {
    return tx.findOne(ApprovalEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async answer(
    tx: Tx,
    id: string,
    answer: Pick<ApprovalEntity, 'status' | 'answeredBy' | 'auditEventId'>,
  ): Promise<void> {
    await tx.update(ApprovalEntity, { id }, answer);
  }

  /**
   * True while the proposer holds the role in which they proposed: live, in the act's organisation or, where the
   * operator's count, in the operator. @param today a London day.
   */
  async isProposerStanding(
    manager: EntityManager,
    { proposedBy, proposedRole, organisationId }: ApprovalEntity,
    isOfOperator: boolean,
    today: string,
  ): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT FROM live_role($5) l JOIN organisation o ON o.id = l.organisation_id
       WHERE l.person_id = $1 AND l.role = $2 AND (o.id = $3 OR (o.is_operator AND $4)) LIMIT 1`,
      [proposedBy, proposedRole, organisationId, isOfOperator, today],
    );
    return rows.length > 0;
  }

  /** Open proposals that nobody answered in time. Locks them, and passes over what somebody else is answering. */
  async lockDue(tx: Tx, now: Date, limit: number): Promise<ApprovalEntity[]> {
    return tx
      .createQueryBuilder(ApprovalEntity, 'approval')
      .where(`approval.status = 'proposed' AND approval.expires_at <= :now`, { now })
      .orderBy('approval.expires_at')
      .take(limit)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getMany();
  }

  /** Open proposals of the organisations, newest first. @param organisationIds null for every organisation. */
  async listOpen(
    manager: EntityManager,
    organisationIds: readonly string[] | null,
    now: Date,
    after: string | null,
    limit: number,
  ): Promise<ApprovalEntity[]> {
    const query = manager
      .createQueryBuilder(ApprovalEntity, 'approval')
      .where(`approval.status = 'proposed' AND approval.expires_at > :now`, { now })
      .orderBy('approval.id', 'DESC')
      .take(limit);
    if (organisationIds !== null) {
      query.andWhere('approval.organisation_id = ANY(:organisationIds)', { organisationIds });
    }
    if (after !== null) {
      query.andWhere('approval.id < :after', { after });
    }
    return query.getMany();
  }
}
