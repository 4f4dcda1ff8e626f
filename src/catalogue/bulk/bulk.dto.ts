import { IsIn, IsString } from 'class-validator';

/** A body of `text/csv`. */
export class TableDto {
  @IsString()
  table: string;
}

export class ImportQueryDto {
  /** True: nothing is kept, and the report says what would be. */
  @IsIn(['true', 'false'])
  dryRun: 'true' | 'false' = 'false';
}
