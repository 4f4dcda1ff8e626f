import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { GrantEntity } from './grant.entity.js';

@Injectable()
export class GrantsRepository {
  async find(manager: EntityManager, id: string): Promise<GrantEntity | null> {
    return manager.findOneBy(GrantEntity, { id });
  }

  /** Waits for whoever changes the row, and keeps others waiting. */
  async findLocked(tx: Tx, id: string): Promise<GrantEntity | null> {
    return tx.findOne(GrantEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** A person's grants, newest first. @param after the id of the last grant of the page before. */
  async list(
    manager: EntityManager,
    personId: string,
    organisationId: string | null,
    after: string | null,
    limit: number,
  ): Promise<GrantEntity[]> {
    const query = manager
      .createQueryBuilder(GrantEntity, 'grant')
      .where('grant.person_id = :personId', { personId })
      .orderBy('grant.id', 'DESC')
      .take(limit);
    if (organisationId !== null) {
      query.andWhere('grant.organisation_id = :organisationId', { organisationId });
    }
    if (after !== null) {
      query.andWhere('grant.id < :after', { after });
    }
    return query.getMany();
  }

  /** The ids of what somebody holds for an organisation. */
  async listLive(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    limit: number,
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM grants WHERE person_id = $1 AND organisation_id = $2 AND status IN ('issued', 'active')
       ORDER BY id LIMIT $3`,
      [personId, organisationId, limit],
    );
    return rows.map(({ id }) => id);
  }

  /**
   * An earlier end, and with it the next epoch: tokens that promise more are no longer good. Nothing, when another call
   * was faster or the grant has ended: then this one's token has the wrong epoch, or the right one.
   */
  async shorten(
    tx: Tx,
    { id, epoch }: Pick<GrantEntity, 'id' | 'epoch'>,
    expiresAt: Date,
    auditEventId: string,
  ): Promise<void> {
    await tx.update(GrantEntity, { id, epoch }, { expiresAt, epoch: epoch + 1, auditEventId });
  }

  /** The event of the grant's issue. */
  async issueEventOf(tx: EntityManager, id: string): Promise<string | undefined> {
    const [event] = await tx.query<{ id: string }[]>(
      `SELECT id FROM audit_event WHERE grant_id = $1 AND type = 'grant.issued' ORDER BY occurred_at LIMIT 1`,
      [id],
    );
    return event?.id;
  }
}
