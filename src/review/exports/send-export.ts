import { pipeline } from 'node:stream/promises';
import { Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { ExportDownload } from './export-downloads.service.js';
import type { ExportFormat } from './export.types.js';

export const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson',
  pack: 'application/zip',
};
const ENDINGS: Readonly<Record<ExportFormat, string>> = { csv: 'csv', jsonl: 'jsonl', pack: 'zip' };

/** Whoever takes nothing for so long is gone. */
const STALL_MS = 30_000;
/** Nor may a caller who takes it drop by drop hold a file for ever. */
const FILE_MS = 1_800_000;

const log = new Logger('Exports');

/** Sends the file of an export. What breaks on the way cuts the connection: nobody takes a part for the whole. */
export async function sendExport(
  response: Response,
  { id, format, bytes, sha256, parts }: ExportDownload,
): Promise<void> {
  response
    .set('Content-Type', CONTENT_TYPES[format])
    .set('Content-Disposition', `attachment; filename="audit-${id}.${ENDINGS[format]}"`)
    .set('Content-Length', String(bytes))
    .set('Cache-Control', 'private, no-store')
    .set('Repr-Digest', `sha-256=:${sha256.toString('base64')}:`);
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  response.setTimeout(STALL_MS, () => response.destroy());
  try {
    await pipeline(parts, response, { signal: AbortSignal.timeout(FILE_MS) });
  } catch (error) {
    log.warn({
      msg: 'The file of an export was cut',
      code: 'export_cut',
      exportId: id,
      err: error,
    });
  }
}
