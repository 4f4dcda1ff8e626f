import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
} from 'class-validator';
import { ROLES, type Role } from '../../identity/roles.js';
import { IsDay, MAX_REASON, Trimmed } from '../../platform/web/fields.js';

/** A person, known by issuer and subject, as a member of an organisation. */
export class MembershipDto {
  @IsString()
  @Length(1, 255)
  issuer: string;

  @IsString()
  @Length(1, 255)
  subject: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  name: string;

  @IsEmail()
  @MaxLength(254)
  email: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  position: string;

  @IsDay()
  startsOn: string;

  @IsOptional()
  @IsDay()
  endsOn?: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ROLES.length)
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles: Role[];
}

/** A role in a membership, from today and for as long as that lasts, unless it says otherwise. */
export class RoleDto {
  @IsIn(ROLES)
  role: Role;

  @IsOptional()
  @IsDay()
  startsOn?: string;

  /** Its last London day. */
  @IsOptional()
  @IsDay()
  endsOn?: string;
}

/** Why somebody leaves, if they like to say. */
export class LeavingDto {
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, MAX_REASON)
  reason?: string;
}
