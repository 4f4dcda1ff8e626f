import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';

const MAX_PAGE = 100;

/** Entries hold long texts, and anybody may ask: smaller pages than elsewhere. */
export class RegisterQueryDto extends PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  override pageSize = 50;
}
