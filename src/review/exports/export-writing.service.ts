import { Injectable } from '@nestjs/common';
import { Receipts } from '../../audit/receipts.service.js';
import { Database } from '../../platform/database/database.js';
import { TrailReading } from '../trail-reading.service.js';
import type { ExportClaim } from './export.types.js';
import { ExportsRepository } from './exports.repository.js';
import { EVENT_COLUMNS } from './formats/event-columns.js';
import { jsonLinesOf } from './formats/json-lines.js';
import { csvOf } from './formats/table.js';
import type { AuditEventView } from '../audit-event.view.js';

/** So many events are in memory at once. */
const BATCH = 200;

/** How many events a file has so far. */
export interface Progress {
  written: number;
}

/** Writes exports, one batch of events in memory at a time, as their reader saw them in the moment of asking. */
@Injectable()
export class ExportWriting {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly reading: TrailReading,
    private readonly receipts: Receipts,
  ) {}

  async *of(claim: ExportClaim, progress: Progress): AsyncGenerator<Buffer | string> {
    if (claim.format === 'csv') {
      yield* csvOf(EVENT_COLUMNS, this.views(claim, progress));
    } else {
      const checkpoint = await this.receipts.checkpoint();
      yield* jsonLinesOf(this.views(claim, progress), checkpoint);
    }
  }

  private async *views(
    { id, count }: ExportClaim,
    progress: Progress,
  ): AsyncGenerator<readonly AuditEventView[]> {
    for (let from = 0; from < count; from += BATCH) {
      const rows = await this.exports.events(this.database.manager, id, { from, limit: BATCH });
      yield await this.reading.open(rows);
      progress.written = from + rows.length;
    }
  }
}
