import type { EntityManager, SelectQueryBuilder } from 'typeorm';
import { DatasetEntity } from './dataset.entity.js';

/** Who looks: for the rule of visibility. */
export interface Viewer {
  /** Organisations in which the viewer may read datasets. */
  readonly organisationIds: readonly string[];
  /** Agreements that ended by then open nothing. */
  readonly now: Date;
}

/**
 * domain.md section 8: the owner's own, public, or of a party to an agreement in force on it. A draft is its owner's alone.
 * @param dataset an alias with the columns id, organisation_id, visibility and status.
 * @param organisationIds the viewer's, and `now` as of when: parameters.
 */
export function visibleSql(dataset: string, organisationIds: string, now: string): string {
  return `(${dataset}.organisation_id = ANY(${organisationIds}) OR (${dataset}.status <> 'draft' AND (
    ${dataset}.visibility = 'public' OR (${dataset}.visibility = 'parties' AND ${dataset}.id IN (
      SELECT i.dataset_id FROM agreement_party p
        JOIN agreement_version v ON v.agreement_id = p.agreement_id AND v.status = 'active' AND v.ends_at > ${now}
        JOIN agreement_item i ON i.agreement_id = v.agreement_id AND i.version = v.version
      WHERE p.organisation_id = ANY(${organisationIds}) AND p.status = 'active'
        AND (p.ends_at IS NULL OR p.ends_at > ${now}))))))`;
}

/** What `visibleSql` shows to everybody, whoever looks, of what is listed. Partial indexes have these words. */
export function publicSql(dataset: string): string {
  return `(${dataset}.visibility = 'public' AND ${dataset}.status IN ('published', 'frozen'))`;
}

/** The datasets that the viewer may know of, as `dataset`. */
export function visibleTo(
  manager: EntityManager,
  { organisationIds, now }: Viewer,
): SelectQueryBuilder<DatasetEntity> {
  return manager
    .createQueryBuilder(DatasetEntity, 'dataset')
    .where(visibleSql('dataset', ':organisationIds', ':now'), { organisationIds, now });
}
