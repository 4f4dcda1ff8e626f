import { Injectable } from '@nestjs/common';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { ExportRow } from './export.types.js';
import { ExportsRepository } from './exports.repository.js';

/**
 * The content of exports, encrypted under a key of each one's own. The key lies in the secrets database, as keys of people
 * do, and is destroyed with the export: a backup of the main database does not bring the content back (ADR 0037).
 */
@Injectable()
export class ExportContents {
  constructor(
    private readonly database: Database,
    private readonly exports: ExportsRepository,
    private readonly keys: SubjectKeys,
  ) {}

  /** @param n the part's place in the content. */
  seal(exportId: string, n: number, part: Buffer): Promise<Buffer> {
    return this.keys.encrypt(exportId, aadOf(exportId, n), part);
  }

  /** The content, part by part. @throws ConcordatError `export_not_ready` when it ends meanwhile. */
  async *read({ id, chunks }: Pick<ExportRow, 'id' | 'chunks'>): AsyncGenerator<Buffer> {
    for (let n = 0; n < chunks; n += 1) {
      const body = await this.exports.chunk(this.database.manager, id, n);
      const part = body && (await this.keys.decrypt(id, aadOf(id, n), body));
      if (!part) {
        throw new ConcordatError('export_not_ready', { exportStatus: 'expired' });
      }
      yield part;
    }
  }
}

function aadOf(exportId: string, n: number): string {
  return `concordat/audit-export/v1|${exportId}|${String(n)}`;
}
