import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { IsInstant } from '../platform/web/fields.js';

export class IssueGrantDto {
  @IsUUID()
  accessRequestId: string;

  /** Absent: the mode that the access request names. */
  @IsOptional()
  @IsIn(['stream', 'presign', 'sts', 'feed', 'view', 'aggregate'])
  delivery?: string;

  /** An RFC 3339 instant, to end sooner than everything else would. */
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
}
