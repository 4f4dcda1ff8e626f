import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { OrganisationCheckEntity, OrganisationEntity } from './organisation.entity.js';

@Injectable()
export class OrganisationsRepository {
  /** @returns false when another organisation has the name or the identifier. */
  async insert(tx: Tx, organisation: OrganisationEntity): Promise<boolean> {
    const inserted = await tx
      .createQueryBuilder()
      .insert()
      .into(OrganisationEntity)
      .values(organisation)
      .orIgnore()
      .returning('id')
      .execute();
    return (inserted.raw as unknown[]).length === 1;
  }

  async insertCheck(tx: Tx, check: OrganisationCheckEntity): Promise<void> {
    await tx.insert(OrganisationCheckEntity, check);
  }

  async find(manager: EntityManager, id: string): Promise<OrganisationEntity | null> {
    return manager.findOneBy(OrganisationEntity, { id });
  }

  async hasOperator(manager: EntityManager): Promise<boolean> {
    return manager.existsBy(OrganisationEntity, { isOperator: true });
  }

  /** Of each organisation and kind the check that lasts longest. */
  async findChecks(
    manager: EntityManager,
    organisationIds: readonly string[],
  ): Promise<OrganisationCheckEntity[]> {
    return manager
      .createQueryBuilder(OrganisationCheckEntity, 'held')
      .distinctOn(['held.organisation_id', 'held.kind'])
      .where('held.organisation_id = ANY(:organisationIds)', { organisationIds })
      .orderBy('held.organisation_id')
      .addOrderBy('held.kind')
      .addOrderBy('held.expires_on', 'DESC')
      .addOrderBy('held.id', 'DESC')
      .getMany();
  }

  /** Which of the name and the identifier another organisation has already. */
  async findTaken(
    manager: EntityManager,
    name: string,
    identifier: { readonly scheme: string; readonly value: string } | undefined,
  ): Promise<'name' | 'identifier' | undefined> {
    const [row] = await manager.query<{ taken: 'name' | 'identifier' }[]>(
      `SELECT CASE WHEN name = $1 THEN 'name' ELSE 'identifier' END AS taken FROM organisation
       WHERE name = $1 OR (identifier_scheme = $2 AND identifier_value = $3)
       ORDER BY taken LIMIT 1`,
      [name, identifier?.scheme ?? null, identifier?.value ?? null],
    );
    return row?.taken;
  }

  async setStatus(
    tx: Tx,
    id: string,
    status: OrganisationEntity['status'],
    auditEventId: string,
  ): Promise<void> {
    await tx.update(OrganisationEntity, { id }, { status, auditEventId });
  }

  /** By name. @param ids null for all. */
  async list(
    manager: EntityManager,
    ids: readonly string[] | null,
    after: readonly [string, string] | null,
    limit: number,
  ): Promise<OrganisationEntity[]> {
    const query = manager
      .createQueryBuilder(OrganisationEntity, 'organisation')
      .orderBy('organisation.name')
      .addOrderBy('organisation.id')
      .take(limit);
    if (ids !== null) {
      query.where('organisation.id = ANY(:ids)', { ids });
    }
    if (after !== null) {
      query.andWhere('(organisation.name, organisation.id) > (:name, :id)', {
        name: after[0],
        id: after[1],
      });
    }
    return query.getMany();
  }
}
