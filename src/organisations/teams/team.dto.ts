import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  MaxLength,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';
import { MAX_TEAM_MEMBERS } from './team-limits.js';

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

/** Everybody who is in a team, by membership. */
export class TeamMembersDto {
  @IsArray()
  @ArrayMaxSize(MAX_TEAM_MEMBERS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  members: string[];
}
