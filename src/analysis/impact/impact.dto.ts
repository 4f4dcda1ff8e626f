import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';

/** Each of a page is decided on twice, for each action. */
export class ImpactPageQueryDto extends PageQueryDto {
  @Max(200)
  override pageSize = 100;
}

export class AgreementImpactQueryDto extends ImpactPageQueryDto {
  /** Absent: the current version, which is in force or was last. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version?: number;
}
