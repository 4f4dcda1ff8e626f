import { IsString, Length, MaxLength } from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';

/** A search to keep under a name. */
export class SaveQueryDto {
  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  /** The query of the page's address. */
  @IsString()
  @MaxLength(2_000)
  query: string;
}
