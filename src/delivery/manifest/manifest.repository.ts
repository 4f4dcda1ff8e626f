import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DeliveryGrant, ManifestEntry } from '../delivery.types.js';

type SealedVersion = Pick<DeliveryGrant, 'datasetId' | 'datasetVersion'>;
type EntryRow = Omit<ManifestEntry, 'size'> & { readonly size: string };

const COLUMNS = `name, size, etag, last_modified AS "lastModified", version_id AS "versionId", sha256`;

/** Sealed manifests, which never change: reads need no transaction (grants-and-delivery section 5). */
@Injectable()
export class ManifestRepository {
  async find(
    manager: EntityManager,
    { datasetId, datasetVersion }: SealedVersion,
    name: string,
  ): Promise<ManifestEntry | undefined> {
    const [row] = await manager.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM manifest_entry WHERE dataset_id = $1 AND version = $2 AND name = $3`,
      [datasetId, datasetVersion, name],
    );
    return row && toEntry(row);
  }

  /** @param after the name before the page, in byte order; the empty string for the first. */
  async page(
    manager: EntityManager,
    { datasetId, datasetVersion }: SealedVersion,
    after: string,
    limit: number,
    // eslint-disable-next-line max-params -- a place in a version
  ): Promise<readonly ManifestEntry[]> {
    const rows = await manager.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM manifest_entry
       WHERE dataset_id = $1 AND version = $2 AND name > $3 ORDER BY name LIMIT $4`,
      [datasetId, datasetVersion, after, limit],
    );
    return rows.map(toEntry);
  }
}

// bigint comes as text; a size past 2^53 would be no real object's.
function toEntry(row: EntryRow): ManifestEntry {
  return { ...row, size: Number(row.size) };
}
