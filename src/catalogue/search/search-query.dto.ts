import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import { IsDay, IsInstant, Trimmed } from '../../platform/web/fields.js';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';
import { LANGUAGE } from '../dataset.dto.js';
import {
  DATASET_ACCESS,
  DATASET_KINDS,
  THEMES,
  type DatasetAccess,
  type DatasetKind,
  type Theme,
} from '../dataset.types.js';
import { SORTS, type Sort } from './search.types.js';

const BOX = /^-?\d{1,3}(\.\d{1,9})?(,-?\d{1,3}(\.\d{1,9})?){3}$/;
const MAX_QUERY = 200;

export class SearchQueryDto extends PageQueryDto {
  /** Words, `"phrases"`, `beginnings*`, `-not`, `or`, and names of places. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, MAX_QUERY)
  q?: string;

  @IsOptional()
  @IsIn(THEMES)
  theme?: Theme;

  @IsOptional()
  @IsIn(DATASET_ACCESS)
  access?: DatasetAccess;

  @IsOptional()
  @IsIn(DATASET_KINDS)
  kind?: DatasetKind;

  @IsOptional()
  @Matches(LANGUAGE, { message: 'must be three capital letters, such as ENG' })
  language?: string;

  @IsOptional()
  @IsUUID()
  organisation?: string;

  /** The code of a place that datasets name, or its name. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  place?: string;

  /** West, south, east, north, in degrees: what touches that box. */
  @IsOptional()
  @Matches(BOX, { message: '$property must be west,south,east,north in degrees' })
  bbox?: string;

  /** Datasets that are about days from then on, and with `to` up to then. */
  @IsOptional()
  @IsDay()
  from?: string;

  @IsOptional()
  @IsDay()
  to?: string;

  @IsOptional()
  @IsInstant()
  modifiedSince?: string;

  /** Absent: by relevance where words are looked for, else by title. */
  @IsOptional()
  @IsIn(SORTS)
  sort?: Sort;

  /** With how many there are, in all and of each value. */
  @IsYesOrNo()
  facets = false;

  /** With what was looked for, marked in title and description. */
  @IsYesOrNo()
  highlights = false;
}

export class SuggestionsQueryDto {
  /** What was typed until now. */
  @Trimmed()
  @IsString()
  @Length(1, MAX_QUERY)
  q: string;
}

function IsYesOrNo(): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
  const check = IsIn([true, false], { message: '$property must be true or false' });
  return (target, property) => {
    read(target, property);
    check(target, property);
  };
}
