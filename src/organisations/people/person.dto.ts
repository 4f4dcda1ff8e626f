import { IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { IsDay, Trimmed } from '../../platform/web/fields.js';

/** A person's status under a scheme, as its certificate says. */
export class AccreditationDto {
  @IsString()
  @Length(1, 100)
  scheme: string;

  @Trimmed()
  @IsString()
  @Length(1, 100)
  number: string;

  @IsDay()
  awardedOn: string;

  @IsDay()
  expiresOn: string;

  /** With `dea_provisional`: somebody with `dea_full` in the same organisation. */
  @IsOptional()
  @IsUUID()
  supervisorId?: string;
}

/** A course a person has passed. */
export class TrainingDto {
  @IsString()
  @Length(1, 100)
  course: string;

  @IsDay()
  awardedOn: string;

  /** By default as long after `awardedOn` as the course counts: three years. */
  @IsOptional()
  @IsDay()
  expiresOn?: string;
}
