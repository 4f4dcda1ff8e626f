import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { MAX_PAGE_TOKEN_LENGTH } from '../../kernel/page-token.js';

/** Query parameters of every list: bounded pages with a signed token for the next. */
export class PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  pageSize = 100;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_PAGE_TOKEN_LENGTH)
  pageToken?: string;
}

/** A page of a list; `nextPageToken` is null on the last. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | null;
}
