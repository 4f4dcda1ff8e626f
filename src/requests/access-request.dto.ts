import { OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
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
  ValidateNested,
} from 'class-validator';
import { FitsEvent, IsDay, MaxWords, Trimmed } from '../platform/web/fields.js';

/** The Five Safes, each answered in the researcher's words. */
export class FiveSafesDto {
  /** Who will see the data, and why they can be trusted with it. */
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  people: string;

  /** Why this is a lawful and beneficial use. */
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  project: string;

  /** Where the data will be held and worked on. */
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  setting: string;

  /** Why no less identifying data will do. */
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  data: string;

  /** What will be published, and how disclosure is prevented. */
  @Trimmed()
  @IsString()
  @Length(1, 5000)
  outputs: string;
}

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
  @MaxWords(1_000)
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

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => FiveSafesDto)
  fiveSafes?: FiveSafesDto;
}

/** What a draft or a returned request may still change; judged together with the rest as `AccessRequestDto`. */
export class EditAccessRequestDto extends PartialType(
  OmitType(AccessRequestDto, ['projectId', 'datasetId', 'agreementId', 'formId'] as const),
) {}

/** The researcher's acceptance of the terms: the hash of the version that was read. */
export class SubmitAccessRequestDto {
  @Matches(/^sha-256:[0-9a-f]{64}$/, { message: 'must be sha-256: and 64 hexadecimal digits' })
  versionHash: string;
}

/** The same request once more, until another day (R3.23). */
export class RenewAccessRequestDto {
  @IsDay()
  until: string;

  /** The hash of the terms that apply now, when they are not those that the renewed request accepted. */
  @IsOptional()
  @Matches(/^sha-256:[0-9a-f]{64}$/, { message: 'must be sha-256: and 64 hexadecimal digits' })
  versionHash?: string;
}

/** The owner's answer. `conditions` is a condition of policy section 3 and can only narrow. */
export class AccessDecisionDto {
  @IsIn(['approved', 'refused', 'returned'])
  decision: 'approved' | 'refused' | 'returned';

  @Trimmed()
  @IsString()
  @Length(1, 10_000)
  @MaxWords(1_000)
  @FitsEvent()
  reason: string;

  @IsOptional()
  @IsObject()
  conditions?: object;
}
