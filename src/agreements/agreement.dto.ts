import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsDay, MAX_REASON, ReasonDto, Trimmed } from '../platform/web/fields.js';
import { PageQueryDto } from '../platform/web/page-query.dto.js';
import type {
  ReviewAnswer,
  ReviewCompletion,
  SignatureAnswer,
  Termination,
} from './agreement.types.js';
import { REVIEWED, type Reviewed } from './review-dates/review-date.rules.js';
import { VERSION_STATUSES, type VersionStatus } from './lifecycle/version-lifecycle.rules.js';

const HASH = /^sha-256:[0-9a-f]{64}$/;

export class AgreementListQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(VERSION_STATUSES)
  status?: VersionStatus;
}

export class AgreementVersionQueryDto {
  /** Absent: the current one. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version?: number;
}

export class ReviewDto {
  /** `complete`: of a version in force, which is reviewed again and again. */
  @IsIn(['accept', 'return', 'complete'])
  decision: ReviewAnswer['decision'] | ReviewCompletion['decision'];

  /** What was reviewed; by default the agreement. With `complete`. */
  @IsOptional()
  @IsIn(REVIEWED)
  review?: Reviewed;

  /** Needed to complete: at most 12 months on. */
  @IsOptional()
  @IsDay()
  nextReviewOn?: string;

  /** Needed to return. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason?: string;

  /** The party reviewed for: needed by who is dpo of several. */
  @IsOptional()
  @IsUUID()
  partyId?: string;

  /** The hash of what was read; another one is refused. Needed to accept. */
  @IsOptional()
  @Matches(HASH, { message: 'must be sha-256: and 64 hexadecimal digits' })
  versionHash?: string;
}

export class SignatureDto implements SignatureAnswer {
  @IsIn(['sign', 'decline'])
  decision: 'sign' | 'decline';

  /** The hash of what was read; another one is refused. Needed to sign. */
  @IsOptional()
  @Matches(HASH, { message: 'must be sha-256: and 64 hexadecimal digits' })
  versionHash?: string;

  /** Needed to decline. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason?: string;
}

export class TerminateDto extends ReasonDto implements Termination {
  /** Without notice; the reason must say why. Absent: the broker tells the others, and the agreement ends after notice. */
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;

  /** The version being prepared, to give it up; absent: the one in force. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  version?: number;
}
