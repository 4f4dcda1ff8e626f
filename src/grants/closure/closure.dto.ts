import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsDay, Trimmed } from '../../platform/web/fields.js';
import { PageQueryDto } from '../../platform/web/page-query.dto.js';
import { CLOSURE_STATUSES, type ClosureStatus } from './closure.rules.js';

/** One thing that was destroyed or returned, by its name and the SHA-256 of its bytes. */
export class DisposedObjectDto {
  @Trimmed()
  @IsString()
  @Length(1, 1024)
  name: string;

  @Matches(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits' })
  sha256: string;
}

/** What became of the data (domain.md section 3, "Closure"). */
export class CertificateDto {
  /** Empty when nothing was ever fetched. */
  @IsArray()
  @ArrayMaxSize(5_000)
  @ValidateNested({ each: true })
  @Type(() => DisposedObjectDto)
  objects: DisposedObjectDto[];

  @IsIn(['destroyed', 'returned', 'archived'])
  disposal: 'destroyed' | 'returned' | 'archived';

  /** How: for instance by erasing the keys. */
  @Trimmed()
  @IsString()
  @Length(1, 2_000)
  method: string;

  @IsDay()
  disposedOn: string;

  /** Copies that cannot be reached yet, and when they end. */
  @ValidateIf((dto: CertificateDto) => dto.residualBackupsEndOn !== undefined)
  @Trimmed()
  @IsString()
  @Length(1, 2_000)
  residualBackups?: string;

  @ValidateIf((dto: CertificateDto) => dto.residualBackups !== undefined)
  @IsDay()
  residualBackupsEndOn?: string;
}

/** `attest` carries the certificate; `verify` the hash of the one that was read. */
export class CloseDto {
  @IsIn(['attest', 'verify'])
  act: 'attest' | 'verify';

  @IsUUID()
  closureId: string;

  @ValidateIf((dto: CloseDto) => dto.act === 'attest')
  @IsObject()
  @ValidateNested()
  @Type(() => CertificateDto)
  certificate?: CertificateDto;

  @ValidateIf((dto: CloseDto) => dto.act === 'verify')
  @Matches(/^sha-256:[0-9a-f]{64}$/, { message: 'must be sha-256: and 64 hexadecimal digits' })
  certificateHash?: string;
}

export class ClosureListQueryDto extends PageQueryDto {
  @IsOptional()
  @IsUUID()
  agreementId?: string;

  @IsOptional()
  @IsIn(CLOSURE_STATUSES)
  status?: ClosureStatus;
}
