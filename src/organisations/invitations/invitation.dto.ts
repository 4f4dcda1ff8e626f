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
import { IsDay, Trimmed } from '../../platform/web/fields.js';

/** The membership to be, and to which address its invitation goes (R10.1). Who it is, the sign-in says. */
export class InvitationDto {
  @IsEmail()
  @MaxLength(254)
  email: string;

  @Trimmed()
  @IsString()
  @Length(1, 200)
  position: string;

  /** Accepted later, it starts then. */
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
