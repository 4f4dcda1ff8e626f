import { Type } from 'class-transformer';
import {
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Trimmed } from '../platform/web/fields.js';

const PRINTABLE = /^[\x21-\x7e]+$/;
// Amazon's rule for bucket names; older stores also allow capitals and underscores.
const BUCKET = /^[A-Za-z0-9][\w.-]{1,61}[A-Za-z0-9]$/;
/** Empty: the whole bucket. */
const LOG_PREFIX = /^(?!\/)[\x21-\x7e]*$/;
const REGION = /^[A-Za-z0-9-]{1,64}$/;

/** The key pair with which the broker reads the store: read-only and limited to a prefix at the partner. */
export class CredentialsDto {
  @MaxLength(128)
  @Matches(PRINTABLE, { message: 'must be printable characters without spaces' })
  accessKeyId: string;

  @MinLength(8)
  @MaxLength(256)
  @Matches(PRINTABLE, { message: 'must be printable characters without spaces' })
  secretAccessKey: string;
}

export class StsDto {
  @IsString()
  @MaxLength(300)
  endpoint: string;

  @Matches(/^arn:[\w:/+=,.@-]{1,2000}$/, { message: 'must be the ARN of a role' })
  roleArn: string;
}

/** Where the store writes its server access log: objects under a prefix of a bucket that the store's key can list and read. */
export class AccessLogDto {
  @Matches(BUCKET, { message: 'must be 3 to 63 letters, digits, points and hyphens' })
  bucket: string;

  @MaxLength(512)
  @Matches(LOG_PREFIX, { message: 'must be printable, without spaces or a slash in front' })
  prefix: string;
}

/** A new partner store (domain.md section 10). */
export class StoreDto {
  @IsUUID()
  organisationId: string;

  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  /** `https://host[:port]`, nothing after it. */
  @IsString()
  @MaxLength(300)
  endpoint: string;

  /** Host of presigned URLs; absent: the endpoint. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  publicEndpoint?: string;

  @Matches(REGION, { message: 'must be a region, such as eu-west-2' })
  region: string;

  @Matches(BUCKET, { message: 'must be 3 to 63 letters, digits, points and hyphens' })
  bucket: string;

  @IsIn(['path', 'virtual'])
  addressing: 'path' | 'virtual' = 'path';

  @ValidateNested()
  @Type(() => CredentialsDto)
  credentials: CredentialsDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => StsDto)
  sts?: StsDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => AccessLogDto)
  accessLog?: AccessLogDto;
}

export class RotateDto {
  @ValidateNested()
  @Type(() => CredentialsDto)
  credentials: CredentialsDto;
}

export class ProbeDto {
  /** Where to look for an object to read; absent: the prefix of one of the store's datasets, else the whole bucket. */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  prefix?: string;
}
