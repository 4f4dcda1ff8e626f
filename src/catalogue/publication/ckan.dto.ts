import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

const MAX_TEXT = 1_000;
const MAX_ROWS = 1_000;

/** Fields of a JSON list, as CKAN's clients send them in a query: `["organization","tags"]`. */
const listOf = ({ value }: { value: unknown }): unknown => {
  if (typeof value !== 'string') {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
};

export class PackageSearchDto {
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT)
  q?: string;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT)
  fq?: string;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  sort?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_ROWS)
  rows = 10;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  start = 0;

  @IsOptional()
  @Transform(listOf)
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(50, { each: true })
  'facet.field': string[] = [];

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_ROWS)
  'facet.limit' = 50;
}

export class PackageListDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_ROWS)
  limit = MAX_ROWS;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset = 0;
}

export class PackageShowDto {
  @IsString()
  @MaxLength(100)
  id: string;
}

export class OrganizationListDto {
  @IsOptional()
  @Transform(({ value }) => value === true || value === 'true' || value === 'True')
  all_fields = false;
}
