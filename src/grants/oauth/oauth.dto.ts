import { Equals, IsOptional, IsString, Length, MaxLength } from 'class-validator';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const MAX_TOKEN = 8_192;

/** RFC 7009 section 2.1. Any text may be asked about: what is no token of ours is answered as such. */
export class RevocationDto {
  @IsString()
  @Length(1, MAX_TOKEN)
  token: string;

  @IsOptional()
  @IsString()
  @MaxLength(100)
  token_type_hint?: string;

  /** Public clients name themselves; nothing depends on it. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  client_id?: string;
}

/** RFC 7662 section 2.1, with the client authentication of RFC 7523 section 2.2. */
export class IntrospectionDto extends RevocationDto {
  @Equals(JWT_BEARER)
  client_assertion_type: string;

  @IsString()
  @Length(1, MAX_TOKEN)
  client_assertion: string;
}
