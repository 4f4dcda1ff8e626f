import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { PersonEntity } from './person.entity.js';
import type { PersonStatus } from './person.rules.js';

@Injectable()
export class PeopleRepository {
  /** @returns false when the account or the pseudonym is taken. */
  async insert(tx: Tx, person: PersonEntity): Promise<boolean> {
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(PersonEntity)
      .values(person)
      .orIgnore()
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length === 1;
  }

  async find(manager: EntityManager, id: string): Promise<PersonEntity | null> {
    return manager.findOneBy(PersonEntity, { id });
  }

  async findByAccount(
    manager: EntityManager,
    issuer: string,
    subject: string,
  ): Promise<PersonEntity | null> {
    return manager.findOneBy(PersonEntity, { issuer, subject });
  }

  async setStatus(tx: Tx, id: string, status: PersonStatus, auditEventId: string): Promise<void> {
    await tx.update(PersonEntity, { id }, { status, auditEventId });
  }

  /** What makes the row a person's is gone: who they are, and the account and the pseudonym that others knew them by. */
  async erase(tx: Tx, id: string, pseudonym: string, auditEventId: string): Promise<void> {
    await tx.update(
      PersonEntity,
      { id },
      {
        issuer: 'erased',
        subject: id,
        name: null,
        email: null,
        pseudonym,
        status: 'erased',
        auditEventId,
      },
    );
  }

  /** The organisations of the person's memberships that are not over, begun or not. @param today a London day. */
  async organisationsOf(manager: EntityManager, id: string, today: string): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT organisation_id AS id FROM membership
       WHERE person_id = $1 AND ended_at IS NULL AND (ends_on IS NULL OR ends_on >= $2)`,
      [id, today],
    );
    return rows.map((row) => row.id);
  }
}
