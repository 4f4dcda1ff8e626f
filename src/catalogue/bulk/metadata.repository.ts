import { Injectable } from '@nestjs/common';
import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import type { Tx } from '../../platform/database/database.js';
import { DatasetEntity } from '../dataset.entity.js';

/** The datasets of one organisation, whoever may see them, without those that are withdrawn. */
@Injectable()
export class MetadataRepository {
  /** @param atMost more are not counted. */
  async count(tx: Tx, organisationId: string, atMost: number): Promise<number> {
    return (await of(tx, organisationId).select('dataset.id', 'id').limit(atMost).getRawMany())
      .length;
  }

  /** By title. */
  async page(
    manager: EntityManager,
    organisationId: string,
    after: Pick<DatasetEntity, 'title' | 'id'> | null,
    limit: number,
  ): Promise<DatasetEntity[]> {
    const query = of(manager, organisationId)
      .orderBy('dataset.title')
      .addOrderBy('dataset.id')
      .limit(limit);
    if (after !== null) {
      const { title, id } = after;
      query.andWhere('(dataset.title, dataset.id) > (:title, :id)', { title, id });
    }
    return query.getMany();
  }
}

function of(manager: EntityManager, organisationId: string): SelectQueryBuilder<DatasetEntity> {
  return manager
    .createQueryBuilder(DatasetEntity, 'dataset')
    .where('dataset.organisation_id = :organisationId', { organisationId })
    .andWhere(`dataset.status <> 'withdrawn'`);
}
