import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { Offices, type Office } from '../offices.service.js';
import { ExportContents } from './export-contents.service.js';
import { ExportEnds } from './export-ends.service.js';
import type { ExportRow } from './export.types.js';
import { ExportsRepository } from './exports.repository.js';

/** A file that is being fetched. */
export interface ExportDownload {
  readonly id: string;
  readonly format: ExportRow['format'];
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly parts: AsyncIterable<Buffer>;
}

/** The fetching of exports, each an event of its own (R6.2), which commits before a byte leaves. */
@Injectable()
export class ExportDownloads {
  // eslint-disable-next-line max-params -- what is fetched, who may, and the event of it
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly contents: ExportContents,
    private readonly ends: ExportEnds,
    private readonly offices: Offices,
    private readonly audit: AuditService,
  ) {}

  /**
   * @throws ConcordatError `not_found` for another's, or when the caller is no longer an officer where it was asked for;
   * `export_not_ready` (409) while there is no content, or no more.
   */
  async fetch(principal: Principal, id: string, traceId: string): Promise<ExportDownload> {
    const { manager } = this.database;
    const row = await this.exports.find(manager, id);
    const office = this.offices.of(principal);
    if (row?.personId !== principal.personId || !stillSees(office, row)) {
      throw new ConcordatError('not_found');
    }
    const hasEnded = row.status === 'ready' && (await this.ends.endIfErased(id));
    const { status, format, sha256, bytes } = row;
    if (hasEnded || status !== 'ready' || !sha256) {
      throw new ConcordatError('export_not_ready', { exportStatus: hasEnded ? 'expired' : status });
    }
    await this.database.transaction((tx) =>
      this.audit.record(tx, 'audit.exported', {
        ...actorFields(principal, row.organisationId),
        organisationIds: [row.organisationId],
        agreementId: row.agreementId ?? undefined,
        accessRequestId: row.accessRequestId ?? undefined,
        reasonCodes: ['audit_events_fetched', format, `exportId=${id}`],
        count: row.count,
        traceId,
      }),
    );
    return { id, format, bytes, sha256, parts: this.contents.read(row) };
  }
}

// Asked for as an officer of one place, it is not fetched by what the same person is elsewhere now.
function stillSees({ sees }: Office, row: ExportRow): boolean {
  return sees === null || (row.sees?.every((id) => sees.includes(id)) ?? false);
}
