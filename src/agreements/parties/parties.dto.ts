import { IsBoolean, IsOptional } from 'class-validator';
import { ReasonDto } from '../../platform/web/fields.js';
import type { Exclusion } from '../agreement.types.js';

export class ExclusionDto extends ReasonDto implements Exclusion {
  /** Without notice; the reason must say why. Absent: the broker tells the others, and the party leaves after notice. */
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;
}
