import { IsIn, IsISO8601, IsOptional, IsString, IsUUID, Length } from 'class-validator';

const MAX_REASON = 2_000;

export class IssueGrantDto {
  @IsUUID()
  accessRequestId: string;

  /** Absent: the mode that the access request names. */
  @IsOptional()
  @IsIn(['stream', 'presign', 'sts', 'feed', 'view', 'aggregate'])
  delivery?: string;

  /** An RFC 3339 instant, to end sooner than everything else would. */
  @IsOptional()
  @IsString()
  @Length(20, 35)
  @IsISO8601({ strict: true, strictSeparator: true })
  expiresAt?: string;
}

/** Why a grant is ended, in a person's words. */
export class RevokeGrantDto {
  @IsString()
  @Length(1, MAX_REASON)
  reason: string;
}
