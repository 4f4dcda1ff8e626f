import { OmitType, PartialType } from '@nestjs/swagger';
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
  IsNumber,
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
import type { DescriptionFacts } from './dataset-description.rules.js';
import {
  DATASET_ACCESS,
  DATASET_KINDS,
  LINK_KINDS,
  THEMES,
  VISIBILITIES,
  type DatasetAccess,
  type DatasetField,
  type DatasetKind,
  type LinkKind,
  type RowCount,
  type Steward,
  type Temporal,
  type Theme,
  type Visibility,
} from './dataset.types.js';

const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/;
export const LANGUAGE = /^[A-Z]{3}$/;
const PLACE = /^[A-Z]\d{8}$/;
const TAG = /^[a-z0-9][a-z0-9_-]{0,49}$/;

export class DatasetFieldDto implements DatasetField {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsString()
  @Length(1, 50)
  type: string;

  /** Of the numbers in it. */
  @IsOptional()
  @IsString()
  @Length(1, 50)
  unit?: string;

  /** Whether a row may have none. */
  @IsOptional()
  @IsBoolean()
  nullable?: boolean;

  @IsString()
  @MaxLength(1_000)
  description: string;

  /** A term of `column-class`. Unset counts as the most telling one. */
  @IsString()
  @MaxLength(50)
  class = 'direct';
}

export class RowCountDto implements RowCount {
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  count: number;

  /** False for a guess. */
  @IsBoolean()
  isExact: boolean;
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

export class StewardDto implements Steward {
  /** A member of the organisation; others see the contact alone. */
  @IsOptional()
  @IsUUID()
  personId?: string;

  /** A mailbox or a team, and not a person. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 300)
  contact?: string;
}

export class DatasetLinkDto {
  @IsUUID()
  datasetId: string;

  @IsIn(Object.keys(LINK_KINDS))
  kind: LinkKind;
}

export class DistributionDto {
  /** Of one that is there, when a dataset is changed; never of a new one. */
  @IsOptional()
  @IsUUID()
  id?: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  title: string;

  @Matches(MEDIA_TYPE, { message: 'must be a media type, such as text/csv' })
  mediaType: string;

  /** Sub-prefix behind the dataset's prefix, ending in `/`; empty for all of it. None where the data is in no store. */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  path?: string;

  /** Of open data that lies elsewhere: where its bytes are. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  downloadUrl?: string;

  /** Of open data that lies elsewhere: the page or service through which it is had. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  accessUrl?: string;

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
  @Matches(TAG, { each: true, message: 'must be small letters, digits, hyphens and underlines' })
  tags: string[] = [];

  @IsIn(DATASET_KINDS)
  kind: DatasetKind;

  /** A term of `frequency`, the EU's table. */
  @IsOptional()
  @IsString()
  @MaxLength(50)
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

  /** Absent: the data is described, or open elsewhere; nobody is granted it until it has a store. */
  @IsOptional()
  @IsUUID()
  storeId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  prefix?: string;

  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  keywords: string[] = [];

  @IsArray()
  @ArrayMaxSize(THEMES.length)
  @ArrayUnique()
  @IsIn(THEMES, { each: true })
  themes: Theme[] = [];

  /** Codes of the EU's languages, such as ENG: three letters of ISO 639-3. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ArrayUnique()
  @Matches(LANGUAGE, { each: true, message: 'must be three capital letters, such as ENG' })
  languages: string[] = ['ENG'];

  /** Of the area, in words. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  spatial?: string;

  /** Codes of the Office for National Statistics for London and its boroughs. */
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(PLACE, { each: true, message: 'must be GSS codes, such as E09000033' })
  places: string[] = [];

  /** West, south, east, north, in degrees. Absent: the box around the places. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(4)
  @ArrayMaxSize(4)
  @IsNumber({ allowNaN: false, allowInfinity: false }, { each: true })
  bbox?: [number, number, number, number];

  @IsOptional()
  @ValidateNested()
  @Type(() => TemporalDto)
  temporal?: TemporalDto;

  /** Needed for open data; else the agreement is the licence. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  licence?: string;

  /** A profile proposes it. */
  @IsOptional()
  @ValidateNested()
  @Type(() => RowCountDto)
  rowCount?: RowCountDto;

  /** What whoever uses the data should know of its gaps and faults. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 5_000)
  qualityNotes?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => StewardDto)
  steward?: StewardDto;

  /** A page about the data, at an https address. */
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  landingPage?: string;

  @IsIn(VISIBILITIES)
  visibility: Visibility;

  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => DatasetLinkDto)
  related: DatasetLinkDto[] = [];

  /** At least one, unless the data is in no store and not open. */
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => DistributionDto)
  distributions: DistributionDto[] = [];
}

/** For OpenAPI: the members that may be sent; the whole is judged as a new dataset is. */
export class EditDatasetDto extends PartialType(
  OmitType(DatasetDto, ['organisationId', 'kind', 'populationId'] as const),
) {}

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
