import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { DatasetLinkEntity } from './dataset.entity.js';
import { LINK_KINDS, type LinkKind } from './dataset.types.js';
import { visibleTo, type Viewer } from './visibility.repository.js';

/** A dataset that another one is related to, seen from that one. */
export interface RelatedDataset {
  readonly datasetId: string;
  readonly title: string;
  /** A kind of link, or the name of one that points here. */
  readonly kind: string;
}

interface LinkRow {
  readonly datasetId: string;
  readonly title: string;
  readonly kind: LinkKind;
  readonly isOwn: boolean;
}

const MAX_LINKS = 50;
const MAX_SHOWN = 200;

/** How datasets are related. */
@Injectable()
export class DatasetLinks {
  async find(manager: EntityManager, datasetId: string): Promise<DatasetLinkEntity[]> {
    return manager.find(DatasetLinkEntity, {
      where: { datasetId },
      order: { kind: 'ASC', relatedId: 'ASC' },
      take: MAX_LINKS,
    });
  }

  /** All of them anew. */
  async replace(tx: Tx, datasetId: string, links: readonly DatasetLinkEntity[]): Promise<void> {
    await tx.delete(DatasetLinkEntity, { datasetId });
    await tx.insert(DatasetLinkEntity, [...links]);
  }

  /** From this dataset and to it, among those that the viewer may know of. */
  async related(
    manager: EntityManager,
    datasetId: string,
    viewer: Viewer,
  ): Promise<readonly RelatedDataset[]> {
    const rows = await visibleTo(manager, viewer)
      .innerJoin(
        `(SELECT related_id AS other, kind, true AS is_own FROM dataset_link WHERE dataset_id = :datasetId
          UNION ALL SELECT dataset_id, kind, false FROM dataset_link WHERE related_id = :datasetId)`,
        'link',
        'link.other = dataset.id',
        { datasetId },
      )
      .select('dataset.id', 'datasetId')
      .addSelect('dataset.title', 'title')
      .addSelect('link.kind', 'kind')
      .addSelect('link.is_own', 'isOwn')
      .orderBy('dataset.title')
      .addOrderBy('dataset.id')
      .addOrderBy('link.kind')
      .addOrderBy('link.is_own')
      .limit(MAX_SHOWN)
      .getRawMany<LinkRow>();
    return rows.map(({ datasetId: id, title, kind, isOwn }) => ({
      datasetId: id,
      title,
      kind: isOwn ? kind : LINK_KINDS[kind],
    }));
  }
}
