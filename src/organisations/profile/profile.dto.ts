import {
  IsEmail,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';

/** What an organisation says of itself to everybody. Absent stays; null takes it out. Without a summary nobody outside sees a page. */
export class ProfileDto {
  @IsOptional()
  @ValidateIf(({ summary }: ProfileDto) => summary !== null)
  @Trimmed()
  @IsString()
  @Length(1, 2_000)
  summary?: string | null;

  @IsOptional()
  @ValidateIf(({ website }: ProfileDto) => website !== null)
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, disallow_auth: true })
  @MaxLength(2_000)
  website?: string | null;

  /** A mailbox of the organisation, not of a person. */
  @IsOptional()
  @ValidateIf(({ contact }: ProfileDto) => contact !== null)
  @IsEmail()
  @MaxLength(254)
  contact?: string | null;
}
