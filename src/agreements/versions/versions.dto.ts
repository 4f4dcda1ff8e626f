import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsDay } from '../../platform/web/fields.js';
import type { Renewal } from '../agreement.types.js';

const MAX_VERSION = 1_000_000;

export class RenewalDto implements Renewal {
  /** Absent: as it is. */
  @IsOptional()
  @IsDay()
  startsOn?: string;

  @IsDay()
  endsOn: string;

  @IsDay()
  reviewOn: string;
}

export class ChangesQueryDto {
  /** Absent: the version that `to` was made from. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_VERSION)
  from?: number;

  /** Absent: the version being prepared, else the current one. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_VERSION)
  to?: number;
}
