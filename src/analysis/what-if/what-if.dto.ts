import { OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsUUID, ValidateNested } from 'class-validator';
import { IsInstant } from '../../platform/web/fields.js';
import { GuardrailDto } from '../guardrails/guardrail.dto.js';

class DraftGuardrailDto extends OmitType(GuardrailDto, ['message', 'baseVersion'] as const) {}

/** What would have been decided under a draft: of an agreement, of guardrails, or of both. */
export class WhatIfDto {
  /** Absent: 30 days before `to`. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** Absent: now. */
  @IsOptional()
  @IsInstant()
  to?: string;

  /** Its version being prepared, else the one in force. */
  @IsOptional()
  @IsUUID()
  agreementId?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  @ValidateNested({ each: true })
  @Type(() => DraftGuardrailDto)
  guardrails?: DraftGuardrailDto[];
}
