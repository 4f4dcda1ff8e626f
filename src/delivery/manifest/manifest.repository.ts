import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { rfc3339 } from '../../platform/database/rfc3339.js';
import type { DeliveryGrant, ManifestEntry } from '../delivery.types.js';

type SealedVersion = Pick<DeliveryGrant, 'datasetId' | 'datasetVersion'>;
type EntryRow = Omit<ManifestEntry, 'size'> & { readonly size: string };

const COLUMNS = `name, size, etag, ${rfc3339('last_modified')} AS "lastModified", version_id AS "versionId", sha256`;

/** Sealed manifests, which never change: reads need no transaction (grants-and-delivery section 5). */
@Injectable()
export class ManifestRepository {
  constructor(private readonly database: Database) {}

  async find(
    { datasetId, datasetVersion }: SealedVersion,
    name: string,
  ): Promise<ManifestEntry | undefined> {
    const [row] = await this.database.manager.query<EntryRow[]>(
      `SELECT ${COLUMNS} FROM manifest_entry WHERE dataset_id = $1 AND version = $2 AND name = $3`,
      [datasetId, datasetVersion, name],
    );
    return row && toEntry(row);
  }

  /** @param after the name before the page, in byte order; the empty string for the first. */
  async page(
    { datasetId, datasetVersion }: SealedVersion,
    after: string,
    limit: number,
  ): Promise<readonly ManifestEntry[]> {
    const rows = await this.database.manager.query<EntryRow[]>(
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
