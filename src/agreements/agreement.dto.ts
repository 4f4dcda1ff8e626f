import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Validate,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { isDay } from '../kernel/london-day.js';
import { PageQueryDto } from '../platform/web/page-query.dto.js';
import { VERSION_STATUSES, type VersionStatus } from './lifecycle/version-lifecycle.rules.js';

const HASH = /^sha-256:[0-9a-f]{64}$/;
const MAX_REASON = 8_000;

const trimmed = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

@ValidatorConstraint({ name: 'isDay' })
class IsDay implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return typeof value === 'string' && isDay(value);
  }

  defaultMessage(): string {
    return 'must be a day, YYYY-MM-DD';
  }
}

export class AgreementListQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(VERSION_STATUSES)
  status?: VersionStatus;
}

export class ReviewDto {
  @IsIn(['accept', 'return'])
  decision: 'accept' | 'return';

  /** Needed to return. */
  @IsOptional()
  @trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason?: string;

  /** The hash of what was read; another one is refused. */
  @IsOptional()
  @Matches(HASH)
  hash?: string;
}

export class SignatureDto {
  @IsIn(['sign', 'decline'])
  decision: 'sign' | 'decline';

  @Matches(HASH)
  versionHash: string;

  /** Needed to decline. */
  @IsOptional()
  @trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason?: string;
}

export class ReasonDto {
  @trimmed()
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON)
  reason: string;
}

export class TerminateDto extends ReasonDto {
  /** The London day on which notice was given to the other parties. */
  @IsOptional()
  @Validate(IsDay)
  noticeGivenOn?: string;

  /** Without notice; the reason must say why. */
  @IsOptional()
  @IsBoolean()
  urgent?: boolean;
}
