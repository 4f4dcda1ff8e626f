import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { Database } from '../../platform/database/database.js';
import { DatasetsService } from '../datasets.service.js';
import { toVersionView, type OwnVersionView, type VersionView } from './version.view.js';
import { DatasetVersionsRepository } from './versions.repository.js';

/** The sealed versions of a dataset. */
@Injectable()
export class DatasetVersions {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetsService,
    private readonly versions: DatasetVersionsRepository,
    private readonly authorisation: Authorisation,
  ) {}

  /**
   * Newest first.
   * @param after the number of the last of the page before; null for the first.
   * @throws ConcordatError `not_found` for a dataset that the caller may not see, as if it were absent.
   */
  async list(
    principal: Principal,
    datasetId: string,
    after: number | null,
    limit: number,
  ): Promise<readonly (VersionView | OwnVersionView)[]> {
    const { organisationId } = await this.datasets.get(principal, datasetId);
    const rows = await this.versions.list(this.database.manager, datasetId, after, limit);
    const resource = { organisationIds: [organisationId] };
    const isOwn = this.authorisation.allows(principal, 'store:read', resource);
    return rows.map((row) => toVersionView(row, isOwn));
  }
}
