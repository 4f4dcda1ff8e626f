import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { DatasetEntity, DistributionEntity } from './dataset.entity.js';
import { visibleTo, type Viewer } from './visibility.repository.js';

/** Never the organisation, and never a store once there is one. */
export type DatasetChange = Partial<
  Omit<DatasetEntity, 'id' | 'organisationId' | 'modifiedAt' | 'auditEventId'>
> & { readonly auditEventId: string };

const MAX_DISTRIBUTIONS = 50;

@Injectable()
export class DatasetsRepository {
  async insert(
    tx: Tx,
    dataset: DatasetEntity,
    distributions: readonly DistributionEntity[],
  ): Promise<void> {
    await tx.insert(DatasetEntity, dataset);
    await tx.insert(DistributionEntity, [...distributions]);
  }

  async insertDistributions(tx: Tx, distributions: readonly DistributionEntity[]): Promise<void> {
    await tx.insert(DistributionEntity, [...distributions]);
  }

  async updateDistribution(tx: Tx, { id, ...change }: DistributionEntity): Promise<void> {
    await tx.update(DistributionEntity, { id }, change);
  }

  async update(tx: Tx, id: string, change: DatasetChange): Promise<void> {
    await tx.update(DatasetEntity, { id }, change);
  }

  /** Whoever asks: for a caller who was judged, or is about to be. */
  async find(manager: EntityManager, id: string): Promise<DatasetEntity | null> {
    return manager.findOneBy(DatasetEntity, { id });
  }

  async findVisible(
    manager: EntityManager,
    id: string,
    viewer: Viewer,
  ): Promise<DatasetEntity | null> {
    return visibleTo(manager, viewer).andWhere('dataset.id = :id', { id }).getOne();
  }

  /** Which of these the viewer may know of. */
  async visibleAmong(
    manager: EntityManager,
    ids: readonly string[],
    viewer: Viewer,
  ): Promise<ReadonlySet<string>> {
    const rows = await visibleTo(manager, viewer)
      .andWhere('dataset.id = ANY(:ids)', { ids })
      .select('dataset.id', 'id')
      .getRawMany<{ id: string }>();
    return new Set(rows.map(({ id }) => id));
  }

  async findDistributions(
    manager: EntityManager,
    datasetId: string,
  ): Promise<DistributionEntity[]> {
    return manager.find(DistributionEntity, {
      where: { datasetId, removedAt: IsNull() },
      order: { title: 'ASC', id: 'ASC' },
      take: MAX_DISTRIBUTIONS,
    });
  }

  async countByAccess(
    manager: EntityManager,
    viewer: Viewer,
    organisationId: string,
  ): Promise<{ readonly open: number; readonly shared: number; readonly closed: number }> {
    const rows = await visibleTo(manager, viewer)
      .andWhere(`dataset.status <> 'withdrawn'`)
      .andWhere('dataset.organisation_id = :organisationId', { organisationId })
      .select('dataset.access', 'access')
      .addSelect('count(*)::int', 'count')
      .groupBy('dataset.access')
      .getRawMany<{ access: string; count: number }>();
    const of = (access: string): number => rows.find((row) => row.access === access)?.count ?? 0;
    return { open: of('open'), shared: of('shared'), closed: of('closed') };
  }

  /** Of an organisation, newest first: drafts and withdrawn ones too. @param after an id. */
  async listOf(
    manager: EntityManager,
    viewer: Viewer,
    organisationId: string,
    { after, limit }: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly DatasetEntity[]> {
    const query = visibleTo(manager, viewer)
      .andWhere('dataset.organisation_id = :organisationId', { organisationId })
      .orderBy('dataset.id', 'DESC')
      .take(limit);
    return (after === null ? query : query.andWhere('dataset.id < :after', { after })).getMany();
  }

  async findStore(
    manager: EntityManager,
    id: string,
  ): Promise<{ readonly organisationId: string; readonly status: string } | undefined> {
    const [row] = await manager.query<{ organisationId: string; status: string }[]>(
      `SELECT organisation_id AS "organisationId", status FROM partner_store WHERE id = $1`,
      [id],
    );
    return row;
  }
}
