import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';
import { SERVICE_ROLES, type ServiceRole } from './service-account.rules.js';

/** A program of the organisation, and who answers for it. */
export class ServiceAccountDto {
  @IsString()
  @Length(1, 255)
  issuer: string;

  /** As the OpenID provider knows it (RFC 6749 appendix A.1: printable characters). */
  @IsString()
  @Length(1, 255)
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be printable characters without spaces' })
  clientId: string;

  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  @IsUUID()
  accountablePersonId: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SERVICE_ROLES.length)
  @ArrayUnique()
  @IsIn(SERVICE_ROLES, { each: true })
  roles: ServiceRole[];
}

/** Who answers for a program from now on; by default who did. */
export class EnablingDto {
  @IsOptional()
  @IsUUID()
  accountablePersonId?: string;
}
