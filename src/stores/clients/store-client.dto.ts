import { Type } from 'class-transformer';
import {
  Equals,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { Trimmed } from '../../platform/web/fields.js';

const COORDINATE = /^[\w-]{43}$/;

/** A public P-256 key (RFC 7518 section 6.2). A private member is no known field, so a private key is refused. */
export class PublicKeyDto {
  @Equals('EC')
  kty: 'EC';

  @Equals('P-256')
  crv: 'P-256';

  @Matches(COORDINATE, { message: 'must be a coordinate in base64url' })
  x: string;

  @Matches(COORDINATE, { message: 'must be a coordinate in base64url' })
  y: string;

  /** What a key file says beside the key is taken if it fits; the broker names the key by its thumbprint. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  kid?: string;

  @IsOptional()
  @Equals('sig')
  use?: 'sig';

  @IsOptional()
  @Equals('ES256')
  alg?: 'ES256';
}

export class StoreClientDto {
  @Trimmed()
  @IsString()
  @Length(1, 100)
  name: string;

  @ValidateNested()
  @Type(() => PublicKeyDto)
  jwk: PublicKeyDto;
}

/** A program of the partner, as its owner sees it. */
export interface StoreClientView {
  /** Its `client_id`. */
  readonly id: string;
  readonly name: string;
  /** What the header of its assertions names: the key's RFC 7638 thumbprint. */
  readonly kid: string;
  readonly createdAt: string;
  readonly removedAt: string | null;
}
