import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/audit.module.js';
import { IdentityModule } from '../../identity/identity.module.js';
import { ReadingModule } from '../reading.module.js';
import { ExportClaimsRepository } from './export-claims.repository.js';
import { ExportContents } from './export-contents.service.js';
import { ExportDownloads } from './export-downloads.service.js';
import { ExportEnds } from './export-ends.service.js';
import { ExportMaking } from './export-making.service.js';
import { ExportWriting } from './export-writing.service.js';
import { ExportsApi } from './exports.api.js';
import { ExportsRepository } from './exports.repository.js';
import { Exports } from './exports.service.js';
import { PackDocumentsRepository } from './packs/pack-documents.repository.js';
import { PackFiles } from './packs/pack-files.service.js';

/** Events that leave the broker as files (domain.md section 6). */
@Module({
  imports: [AuditModule, IdentityModule, ReadingModule],
  controllers: [ExportsApi],
  providers: [
    Exports,
    ExportsRepository,
    ExportClaimsRepository,
    ExportContents,
    ExportDownloads,
    ExportEnds,
    ExportMaking,
    ExportWriting,
    PackFiles,
    PackDocumentsRepository,
  ],
  exports: [ExportDownloads, ExportMaking, ExportEnds, Exports],
})
export class ExportsModule {}
