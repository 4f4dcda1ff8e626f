import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Min,
  ValidateIf,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';
import { ACTIONS, type Action } from '../../policy/attributes.js';
import { DENY_ID } from '../../policy/guardrail.js';

const ID = { message: 'id must be G, or D for a rule of one dataset, and 2 to 4 digits' };
// It stands inside a sentence of the explanation.
const MESSAGE = /^\P{Cc}*[^\p{Cc}.]$/u;

const publishes = ({ condition }: GuardrailDto): boolean => condition !== null;

/** A change of a guardrail: `condition: null` withdraws it, and then actions and message may be left out. */
export class GuardrailDto {
  /** G and 2 to 4 digits; D for a rule of one dataset. */
  @Matches(DENY_ID, ID)
  id: string;

  /** Named one by one: there is no wildcard. To withdraw they are all those the guardrail has, or left out. */
  @ValidateIf((dto: GuardrailDto) => publishes(dto) || dto.actions !== undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ACTIONS.length)
  @ArrayUnique()
  @IsIn(ACTIONS, { each: true })
  actions?: Action[];

  /** A dataset's own deny rule; absent: a guardrail of all datasets. */
  @IsOptional()
  @IsUUID()
  datasetId?: string | null;

  /** When it denies: a condition over the attributes of a request. What is not known denies too. */
  @ValidateIf(publishes)
  @IsObject({ message: 'condition must be a condition, or null to withdraw the guardrail' })
  condition: object | null;

  /** What a refused person reads: one line, without a full stop at its end. */
  @ValidateIf((dto: GuardrailDto) => publishes(dto) || dto.message !== undefined)
  @Trimmed()
  @IsString()
  @Length(1, 200)
  @Matches(MESSAGE, { message: 'message must be one line without a full stop at its end' })
  message?: string;

  /** The policy version that you read: if the guardrail was changed since, the answer is 409. Absent: that of now. */
  @IsOptional()
  @IsInt()
  @Min(0)
  baseVersion?: number;
}

export class GuardrailListQueryDto extends PageQueryDto {
  @IsOptional()
  @Matches(DENY_ID, ID)
  id?: string;

  /** Only this dataset's own. */
  @IsOptional()
  @IsUUID()
  datasetId?: string;

  /** `true`: also each text that was in force before. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value))
  @IsIn([true, 'false'])
  history?: boolean | 'false';
}
