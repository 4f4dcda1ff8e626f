import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateIf,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';
import { ACTIONS, type Action } from '../../policy/attributes.js';

/** A deny rule, new or in place of the one with its id; a `condition` of null withdraws it (policy section 3). */
export class GuardrailDto {
  /** `G` and two to four digits for every dataset, `D` for one. */
  @Matches(/^[GD]\d{2,4}$/)
  id: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ACTIONS.length)
  @ArrayUnique()
  @IsIn(ACTIONS, { each: true })
  actions: Action[];

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @ValidateIf((dto: GuardrailDto) => dto.condition !== null)
  @IsObject()
  condition: object | null;

  /** What whoever is refused reads. */
  @Trimmed()
  @IsString()
  @Length(1, 200)
  message: string;
}

export class GuardrailsQueryDto {
  /** Absent: the guardrails of every dataset. */
  @IsOptional()
  @IsUUID()
  datasetId?: string;
}
