import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { deputyFields } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { CsvFile } from '../../platform/web/csv/send-csv.js';
import type { DatasetEntity } from '../dataset.entity.js';
import { descriptionOf } from '../described.js';
import { BATCH, MAX_EXPORTED } from './bulk-limits.js';
import { MetadataRepository } from './metadata.repository.js';
import { COLUMN_NAMES, cellsOf } from './metadata-columns.rules.js';

/** The descriptions of an organisation's datasets, as a table. */
@Injectable()
export class MetadataExport {
  constructor(
    private readonly database: Database,
    private readonly metadata: MetadataRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
  ) {}

  /**
   * Counted, and an event, before anything leaves (ADR 0046): no more rows follow than were counted.
   * @throws ConcordatError `input_invalid` (422) for more datasets than one file has
   */
  async begin(principal: Principal, organisationId: string): Promise<CsvFile> {
    const organisationIds = [organisationId];
    this.authorisation.require(principal, 'dataset:read', { organisationIds });
    const count = await this.database.transaction(async (tx) => {
      const found = await this.metadata.count(tx, organisationId, MAX_EXPORTED + 1);
      if (found > MAX_EXPORTED) {
        const reason = `has more than ${String(MAX_EXPORTED)} datasets, the most of one file`;
        throw new ConcordatError('input_invalid', { errors: [{ pointer: '/id', reason }] });
      }
      await this.audit.record(tx, 'dataset.metadata-exported', {
        ...actorFields(principal, organisationId),
        ...deputyFields(principal, organisationId),
        organisationIds,
        targetType: 'organisation',
        targetId: organisationId,
        count: found,
      });
      return found;
    });
    return {
      name: 'datasets.csv',
      columns: COLUMN_NAMES,
      batches: this.read(organisationId, count),
    };
  }

  private async *read(organisationId: string, count: number) {
    let after: DatasetEntity | null = null;
    for (let left = count; left > 0;) {
      const rows: readonly DatasetEntity[] = await this.metadata.page(
        this.database.manager,
        organisationId,
        after,
        Math.min(left, BATCH),
      );
      if (rows.length === 0) {
        return;
      }
      yield rows.map(rowOf);
      left -= rows.length;
      after = rows.at(-1) ?? null;
    }
  }
}

function rowOf(dataset: DatasetEntity): readonly string[] {
  const { id, auditEventId, status } = dataset;
  return [id, auditEventId, status, ...cellsOf(descriptionOf(dataset, [], []))];
}
