import { IsBoolean, IsOptional, Validate } from 'class-validator';
import { IsDay, ReasonDto } from '../agreement.dto.js';
import type { Departure, Exclusion } from '../agreement.types.js';

export class DepartureDto extends ReasonDto implements Departure {
  /** The London day on which notice was given to the other parties. */
  @IsOptional()
  @Validate(IsDay)
  noticeGivenOn?: string;
}

export class ExclusionDto extends DepartureDto implements Exclusion {
  /** Without notice; the reason must say why. */
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;
}
