/** Forms in which events leave the broker (domain.md section 6). */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'pack'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
/** Those that hold rows of anything. */
export type TableFormat = Exclude<ExportFormat, 'pack'>;

type ExportStatus = 'queued' | 'running' | 'ready' | 'failed' | 'expired';

/** Why there is no content: it could not be made, or is no longer kept. */
export type ExportEnd =
  'making_failed' | 'too_large' | 'not_published' | 'past_expiry' | 'cancelled' | 'person_erased';

/** What a pack holds the documents of, besides its events. */
export interface ExportSubjects {
  readonly grantId: string | null;
  readonly accessRequestId: string | null;
  readonly agreementId: string | null;
}

/** An export as it is stored. */
export interface ExportRow extends ExportSubjects {
  readonly id: string;
  readonly personId: string;
  readonly organisationId: string;
  /** Whose events were shown to who asked; null: everybody's (R5.8). */
  readonly sees: readonly string[] | null;
  readonly format: ExportFormat;
  readonly filters: readonly string[];
  /** Events that were found. */
  readonly count: number;
  /** Of them, those that have been written. */
  readonly written: number;
  readonly status: ExportStatus;
  readonly reason: ExportEnd | null;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly sha256: Buffer | null;
  readonly expiresAt: Date;
}

/** An export that one process is making; another takes it over when the claim runs out. */
export interface ExportClaim extends ExportRow {
  readonly claim: string;
}

/** An export as whoever asked for it sees it. */
export interface ExportView {
  readonly id: string;
  readonly format: ExportFormat;
  readonly status: ExportStatus;
  readonly reason: ExportEnd | null;
  readonly filters: readonly string[];
  readonly count: number;
  readonly written: number;
  /** 0 to 1. */
  readonly progress: number;
  readonly bytes: number | null;
  /** Of the content, in hexadecimal digits. */
  readonly sha256: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export function toExportView(row: ExportRow): ExportView {
  const { id, format, status, reason, filters, count, written, sha256 } = row;
  const isReady = status === 'ready';
  return {
    id,
    format,
    status,
    reason,
    filters,
    count,
    written,
    progress: isReady || count === 0 ? Number(isReady) : Math.floor((100 * written) / count) / 100,
    bytes: isReady ? row.bytes : null,
    sha256: isReady ? (sha256?.toString('hex') ?? null) : null,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
