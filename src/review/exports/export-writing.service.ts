import { Injectable } from '@nestjs/common';
import { Receipts } from '../../audit/receipts.service.js';
import { Database } from '../../platform/database/database.js';
import { TrailReading } from '../trail-reading.service.js';
import type { ExportClaim } from './export.types.js';
import { ExportsRepository } from './exports.repository.js';
import { EVENT_COLUMNS } from './formats/event-columns.js';
import { jsonLinesOf } from './formats/json-lines.js';
import { csvOf } from './formats/table.js';
import { bagOf } from './packs/bag.js';
import { PackFiles } from './packs/pack-files.service.js';
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
    private readonly pack: PackFiles,
  ) {}

  async *of(claim: ExportClaim, progress: Progress): AsyncGenerator<Buffer | string> {
    const shown = (events: number): void => {
      progress.written = events;
    };
    switch (claim.format) {
      case 'csv':
        yield* csvOf(EVENT_COLUMNS, this.views(claim, shown));
        return;
      case 'jsonl':
        yield* jsonLinesOf(this.views(claim, shown), await this.receipts.checkpoint());
        return;
      case 'pack':
        // Proofs take the time, and so are the progress.
        yield* bagOf(this.pack.of(claim, this.views(claim), shown), claim.createdAt);
    }
  }

  private async *views(
    { id, count }: ExportClaim,
    onShown?: (events: number) => void,
  ): AsyncGenerator<readonly AuditEventView[]> {
    for (let from = 0; from < count; from += BATCH) {
      const rows = await this.exports.events(this.database.manager, id, { from, limit: BATCH });
      yield await this.reading.open(rows);
      onShown?.(from + rows.length);
    }
  }
}
