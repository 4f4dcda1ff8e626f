import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { PageQueryDto } from '../platform/web/page-query.dto.js';

/** Pages of a manifest are large by default: a machine reads them. */
export class ObjectsQueryDto extends PageQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  override pageSize = 1000;
}

/** One object of a grant. Sizes are bytes; `url` is the broker's, or the store's until `urlExpiresAt`. */
export interface ObjectView {
  readonly name: string;
  readonly size: number;
  /** In quotes, as `If-Match` takes it. */
  readonly etag: string;
  readonly lastModified: string;
  /** Lower-case hex, where the store or the owner gave one. */
  readonly sha256: string | null;
  readonly url: string;
  readonly urlExpiresAt: string | null;
}

export interface ObjectsPage {
  readonly objects: readonly ObjectView[];
  readonly nextPageToken: string | null;
}
