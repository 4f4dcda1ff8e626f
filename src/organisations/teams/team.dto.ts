import { IsBoolean, IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';

/** A named group of members, reached at one address. */
export class TeamDto {
  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  /** What one asks it. */
  @IsOptional()
  @Trimmed()
  @IsString()
  @Length(1, 500)
  purpose?: string;

  /** A mailbox of the team, not of a person. */
  @IsEmail()
  @MaxLength(254)
  contact: string;

  /** Whether the organisation's page shows it to others. */
  @IsBoolean()
  isPublic: boolean;
}
