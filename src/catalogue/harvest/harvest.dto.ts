import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';
import {
  HARVEST_CHANGES,
  HARVEST_FORMATS,
  HARVEST_VISIBILITIES,
  type HarvestChange,
  type HarvestFormat,
  type HarvestVisibility,
} from './harvest.types.js';

/** A month. */
const MAX_HOURS = 744;

/** Another catalogue that is to be read here. */
export class HarvestSourceDto {
  @IsUUID()
  organisationId: string;

  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  @IsIn(HARVEST_FORMATS)
  format: HarvestFormat;

  /** Of CKAN the site, before `/api/3/action`; else the document. */
  @Trimmed()
  @IsString()
  @MaxLength(2_000)
  url: string;

  @IsInt()
  @Min(1)
  @Max(MAX_HOURS)
  everyHours = 24;

  @IsIn(HARVEST_VISIBILITIES)
  visibility: HarvestVisibility = 'public';
}

export class HarvestSourceEditDto {
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 100)
  name?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_HOURS)
  everyHours?: number;

  /** Stopped: not read any more until it is active again; its records stay. */
  @IsOptional()
  @IsIn(['active', 'stopped'])
  status?: 'active' | 'stopped';
}

export class HarvestEntriesQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(HARVEST_CHANGES)
  change?: HarvestChange;
}
