import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
} from 'class-validator';
import { IsInstant, Trimmed } from '../../platform/web/fields.js';
import type { Operation } from '../operations.js';
import { TOKEN_SCOPES } from './personal-token.rules.js';

export class PersonalTokenDto {
  /** What it is for, for its owner's eyes. */
  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  /** The operations it is good for: of those that the person may do, and no more. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(TOKEN_SCOPES.length)
  @ArrayUnique()
  @IsIn(TOKEN_SCOPES, { each: true })
  scopes: Operation[];

  /** An RFC 3339 instant at most 90 days from now; absent: 30 days from now. */
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
}
