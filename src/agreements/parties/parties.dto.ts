import { IsBoolean, IsOptional } from 'class-validator';
import { IsDay, ReasonDto } from '../../platform/web/fields.js';
import type { Departure, Exclusion } from '../agreement.types.js';

export class DepartureDto extends ReasonDto implements Departure {
  /** The London day on which notice was given to the other parties. */
  @IsOptional()
  @IsDay()
  noticeGivenOn?: string;
}

export class ExclusionDto extends DepartureDto implements Exclusion {
  /** Without notice; the reason must say why. */
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;
}
