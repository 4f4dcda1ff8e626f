import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsInstant, MAX_REASON, Trimmed } from '../platform/web/fields.js';
import { PageQueryDto } from '../platform/web/page-query.dto.js';
import type { DescriptionFacts } from './dataset-description.rules.js';
import {
  DATASET_ACCESS,
  DATASET_KINDS,
  THEMES,
  VISIBILITIES,
  type DatasetAccess,
  type DatasetField,
  type DatasetKind,
  type Temporal,
  type Theme,
  type Visibility,
} from './dataset.types.js';

const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;
// A code of the EU's frequency table, such as DAILY or 15MIN.
const FREQUENCY = /^[A-Z0-9_]{1,20}$/;
const TAG = /^[a-z0-9][a-z0-9_-]{0,49}$/;

export class DatasetFieldDto implements DatasetField {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsString()
  @Length(1, 50)
  type: string;

  @IsString()
  @MaxLength(1_000)
  description: string;

  /** A term of `column-class`. Unset counts as the most telling one. */
  @IsString()
  @MaxLength(50)
  class = 'direct';
}

export class TemporalDto implements Temporal {
  @IsOptional()
  @IsString()
  @MaxLength(10)
  startsOn?: string;

  @IsOptional()
  @IsString()
  @MaxLength(10)
  endsOn?: string;
}

export class DistributionDto {
  @Trimmed()
  @IsString()
  @Length(1, 200)
  title: string;

  @Matches(MEDIA_TYPE)
  mediaType: string;

  /** Sub-prefix behind the dataset's prefix, ending in `/`; empty for all of it. */
  @IsString()
  @MaxLength(1_024)
  path: string;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  byteSize?: number;

  @IsOptional()
  @IsInstant()
  modified?: string;

  /** Whether a grantee may learn where it lies: needed for `presign` and `sts`. */
  @IsBoolean()
  disclosesLocation = false;
}

/** A new dataset (domain.md section 8). */
export class DatasetDto implements DescriptionFacts {
  @IsUUID()
  organisationId: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  title: string;

  @Trimmed()
  @IsString()
  @Length(1, 5_000)
  description: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  publisher: string;

  @Trimmed()
  @IsString()
  @Length(1, 300)
  contact: string;

  @IsIn(DATASET_ACCESS)
  access: DatasetAccess;

  /** Needed unless access is open. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, MAX_REASON)
  accessReason?: string;

  /** A term of `sensitivity`. */
  @IsString()
  @MaxLength(50)
  sensitivity: string;

  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(TAG, { each: true })
  tags: string[] = [];

  @IsIn(DATASET_KINDS)
  kind: DatasetKind;

  @IsOptional()
  @Matches(FREQUENCY)
  frequency?: string;

  @IsArray()
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => DatasetFieldDto)
  fields: DatasetFieldDto[] = [];

  /** A dataset about the same people; absent: this one alone. */
  @IsOptional()
  @IsUUID()
  populationId?: string;

  @IsUUID()
  storeId: string;

  @IsString()
  @MaxLength(1_024)
  prefix: string;

  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  keywords: string[] = [];

  @IsOptional()
  @IsIn(THEMES)
  theme?: Theme;

  @IsOptional()
  @IsString()
  @Length(1, 500)
  spatial?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => TemporalDto)
  temporal?: TemporalDto;

  /** Needed for open data; else the agreement is the licence. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  licence?: string;

  @IsIn(VISIBILITIES)
  visibility: Visibility;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => DistributionDto)
  distributions: DistributionDto[];
}

export class DatasetListQueryDto extends PageQueryDto {
  /** Words that title, description, publisher or keywords hold. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  q?: string;

  @IsOptional()
  @IsIn(THEMES)
  theme?: Theme;

  @IsOptional()
  @IsIn(DATASET_ACCESS)
  access?: DatasetAccess;

  @IsOptional()
  @IsUUID()
  organisation?: string;
}

/** Why a dataset is stopped or opened again, in a person's words. */
export class DatasetReasonDto {
  @Trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason: string;
}

export class WithdrawDto {
  /** What whoever looks for the dataset is told: where its data is now, or why there is none. */
  @Trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  forwardingNote: string;
}
