import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A sealed version. Numbers count from the first; a seal that found the same objects again made none. */
export interface VersionRow {
  readonly number: number;
  readonly version: string;
  readonly sealedAt: Date;
  readonly objectCount: number;
  readonly sizeBytes: string;
  readonly isCurrent: boolean;
}

// $1 dataset, $2 the number before the page or null, $3 limit.
const VERSIONS = `
  SELECT v.*, v.version = d.sealed_version AS "isCurrent"
  FROM (SELECT row_number() OVER (ORDER BY sealed_at, version)::int AS number, version, sealed_at AS "sealedAt",
      object_count AS "objectCount", size_bytes AS "sizeBytes"
    FROM dataset_version WHERE dataset_id = $1) v
  JOIN dataset d ON d.id = $1
  WHERE $2::int IS NULL OR v.number < $2 ORDER BY v.number DESC LIMIT $3`;

/** The statement of a page, apart from running it: its plan is tested. */
export function versionsStatement(datasetId: string, after: number | null, limit: number) {
  return { sql: VERSIONS, params: [datasetId, after, limit] as unknown[] };
}

@Injectable()
export class DatasetVersionsRepository {
  /** Newest first. @param after the number of the last of the page before; null for the first. */
  async list(
    manager: EntityManager,
    datasetId: string,
    after: number | null,
    limit: number,
  ): Promise<readonly VersionRow[]> {
    const { sql, params } = versionsStatement(datasetId, after, limit);
    return manager.query<VersionRow[]>(sql, params);
  }
}
