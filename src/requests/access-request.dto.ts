import {
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { IsDay, MAX_REASON, Trimmed } from '../platform/web/fields.js';

/** One project's application for one dataset under one agreement (domain.md section 10). */
export class AccessRequestDto {
  @IsUUID()
  projectId: string;

  @IsUUID()
  datasetId: string;

  @IsUUID()
  agreementId: string;

  @IsString()
  @Length(1, 100)
  purpose: string;

  @Trimmed()
  @IsString()
  @Length(1, 10_000)
  justification: string;

  @IsOptional()
  @IsIn(['stream', 'presign', 'sts', 'feed', 'view', 'aggregate'])
  delivery?: string;

  @IsDay()
  until: string;

  @IsIn(['one_off', 'recurring'])
  frequency: 'one_off' | 'recurring';

  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  linkage?: string;

  @IsBoolean()
  conflict: boolean;

  @ValidateIf((dto: AccessRequestDto) => dto.conflict || dto.conflictText !== undefined)
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  conflictText?: string;

  @IsOptional()
  @IsUUID()
  formId?: string;
}

/** The researcher's acceptance of the terms: the hash of the version that was read. */
export class SubmitAccessRequestDto {
  @Matches(/^sha-256:[0-9a-f]{64}$/)
  versionHash: string;
}

/** The owner's answer. `conditions` is a condition of policy section 3 and can only narrow. */
export class AccessDecisionDto {
  @IsIn(['approved', 'refused', 'returned'])
  decision: 'approved' | 'refused' | 'returned';

  @Trimmed()
  @IsString()
  @Length(1, MAX_REASON)
  reason: string;

  @IsOptional()
  @IsObject()
  conditions?: object;
}
