import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsInstant } from '../platform/web/fields.js';
import { PageQueryDto } from '../platform/web/page-query.dto.js';
import { EVENT_OUTCOMES, type EventOutcome } from './audit-search.js';

/** A pseudonym or an id. */
export const PERSON = /^(P-[a-z2-7]{8}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})$/;
const MAX_PAGE = 200;
const MAX_TYPES = 100;

/** What an officer asks of the trail: every filter given must hold. */
export class AuditSearchDto extends PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  override pageSize = 100;

  /** Who acted, or whom it is about: a pseudonym or an id. */
  @IsOptional()
  @Matches(PERSON, { message: 'must be a pseudonym or an id' })
  person?: string;

  @IsOptional()
  @IsUUID()
  organisationId?: string;

  @IsOptional()
  @IsUUID()
  datasetId?: string;

  @IsOptional()
  @IsUUID()
  agreementId?: string;

  @IsOptional()
  @IsUUID()
  grantId?: string;

  @IsOptional()
  @IsUUID()
  accessRequestId?: string;

  @IsOptional()
  @IsUUID()
  projectId?: string;

  /** Event types: repeated, or in one list with commas. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => listOf(value))
  @IsArray()
  @ArrayMaxSize(MAX_TYPES)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  type?: string[];

  @IsOptional()
  @IsIn(EVENT_OUTCOMES)
  outcome?: EventOutcome;

  /** The first instant, with its offset from UTC. */
  @IsOptional()
  @IsInstant()
  from?: string;

  /** The first instant after the last one. */
  @IsOptional()
  @IsInstant()
  to?: string;
}

function listOf(value: unknown): unknown {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.flatMap((one) => (typeof one === 'string' ? one.split(',') : [one]));
}
