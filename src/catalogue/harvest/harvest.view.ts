import type { FieldError } from '../../kernel/errors.js';
import type { PageCounts, ReportEntry, RunRow } from './runs.repository.js';
import type { SourceRow } from './sources.repository.js';

/** A source, as those who may read of it see it. */
export interface HarvestSourceView {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly format: string;
  readonly url: string;
  readonly everyHours: number;
  readonly visibility: string;
  readonly status: string;
  readonly isBeingRead: boolean;
  /** When it is read next, if nobody stops it. */
  readonly dueAt: string;
  /** When everything it has was last read. */
  readonly fullReadAt: string | null;
  readonly failures: number;
  readonly fault: string | null;
}

/** One reading of a source, and how many of its records it found to be what. */
export interface HarvestRunView extends PageCounts {
  readonly id: string;
  readonly sourceId: string;
  /** Of everything: only then is it known what is missing. Else of what changed. */
  readonly isFull: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly fault: string | null;
  readonly pages: number;
  /** How many records the source said it has; null where it does not say. */
  readonly total: number | null;
  /** False: their number changed while it was read, or fewer came than it says, so that nothing was taken for missing. */
  readonly isSteady: boolean;
}

/** What happened to one record, and why. */
export interface HarvestEntryView {
  readonly number: number;
  readonly change: string;
  readonly identifier: string | null;
  readonly title: string | null;
  readonly datasetId: string | null;
  /** The dataset that it is a duplicate of. */
  readonly sameAs: string | null;
  readonly reasons: readonly FieldError[];
}

export function toSourceView(row: SourceRow): HarvestSourceView {
  const { id, organisationId, name, format, url, everyHours, visibility, status } = row;
  return {
    ...{ id, organisationId, name, format, url, everyHours, visibility, status },
    isBeingRead: row.isBeingRead,
    dueAt: row.dueAt.toISOString(),
    fullReadAt: row.fullReadAt?.toISOString() ?? null,
    failures: row.failures,
    fault: row.fault,
  };
}

export function toRunView(row: RunRow): HarvestRunView {
  const { id, sourceId, isFull, outcome, fault, pages, total, isSteady } = row;
  const { seen, added, changed, unchanged, refused, duplicates, vanished, returned } = row;
  return {
    ...{ id, sourceId, isFull, outcome, fault, pages, total, isSteady },
    ...{ seen, added, changed, unchanged, refused, duplicates, vanished, returned },
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

export function toEntryView(entry: ReportEntry & { readonly number: number }): HarvestEntryView {
  const { number, change, identifier, title, datasetId, sameAs, reasons } = entry;
  return { number, change, identifier, title, datasetId, sameAs, reasons };
}
