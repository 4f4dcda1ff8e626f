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

  /** Open proposals of the organisations, newest first. @param organisationIds null for every organisation. */
  async listOpen(
    manager: EntityManager,
    organisationIds: readonly string[] | null,
    now: Date,
    after: string | null,
    limit: number,
    // eslint-disable-next-line max-params -- a scope, a time, a position and a size
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
