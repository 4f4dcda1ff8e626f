import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { IsDay, Trimmed } from '../platform/web/fields.js';
import {
  CHECK_KINDS,
  IDENTIFIER_SCHEMES,
  ORGANISATION_KINDS,
  type OrganisationKind,
} from './organisation.rules.js';

export class IdentifierDto {
  @IsIn(IDENTIFIER_SCHEMES)
  scheme: string;

  @Trimmed()
  @IsString()
  @Length(1, 100)
  value: string;
}

/** A new organisation (domain.md section 10). */
export class OrganisationDto {
  @Trimmed()
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

  @Trimmed()
  @IsString()
  @Length(1, 100)
  number: string;

  @IsDay()
  issuedOn: string;

  @IsDay()
  expiresOn: string;
}
