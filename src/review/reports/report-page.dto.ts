import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsInstant } from '../../platform/web/fields.js';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';

const MAX_PAGE = 200;

/** Pages of a report: each row is looked up by many names. */
export class ReportPageDto extends PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  override pageSize = 100;
}

/** A report of a span of time. */
export class ReportPeriodDto extends ReportPageDto {
  /** The first instant, with its offset from UTC. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** The first instant after the last one. */
  @IsOptional()
  @IsInstant()
  to?: string;
}
