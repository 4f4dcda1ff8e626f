import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsISO8601,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import {
  CHECK_KINDS,
  IDENTIFIER_SCHEMES,
  ORGANISATION_KINDS,
  type OrganisationKind,
} from './organisation.rules.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export class IdentifierDto {
  @IsIn(IDENTIFIER_SCHEMES)
  scheme: string;

  @IsString()
  @Length(1, 100)
  value: string;
}

/** A new organisation (domain.md section 10). */
export class OrganisationDto {
  @IsString()
  @Length(1, 200)
  name: string;

  @IsIn(ORGANISATION_KINDS)
  kind: OrganisationKind;

  @IsOptional()
  @ValidateNested()
  @Type(() => IdentifierDto)
  identifier?: IdentifierDto;

  @IsBoolean()
  publicAuthority: boolean;
}

/** An organisation check: who vouches, under which number, until when. */
export class OrganisationCheckDto {
  @IsIn(CHECK_KINDS)
  kind: string;

  @IsString()
  @Length(1, 100)
  number: string;

  @Matches(DAY)
  @IsISO8601({ strict: true })
  issuedOn: string;

  @Matches(DAY)
  @IsISO8601({ strict: true })
  expiresOn: string;
}

/** Why something is done, in a person's words. */
export class ReasonDto {
  @IsString()
  @Length(1, 5000)
  reason: string;
}
