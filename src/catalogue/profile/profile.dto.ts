import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { TemporalDto } from '../dataset.dto.js';
import type { ColumnCorrection, Corrections } from './confirmation.rules.js';
import { MAX_COLUMNS } from './profile-limits.js';

/** The proposed type, class or nothing stands where a member is absent. */
export class ColumnCorrectionDto implements ColumnCorrection {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsOptional()
  @IsString()
  @Length(1, 50)
  type?: string;

  @IsOptional()
  @IsString()
  @Length(1, 50)
  unit?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  description?: string;

  /** A term of `column-class`. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  class?: string;
}

export class ConfirmProfileDto implements Corrections {
  /** Which proposal was read: another one may have taken its place. */
  @IsUUID()
  profileId: string;

  @IsArray()
  @ArrayMaxSize(MAX_COLUMNS)
  @ValidateNested({ each: true })
  @Type(() => ColumnCorrectionDto)
  columns: ColumnCorrectionDto[] = [];

  @IsOptional()
  @ValidateNested()
  @Type(() => TemporalDto)
  temporal?: TemporalDto;

  /** A term of `sensitivity`. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  sensitivity?: string;
}
