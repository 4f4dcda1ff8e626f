import { OmitType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { AuditSearchDto } from '../audit-search.dto.js';
import { EXPORT_FORMATS, type ExportFormat } from './export.types.js';

/** Which events to export, by the filters of the search, and in which form. */
export class CreateExportDto extends OmitType(AuditSearchDto, ['pageSize', 'pageToken'] as const) {
  @IsIn(EXPORT_FORMATS)
  format: ExportFormat;
}
