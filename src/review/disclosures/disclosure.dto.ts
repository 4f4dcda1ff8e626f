import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, Matches } from 'class-validator';
import { MAX_EVENT_FIELDS } from '../../audit/event-types.js';

const NAME = /^[a-z][A-Za-z0-9]{0,63}$/;

export class DisclosureDto {
  /** Fields to open, in one list with commas; without it, every field that the caller may open. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',') : value,
  )
  @IsArray()
  @ArrayMaxSize(MAX_EVENT_FIELDS)
  @Matches(NAME, { each: true, message: 'must be names of fields' })
  fields?: string[];
}
